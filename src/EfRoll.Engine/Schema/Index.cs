using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Schema;

/// <summary>An index as the catalogue describes it.</summary>
/// <param name="Name">Its name; its schema is its table's.</param>
/// <param name="Tail">What follows the table's name in <c>pg_get_indexdef</c>, from <c>USING</c> on.</param>
public sealed record Index(Identifier Name, string Tail)
{
    /// <summary>Whether it is unique.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Whether PostgreSQL trusts it; a failed concurrent build leaves one that it does not.</summary>
    public bool IsValid { get; init; } = true;

    /// <summary>Attribute numbers of its keys in order; 0 for an expression.</summary>
    public EquatableList<short> Keys { get; init; } = [];

    /// <summary>Every attribute number that its keys, expressions, included columns and predicate use.</summary>
    public EquatableList<short> Columns { get; init; } = [];

    /// <summary>The constraint (primary key, unique, exclusion) it belongs to, if any.</summary>
    public Identifier? Constraint { get; init; }

    /// <summary>Whether logical replication tells rows apart by it (<c>REPLICA IDENTITY USING INDEX</c>).</summary>
    public bool IsReplicaIdentity { get; init; }

    /// <summary>Whether <c>CLUSTER</c> orders the table by it.</summary>
    public bool IsClustered { get; init; }

    /// <summary>The statistics targets of its expressions, when set, by their places from 1 on.</summary>
    public EquatableList<KeyValuePair<short, int>> StatisticsTargets { get; init; } = [];

    /// <summary>The tablespace that it is in, when that is not the database's and we may make indexes there.</summary>
    public Identifier? Tablespace { get; init; }

    /// <summary>Its comment.</summary>
    public string? Comment { get; init; }
}
