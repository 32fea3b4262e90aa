using System.Collections.Immutable;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Logical;

/// <summary>Whose writes a derivation answers to.</summary>
public enum Direction
{
    /// <summary>The old version wrote; a value of the new version follows.</summary>
    Up,

    /// <summary>The new version wrote; a value of the old version follows.</summary>
    Down,
}

/// <summary>The names that an expression may use, and the slots they stand for: the table as it looks at that point of the migration.</summary>
/// <param name="Table">The table's name at that point, which qualifies columns.</param>
/// <param name="Slots">The columns by their names at that point.</param>
public sealed record Scope(Identifier Table, ImmutableSortedDictionary<Identifier, Slot> Slots)
{
    /// <summary>Adds names that are not taken yet.</summary>
    public Scope With(IEnumerable<KeyValuePair<Identifier, Slot>> others)
    {
        var slots = Slots.ToBuilder();
        foreach (var (name, slot) in others)
            slots.TryAdd(name, slot);
        return this with { Slots = slots.ToImmutable() };
    }
}

/// <summary>"This column's value is that expression over the other version's row."</summary>
/// <param name="Target">Where the value goes.</param>
/// <param name="Direction">Whose writes it follows.</param>
/// <param name="Expression">The author's expression, or one inferred.</param>
/// <param name="Scope">What its names mean.</param>
/// <param name="Migration">Position, in the rollout, of the migration it comes from.</param>
/// <param name="Source">Where it was written.</param>
public sealed record Derivation(Slot Target, Direction Direction, Expression Expression, Scope Scope, int Migration, SourceLocation? Source)
{
    /// <summary>Whether no author wrote the expression: it is a cast, or puts a default in the place of NULL.</summary>
    public bool IsInferred { get; init; }

    /// <summary>Whether it is what raw SQL of the author's gives the column once.</summary>
    public bool IsOfRawSql { get; init; }
}
