using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>How to tell from a table's rows that every value is what the authors' expressions demand.</summary>
/// <param name="Table">The table.</param>
/// <param name="Columns">One for each value that follows from others.</param>
public sealed record RowComparison(QualifiedName Table, EquatableList<ColumnComparison> Columns)
{
    /// <summary>Columns of the primary key, to name rows; empty if there is none.</summary>
    public EquatableList<Identifier> Key { get; init; } = [];

    /// <summary>Whether the table is partitioned.</summary>
    public bool IsPartitioned { get; init; }
}

/// <summary>Tells rows in which a value is not what it follows from.</summary>
/// <param name="What">The column and whose it is, for people.</param>
/// <param name="IsWrong">A condition over the row <c>t</c>; empty where nothing can be compared.</param>
public sealed record ColumnComparison(string What, SqlText IsWrong)
{
    /// <summary>The functions that the expression calls, by their bare names: if one is volatile, nothing can be compared.</summary>
    public EquatableList<string> Functions { get; init; } = [];

    /// <summary>Why nothing can be compared, if so.</summary>
    public string? NotComparable { get; init; }
}
