using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Schema;

/// <summary>The kinds of things that hang on a column, besides indexes and constraints.</summary>
public enum DependentKind
{
    /// <summary>A view that reads it, also by way of other views.</summary>
    View,

    /// <summary>A materialized view that reads it.</summary>
    MaterializedView,

    /// <summary>A rewrite rule of a table.</summary>
    Rule,

    /// <summary>A row security policy.</summary>
    Policy,

    /// <summary>A trigger with <c>UPDATE OF</c> it, or <c>WHEN</c> it is so or so.</summary>
    Trigger,

    /// <summary>Extended statistics.</summary>
    Statistics,

    /// <summary>A publication's column list or row filter.</summary>
    Publication,

    /// <summary>A generated column that is computed from it.</summary>
    Generated,

    /// <summary>A function with a body in SQL that PostgreSQL has understood.</summary>
    Function,

    /// <summary>The key by which its table is partitioned.</summary>
    PartitionKey,

    /// <summary>What one partition has of its own for a column: rights, a default, a setting.</summary>
    Setting,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>Something that hangs on a column.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Description">As PostgreSQL calls it: <c>view public.v</c>.</param>
public sealed record Dependent(DependentKind Kind, string Description)
{
    /// <summary>The view itself, or the table that a rule, policy or trigger belongs to: locked when it is made anew.</summary>
    public QualifiedName? Relation { get; init; }

    /// <summary>How many views lie between a view and the column, itself included.</summary>
    public int Level { get; init; }

    /// <summary>Whether the role that runs the migration may drop it and make it anew.</summary>
    public bool IsOwnedByUs { get; init; } = true;

    /// <summary>Whether it can be made anew when the column has become another one, without reading a table.</summary>
    public bool CanMove => IsOwnedByUs && Kind is DependentKind.View or DependentKind.Rule or DependentKind.Policy or DependentKind.Trigger
        or DependentKind.Statistics or DependentKind.Publication;
}
