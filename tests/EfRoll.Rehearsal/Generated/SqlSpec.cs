using System.Collections.Immutable;

namespace EfRoll.Rehearsal.Generated;

/// <summary>Raw SQL of a migration.</summary>
/// <param name="Up">What <c>Up</c> does.</param>
/// <param name="Down">What <c>Down</c> does; null for nothing.</param>
public sealed record SqlSpec(string Up, string? Down)
{
    /// <summary>How the author says that it is undone at a rollback.</summary>
    public string? DownHint { get; init; }

    /// <summary>Quotes a name.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Quotes a name with its schema.</summary>
    public static string Name(string? schema, string name) => $"{Quote(schema ?? "public")}.{Quote(name)}";
}

/// <summary>A view, by raw SQL, of some columns of a table.</summary>
public sealed record ViewSpec(int Id, int Table, ImmutableList<int> Columns)
{
    /// <summary>Makes it, with the names of the moment.</summary>
    public string Create(ModelSpec model)
    {
        var table = model.Table(Table);
        var columns = Columns.Select(column => $"{SqlSpec.Quote(table.Column(column).Name)} AS c{column}");
        return $"CREATE VIEW {Name} AS SELECT {string.Join(", ", columns)} FROM {SqlSpec.Name(table.Schema, table.Name)}";
    }

    /// <summary>Drops it.</summary>
    public string Drop => $"DROP VIEW {Name}";

    string Name => SqlSpec.Name(null, $"View {Id}");

    /// <summary>Whether authors have to drop it before a change, since PostgreSQL refuses that otherwise.</summary>
    public bool IsInTheWay(ModelSpec before, ModelSpec after) =>
        after.Tables.Find(table => table.Id == Table) is not { } table
        || Columns.Exists(id => table.Columns.Find(column => column.Id == id) is not { } column || IsChanged(before.Table(Table).Column(id), column));

    // EF Core changes a computed column by dropping it.
    static bool IsChanged(ColumnSpec one, ColumnSpec other) => one.Type != other.Type || one.ComputedFrom is not null || other.ComputedFrom is not null;
}
