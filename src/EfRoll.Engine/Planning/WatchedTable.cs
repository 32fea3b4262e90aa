using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>What a table was like when its rollout was planned, and what the rollout itself does to it: the rest is somebody else's doing.</summary>
/// <param name="Name">The table.</param>
public sealed record WatchedTable(QualifiedName Name)
{
    /// <summary>What it was like; kept up with what the author's own SQL makes at start.</summary>
    public EquatableList<Fact> Facts { get; init; } = [];

    /// <summary>Columns that start makes.</summary>
    public EquatableList<Identifier> MadeColumns { get; init; } = [];

    /// <summary>Indexes and constraints that start makes.</summary>
    public EquatableList<Identifier> MadeObjects { get; init; } = [];

    /// <summary>Foreign keys of other tables to this one that start makes, by their names as facts.</summary>
    public EquatableList<string> MadeReferences { get; init; } = [];

    /// <summary>Columns that start changes in place: what reads them may be printed otherwise afterwards.</summary>
    public EquatableList<Identifier> WidenedColumns { get; init; } = [];

    /// <summary>Columns that complete drops, be it because others take their places.</summary>
    public EquatableList<Identifier> LeavingColumns { get; init; } = [];

    /// <summary>Of these, the ones that nothing takes the place of.</summary>
    public EquatableList<Identifier> DroppedColumns { get; init; } = [];

    /// <summary>Columns that complete changes in any way.</summary>
    public EquatableList<Identifier> ChangedColumns { get; init; } = [];

    /// <summary>Names that columns get at complete.</summary>
    public EquatableList<Identifier> WantedColumns { get; init; } = [];

    /// <summary>Indexes and constraints that complete renames or drops.</summary>
    public EquatableList<Identifier> NamedObjects { get; init; } = [];

    /// <summary>Whether complete drops it.</summary>
    public bool IsDropped { get; init; }

    /// <summary>Whether its versions are kept in step by triggers that count on no other trigger changing rows.</summary>
    public bool CountsOnRows { get; init; }

    /// <summary>Whether the view of it stays after complete, with the rights that it was given at start.</summary>
    public bool KeepsView { get; init; }
}
