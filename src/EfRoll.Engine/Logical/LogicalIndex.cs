using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using Index = EfRoll.Engine.Schema.Index;

namespace EfRoll.Engine.Logical;

/// <summary>An index as the version at this point of the rollout has it.</summary>
/// <param name="Name">Its name at this point.</param>
public sealed record LogicalIndex(Identifier Name)
{
    /// <summary>The index it was before the rollout, if it was there.</summary>
    public Index? Original { get; init; }

    /// <summary>For a new one: what the author asked for.</summary>
    public NewIndex? New { get; init; }

    /// <summary>The slots it reads.</summary>
    public required EquatableList<Slot> Slots { get; init; }
}

/// <summary>An index that the rollout makes.</summary>
/// <param name="Tail">From <c>USING</c> on, in the names of its scope.</param>
/// <param name="IsUnique">Whether it is unique.</param>
/// <param name="Scope">What its names mean.</param>
/// <param name="Source">Where it was written.</param>
public sealed record NewIndex(SqlText Tail, bool IsUnique, Scope Scope, SourceLocation? Source)
{
    /// <summary>Its comment.</summary>
    public string? Comment { get; init; }
}
