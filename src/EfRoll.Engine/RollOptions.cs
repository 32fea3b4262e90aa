namespace EfRoll.Engine;

/// <summary>Settings of the engine.</summary>
public sealed record RollOptions
{
    /// <summary>How long one attempt waits for a strong lock; default 500 ms. No statement of an application waits longer because of it.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long attempts at a strong lock go on before the command fails and says who blocks; default 5 minutes.</summary>
    public TimeSpan LockDeadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// After how long the statements of those who are in the way of a strong lock are cancelled, and sessions that only keep a transaction open ended; null,
    /// the default, for never.
    /// </summary>
    public TimeSpan? CancelBlockersAfter { get; init; }

    /// <summary>What completing does while the old version is still connected; refuses by default.</summary>
    public OldSessions OldSessions { get; init; }

    /// <summary>How long completing waits for the old version's sessions to end before it fails; null, the default, for as long as it takes.</summary>
    public TimeSpan? OldSessionsDeadline { get; init; }

    /// <summary>
    /// Whether to go on although others have changed, since the rollout began, what it is about to change on its tables; refused by default. What such a
    /// change costs is in the error.
    /// </summary>
    public bool AcceptsDrift { get; init; }

    /// <summary>How many rows completing compares with what the authors' expressions demand, before it touches anything; none by default.</summary>
    public RowVerification Verification { get; init; }

    /// <summary>How hard backfills work; null for what the open rollout was started or tuned with, else the defaults.</summary>
    public BackfillOptions? Backfill { get; init; }

    /// <summary>The schema of unqualified names; null for the first one on the connection's <c>search_path</c> that exists.</summary>
    public string? BaseSchema { get; init; }
}
