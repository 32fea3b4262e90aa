using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Schema;

/// <summary>The kinds of things about a table that somebody may change by hand while a rollout is open.</summary>
public enum FactKind
{
    /// <summary>The table as a whole: its owner, its row security.</summary>
    Table,

    /// <summary>A column.</summary>
    Column,

    /// <summary>An index that stands behind no constraint.</summary>
    Index,

    /// <summary>A constraint.</summary>
    Constraint,

    /// <summary>A foreign key of another table that refers to it.</summary>
    Reference,

    /// <summary>A trigger, be it of a partition.</summary>
    Trigger,

    /// <summary>A row security policy.</summary>
    Policy,

    /// <summary>A right that a role has on it, or on one of its columns.</summary>
    Grant,

    /// <summary>Extended statistics of its columns.</summary>
    Statistics,

    /// <summary>A publication that sends its rows.</summary>
    Publication,

    /// <summary>A rewrite rule.</summary>
    Rule,

    /// <summary>Something that is set on it or on one of its columns: a storage parameter, a statistics target, a comment, how replication tells rows apart.</summary>
    Option,
}

/// <summary>Something about a table, as the catalogue has it: equal as long as nobody touches it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Tells it from others of its kind on the table, as people read it.</param>
/// <param name="Value">What it is like.</param>
public sealed record Fact(FactKind Kind, string Name, string Value)
{
    /// <summary>The columns of the table that it reads.</summary>
    public EquatableList<Identifier> Columns { get; init; } = [];

    /// <summary>Whether it is a trigger that may change a row on its way into the table.</summary>
    public bool ChangesRows { get; init; }

    /// <summary>Whether one partition has it alone.</summary>
    public bool IsOfPartition { get; init; }
}
