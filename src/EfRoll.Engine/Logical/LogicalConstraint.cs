using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Logical;

/// <summary>A constraint as the version at this point of the rollout has it.</summary>
/// <param name="Name">Its name at this point.</param>
/// <param name="Kind">What it constrains.</param>
public sealed record LogicalConstraint(Identifier Name, ConstraintKind Kind)
{
    /// <summary>The constraint it was before the rollout, if it was there.</summary>
    public Constraint? Original { get; init; }

    /// <summary>The slots of its columns in order; for a check, those it reads.</summary>
    public required EquatableList<Slot> Slots { get; init; }

    /// <summary>For a new primary key or unique constraint: its index.</summary>
    public NewIndex? Index { get; init; }

    /// <summary>For a new check: the condition.</summary>
    public NewCheck? Check { get; init; }

    /// <summary>For a foreign key: what it refers to.</summary>
    public LogicalForeignKey? ForeignKey { get; init; }

    /// <summary>Whether it is <c>DEFERRABLE</c>.</summary>
    public bool IsDeferrable { get; init; }

    /// <summary>Whether it is <c>INITIALLY DEFERRED</c>.</summary>
    public bool IsDeferred { get; init; }

    /// <summary>Its comment.</summary>
    public string? Comment { get; init; }

    /// <summary>Where it was written, for a new one.</summary>
    public SourceLocation? Source { get; init; }

    /// <summary>Whether an index stands behind it.</summary>
    public bool HasIndex => Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique or ConstraintKind.Exclusion;
}

/// <summary>A check that the rollout makes: its condition, in the names of its scope.</summary>
public sealed record NewCheck(Expression Condition, Scope Scope)
{
    /// <summary>Whether it ends in <c>NO INHERIT</c>.</summary>
    public bool IsNoInherit { get; init; }
}

/// <summary>What a foreign key refers to in the version at this point.</summary>
/// <param name="Table">The referenced table, by <see cref="LogicalTable.Id"/>.</param>
/// <param name="Slots">The referenced slots.</param>
/// <param name="OnDelete">As in SQL.</param>
/// <param name="OnUpdate">As in SQL.</param>
public sealed record LogicalForeignKey(int Table, EquatableList<Slot> Slots, string OnDelete, string OnUpdate)
{
    /// <summary>Whether it is <c>MATCH FULL</c>.</summary>
    public bool IsMatchFull { get; init; }

    /// <summary>The columns that <c>ON DELETE SET NULL (…)</c> names.</summary>
    public EquatableList<Slot> SetSlots { get; init; } = [];
}
