namespace EfRoll.Engine;

/// <summary>How hard a backfill works, and what makes it hold back. All of it can be changed while it runs: <see cref="RollEngine.TuneAsync"/>.</summary>
public sealed record BackfillOptions
{
    /// <summary>
    /// How many connections write at once. Null, the default: one; as many as <c>max_parallel_maintenance_workers</c> says while nobody else is at work on
    /// the server.
    /// </summary>
    public int? Workers { get; init; }

    /// <summary>How long one batch may take; default 100 ms. A transaction of an application waits for one batch at most.</summary>
    public TimeSpan BatchTime { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Pauses after a batch that took more than this many times as long as such a batch can take, for as long as it took too long: others want the
    /// processor or the disk. Null for never; default 3.
    /// </summary>
    public double? MaxSlowdown { get; init; } = 3;

    /// <summary>Holds while a replica is further behind; null for never; default 10 s.</summary>
    public TimeSpan? MaxReplicaLag { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Holds where the whole server has written more bytes of WAL per second; null, the default, for never.</summary>
    public long? MaxWalRate { get; init; }

    /// <summary>Holds while more sessions of others are active, in per cent of <c>max_connections</c>; null for never; default 80.</summary>
    public int? MaxActiveSessions { get; init; } = 80;

    /// <summary>Holds while more sessions wait for a lock of the backfill; null for never; default 0.</summary>
    public int? MaxWaitingSessions { get; init; } = 0;

    /// <summary>Holds while a vacuum of the table runs that prevents wraparound; default true.</summary>
    public bool HoldsForWraparound { get; init; } = true;

    /// <summary>A query, asked every second, that returns a text while the backfill has to hold, and else NULL or no row: for what PostgreSQL itself does not tell.</summary>
    public string? BrakeQuery { get; init; }
}
