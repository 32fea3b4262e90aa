using EfRoll.Engine.Planning;
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
    /// <summary>The migration at which the database was already, where the rollout only opened its views.</summary>
    public string? ViewsOf { get; init; }

    /// <summary>The earlier migration to which the rollout goes back, undoing <see cref="Migrations"/>; null on the way forward.</summary>
    public string? BackTo { get; init; }

    /// <summary>The migration at which the database will be.</summary>
    public string TargetMigration => ViewsOf ?? BackTo ?? Migrations[^1];

    /// <summary>Steps of the current phase that are done.</summary>
    public int StepsDone { get; init; }

    /// <summary>Steps of the current phase.</summary>
    public int Steps { get; init; }

    /// <summary>The backfills, if there are any.</summary>
    public EquatableList<BackfillStatus> Backfills { get; init; } = [];

    /// <summary>The strong locks that it held, in order.</summary>
    public EquatableList<LockStatus> Locks { get; init; } = [];

    /// <summary>What others have changed on its tables since it began, while it is open.</summary>
    public EquatableList<Drift> Drift { get; init; } = [];

    /// <summary>Since when its backfills are paused by the user; null if they are not.</summary>
    public DateTimeOffset? PausedAt { get; init; }
}

/// <summary>How far a backfill is.</summary>
/// <param name="Table">The table, as people read it.</param>
/// <param name="PagesDone">Pages of the heap behind it.</param>
/// <param name="Pages">Pages of the heap in all.</param>
/// <param name="Rows">Rows given their values so far.</param>
/// <param name="IsDone">Whether none is left.</param>
public sealed record BackfillStatus(string Table, long PagesDone, long Pages, long Rows, bool IsDone)
{
    /// <summary>How fast it went when it was last heard of, without the time for which it was held.</summary>
    public double RowsPerSecond { get; init; }

    /// <summary>How long it would take from there; null if that cannot be said.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Why it was held then, one sentence each; empty if it was not.</summary>
    public EquatableList<string> HeldBy { get; init; } = [];

    /// <summary>Bytes of a page.</summary>
    public long PageSize { get; init; } = 8192;
}

/// <summary>What a strong lock cost the applications.</summary>
/// <param name="Title">What it was needed for.</param>
/// <param name="Relation">The table or view, as people read it.</param>
/// <param name="Mode">As PostgreSQL calls it.</param>
/// <param name="Waited">The longest time for which it was waited, and everybody else behind it.</param>
/// <param name="Held">For how long it was held.</param>
/// <param name="Attempts">How often it was tried.</param>
public sealed record LockStatus(string Title, string Relation, string Mode, TimeSpan Waited, TimeSpan Held, int Attempts);

/// <summary>How a database stands.</summary>
/// <param name="IsInitialized">Whether the state schema is there.</param>
/// <param name="Open">The rollout that is open; null if none is.</param>
/// <param name="Last">The last one that ended; null if there was none.</param>
public sealed record DatabaseStatus(bool IsInitialized, RolloutStatus? Open, RolloutStatus? Last)
{
    /// <summary>The version that the database is at, as the state schema knows it.</summary>
    public string? CurrentMigration { get; init; }

    /// <summary>Who is connected, on which version; the tool itself left out.</summary>
    public EquatableList<ApplicationSession> Sessions { get; init; } = [];
}
