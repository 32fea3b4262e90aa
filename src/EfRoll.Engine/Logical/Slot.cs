using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Logical;

/// <summary>The place in which a version's value of a column lives: a column that was there before, or one that the rollout makes.</summary>
/// <param name="Id">Tells slots apart, whatever their columns are called meanwhile.</param>
/// <param name="Type">The type as PostgreSQL writes it.</param>
public sealed record Slot(int Id, string Type)
{
    /// <summary>The physical column, for a slot that was there before.</summary>
    public Identifier? Original { get; init; }

    /// <summary>The slot whose place it takes in the new version; what hung on that one (indexes, constraints, …) follows.</summary>
    public Slot? Replaces { get; init; }

    /// <summary>The collation, when it is not the type's own.</summary>
    public QualifiedName? Collation { get; init; }

    /// <summary>The slot at the beginning of those that took each other's place.</summary>
    public Slot Root => Replaces?.Root ?? this;

    /// <inheritdoc/>
    public bool Equals(Slot? other) => other is not null && other.Id == Id;

    /// <inheritdoc/>
    public override int GetHashCode() => Id;

    /// <summary>Whether this slot took the place of another, at once or in several steps, or is that slot.</summary>
    public bool Succeeds(Slot ancestor)
    {
        for (var slot = this; slot is not null; slot = slot.Replaces)
        {
            if (slot == ancestor)
                return true;
        }

        return false;
    }
}
