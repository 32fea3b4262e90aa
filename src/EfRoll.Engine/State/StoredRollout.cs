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
    string Checksum,
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

/// <summary>Pages of a heap.</summary>
/// <param name="First">The first one.</param>
/// <param name="End">The one after the last.</param>
readonly record struct PageRange(long First, long End);
