namespace EfRoll.Engine.Sql;

/// <summary>The name of a table or sequence as an author writes it: with a schema, or without one for the database's base schema.</summary>
public readonly record struct RelationName(Identifier? Schema, Identifier Name)
{
    /// <summary>Takes both parts as bare text.</summary>
    public RelationName(string? schema, string name)
        : this(string.IsNullOrEmpty(schema) ? null : new Identifier(schema), new Identifier(name))
    {
    }

    /// <summary>Takes a name without a schema.</summary>
    public RelationName(string name) : this(null, name)
    {
    }

    /// <summary>The name in full, with the base schema where the author gave none.</summary>
    public QualifiedName In(Identifier baseSchema) => new(Schema ?? baseSchema, Name);

    /// <summary>The name as people read it: without quotes.</summary>
    public override string ToString() => Schema is { } schema ? $"{schema.Value}.{Name.Value}" : Name.Value;
}
