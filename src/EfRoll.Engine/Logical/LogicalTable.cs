using System.Collections.Immutable;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Logical;

/// <summary>A table as the version at this point of the rollout sees it.</summary>
/// <param name="Id">Tells tables apart, whatever they are called meanwhile.</param>
/// <param name="Name">Its name at this point.</param>
public sealed record LogicalTable(int Id, QualifiedName Name)
{
    /// <summary>The table it was before the rollout; null for one that the rollout makes.</summary>
    public Table? Original { get; init; }

    /// <summary>Its columns in order.</summary>
    public ImmutableList<LogicalColumn> Columns { get; init; } = [];

    /// <summary>
    /// Columns that the rollout made and replaced or dropped again, but that raw SQL in between sees: they are kept, hidden, until contract.
    /// </summary>
    public ImmutableList<LogicalColumn> Passing { get; init; } = [];

    /// <summary>Its indexes, without those of constraints.</summary>
    public ImmutableList<LogicalIndex> Indexes { get; init; } = [];

    /// <summary>Its constraints.</summary>
    public ImmutableList<LogicalConstraint> Constraints { get; init; } = [];

    /// <summary>Up and down, in the order of the operations.</summary>
    public ImmutableList<Derivation> Derivations { get; init; } = [];

    /// <summary>The columns as they were when the current migration began: an <c>up</c> may use their names.</summary>
    public ImmutableList<LogicalColumn> ColumnsBefore { get; init; } = [];

    /// <summary>Its comment.</summary>
    public string? Comment { get; init; }

    /// <summary>Whether it is <c>UNLOGGED</c>.</summary>
    public bool IsUnlogged { get; init; }

    /// <summary>Storage parameters that the rollout sets, or takes away where the value is null.</summary>
    public ImmutableSortedDictionary<string, string?> StorageParameters { get; init; } = ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>Where it was written, for a new one.</summary>
    public SourceLocation? Source { get; init; }

    /// <summary>The columns by name.</summary>
    public ImmutableSortedDictionary<Identifier, Slot> Names => NamesOf(Columns);

    /// <summary>What an <c>up</c> at this point may name: the table as it is now, then as it was before the migration.</summary>
    public Scope ScopeForUp => new Scope(Name.Name, Names).With(NamesOf(ColumnsBefore));

    /// <summary>The columns as the catalogue names them, for what PostgreSQL printed; those that the rollout dropped are not among them.</summary>
    public Scope ScopeBefore => new(Original!.Name.Name, Columns.Where(column => column.Original is not null)
        .ToImmutableSortedDictionary(column => column.Original!.Name, column => column.Slot.Root));

    /// <summary>What the expression of a generated column may name: the table as it is now, without that column.</summary>
    public Scope ScopeForGenerated(Identifier column) => new(Name.Name, Names.Remove(column));

    /// <summary>What other expressions at this point may name: the table as it is now.</summary>
    public Scope ScopeNow => new(Name.Name, Names);

    /// <summary>Finds a column by name.</summary>
    public LogicalColumn? Find(Identifier name) => Columns.FirstOrDefault(column => column.Name == name);

    /// <summary>Returns the column whose value lives in a slot or in one that took its place; null if it was dropped.</summary>
    public LogicalColumn? SuccessorOf(Slot slot) => Columns.FirstOrDefault(column => column.Slot.Succeeds(slot));

    /// <summary>Returns the table with a column exchanged for another, at the same place.</summary>
    public LogicalTable With(LogicalColumn old, LogicalColumn changed) => this with { Columns = Columns.Replace(old, changed) };

    static ImmutableSortedDictionary<Identifier, Slot> NamesOf(ImmutableList<LogicalColumn> columns) =>
        columns.ToImmutableSortedDictionary(column => column.Name, column => column.Slot);
}
