using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Schema;

/// <summary>The kinds of relations that a migration can name.</summary>
public enum TableKind
{
    /// <summary>An ordinary table.</summary>
    Ordinary,

    /// <summary>A partitioned table.</summary>
    Partitioned,

    /// <summary>A partition of a table.</summary>
    Partition,

    /// <summary>A foreign table.</summary>
    Foreign,

    /// <summary>A partitioned table of which a partition is a foreign table.</summary>
    PartlyForeign,

    /// <summary>A table that inherits from another, or from which others inherit.</summary>
    Inherited,
}

/// <summary>A right that somebody was granted.</summary>
/// <param name="Grantee">The role; null for <c>PUBLIC</c>.</param>
/// <param name="Privilege">As in SQL: <c>SELECT</c>, <c>INSERT</c>, …</param>
/// <param name="IsGrantable">Whether it was granted <c>WITH GRANT OPTION</c>.</param>
public sealed record Grant(Identifier? Grantee, string Privilege, bool IsGrantable);

/// <summary>A table as the catalogue describes it.</summary>
public sealed record Table(QualifiedName Name)
{
    /// <summary>What kind of table it is.</summary>
    public TableKind Kind { get; init; }

    /// <summary>Its columns in the order of their attribute numbers, without dropped and system columns.</summary>
    public EquatableList<Column> Columns { get; init; } = [];

    /// <summary>Its indexes, those of constraints included.</summary>
    public EquatableList<Index> Indexes { get; init; } = [];

    /// <summary>Its constraints (NOT NULL is a property of the column, also where PostgreSQL 18 has a constraint for it).</summary>
    public EquatableList<Constraint> Constraints { get; init; } = [];

    /// <summary>The role that owns it.</summary>
    public Identifier? Owner { get; init; }

    /// <summary>Grants on the whole table.</summary>
    public EquatableList<Grant> Grants { get; init; } = [];

    /// <summary>Its comment.</summary>
    public string? Comment { get; init; }

    /// <summary>Estimated number of rows; -1 when never analysed.</summary>
    public long EstimatedRows { get; init; }

    /// <summary>Size of heap, indexes and TOAST in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Whether it has no page at all, so that nothing takes long on it.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Whether it is <c>UNLOGGED</c>.</summary>
    public bool IsUnlogged { get; init; }

    /// <summary>Whether row security is switched on.</summary>
    public bool HasRowSecurity { get; init; }

    /// <summary>Names of the users' own row triggers that are enabled.</summary>
    public EquatableList<string> Triggers { get; init; } = [];

    /// <summary>Whether logical replication tells rows apart by all their columns (<c>REPLICA IDENTITY FULL</c>).</summary>
    public bool HasFullReplicaIdentity { get; init; }

    /// <summary>Publications that send every column of this table.</summary>
    public EquatableList<string> Publications { get; init; } = [];

    /// <summary>Views, materialized views, rules and functions that depend on the table as a whole.</summary>
    public EquatableList<string> Dependents { get; init; } = [];

    /// <summary>Whether the role that runs the migration may alter it.</summary>
    public bool IsOwnedByUs { get; init; } = true;

    /// <summary>Whether it is divided into partitions.</summary>
    public bool IsPartitioned => Kind == TableKind.Partitioned;

    /// <summary>Finds a column by name.</summary>
    public Column? Find(Identifier name) => Columns.FirstOrDefault(column => column.Name == name);

    /// <summary>Returns the column with an attribute number.</summary>
    public Column ColumnAt(short number) => Columns.First(column => column.Number == number);
}
