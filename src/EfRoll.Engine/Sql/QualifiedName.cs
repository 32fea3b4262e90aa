namespace EfRoll.Engine.Sql;

/// <summary>A name together with its schema.</summary>
public readonly record struct QualifiedName(Identifier Schema, Identifier Name) : IComparable<QualifiedName>
{
    /// <summary>Takes both parts as bare text.</summary>
    public QualifiedName(string schema, string name) : this(new Identifier(schema), new Identifier(name))
    {
    }

    /// <summary>Writes both parts in double quotes.</summary>
    public override string ToString() => $"{Schema}.{Name}";

    /// <summary>The name as people read it: without quotes.</summary>
    public string Display => $"{Schema.Value}.{Name.Value}";

    /// <inheritdoc/>
    public int CompareTo(QualifiedName other)
    {
        var bySchema = Schema.CompareTo(other.Schema);
        return bySchema != 0 ? bySchema : Name.CompareTo(other.Name);
    }

    /// <summary>Orders by schema, then name.</summary>
    public static bool operator <(QualifiedName left, QualifiedName right) => left.CompareTo(right) < 0;

    /// <summary>Orders by schema, then name.</summary>
    public static bool operator >(QualifiedName left, QualifiedName right) => left.CompareTo(right) > 0;

    /// <summary>Orders by schema, then name.</summary>
    public static bool operator <=(QualifiedName left, QualifiedName right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by schema, then name.</summary>
    public static bool operator >=(QualifiedName left, QualifiedName right) => left.CompareTo(right) >= 0;
}
