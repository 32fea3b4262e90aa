using EfRoll.Engine.Schema;

namespace EfRoll.Engine;

/// <summary>How far a rollout is.</summary>
public enum Phase
{
    /// <summary><c>start</c> is at work, or was stopped.</summary>
    Expanding,

    /// <summary>Both versions can work.</summary>
    Expanded,

    /// <summary><c>complete</c> is at work, or was stopped; the old version may be gone.</summary>
    Contracting,

    /// <summary>Done: only the new version is left.</summary>
    Completed,

    /// <summary>Undone: only the old version is left.</summary>
    RolledBack,
}

/// <summary>A rollout and how far it is.</summary>
/// <param name="Id">Its number in the state schema.</param>
/// <param name="BaseMigration">The version it started from; null on a database without one.</param>
/// <param name="Migrations">Its migrations in order.</param>
/// <param name="Phase">How far it is.</param>
/// <param name="VersionSchemas">The schemas of the new version.</param>
/// <param name="StartedAt">When it was opened.</param>
/// <param name="UpdatedAt">When it last went on.</param>
public sealed record RolloutStatus(
    long Id,
    string? BaseMigration,
    EquatableList<string> Migrations,
    Phase Phase,
    EquatableList<string> VersionSchemas,
    DateTimeOffset StartedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>The earlier migration to which the rollout goes back, undoing <see cref="Migrations"/>; null on the way forward.</summary>
    public string? BackTo { get; init; }

    /// <summary>The migration at which the database will be.</summary>
    public string TargetMigration => BackTo ?? Migrations[^1];

    /// <summary>Steps of the current phase that are done.</summary>
    public int StepsDone { get; init; }

    /// <summary>Steps of the current phase.</summary>
    public int Steps { get; init; }

    /// <summary>The backfills, if there are any.</summary>
    public EquatableList<BackfillStatus> Backfills { get; init; } = [];
}

/// <summary>How far a backfill is.</summary>
public sealed record BackfillStatus(string Table, long PagesDone, long Pages, long Rows, bool IsDone);

/// <summary>How a database stands.</summary>
/// <param name="IsInitialized">Whether the state schema is there.</param>
/// <param name="Open">The rollout that is open; null if none is.</param>
/// <param name="Last">The last one that ended; null if there was none.</param>
public sealed record DatabaseStatus(bool IsInitialized, RolloutStatus? Open, RolloutStatus? Last)
{
    /// <summary>The version that the database is at, as the state schema knows it.</summary>
    public string? CurrentMigration { get; init; }
}
