using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;

namespace EfRoll.Engine.State;

/// <summary>A rollout as the state schema keeps it.</summary>
sealed record StoredRollout(
    long Id,
    string? BaseMigration,
    EquatableList<string> Migrations,
    Phase Phase,
    EquatableList<string> VersionSchemas,
    Plan Plan,
    DateTimeOffset StartedAt,
    DateTimeOffset UpdatedAt);

/// <summary>What the journal says of a step.</summary>
enum StepMark
{
    /// <summary>It has begun; whether it is done has to be looked up in the catalogue.</summary>
    Started,

    /// <summary>It is done.</summary>
    Finished,
}

/// <summary>How far a backfill is.</summary>
/// <param name="NextPage">The first page not swept yet.</param>
/// <param name="Pages">The table's pages when last looked.</param>
/// <param name="Rows">Rows given their values.</param>
/// <param name="LeftBehind">Ranges to come back to.</param>
sealed record BackfillCursor(long NextPage, long Pages, long Rows, EquatableList<PageRange> LeftBehind);

/// <summary>How far a backfill is and how it goes.</summary>
/// <param name="Cursor">How far it is.</param>
sealed record BackfillNote(BackfillCursor Cursor)
{
    /// <summary>Pages behind it, of those that the table has.</summary>
    public long PagesDone => Math.Min(Cursor.NextPage, Cursor.Pages);

    /// <summary>How fast it goes while nothing holds it.</summary>
    public double RowsPerSecond { get; init; }

    /// <summary>How long it will take if it goes on so; null if that cannot be said yet.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Why it is held at the moment, one sentence each.</summary>
    public EquatableList<string> HeldBy { get; init; } = [];
}

/// <summary>What the user wants of a rollout's backfills.</summary>
/// <param name="Options">How hard they work; null for the defaults.</param>
/// <param name="PausedAt">Since when they are paused; null if they are not.</param>
sealed record Tuning(BackfillOptions? Options, DateTimeOffset? PausedAt);

/// <summary>Pages of a heap.</summary>
/// <param name="First">The first one.</param>
/// <param name="End">The one after the last.</param>
readonly record struct PageRange(long First, long End);
