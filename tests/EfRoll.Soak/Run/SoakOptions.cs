namespace EfRoll.Soak.Run;

/// <summary>How a run goes.</summary>
sealed record SoakOptions
{
    /// <summary>Decides on what is rolled out, written and killed, though not on who is faster.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>No rollout begins after that time.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Nor after that many.</summary>
    public int Rollouts { get; init; } = int.MaxValue;

    /// <summary>How many clients write at once.</summary>
    public int Workers { get; init; } = 6;

    /// <summary>How many items each of them has at the beginning.</summary>
    public int Items { get; init; } = 300;

    /// <summary>How long a client waits between two transactions at least.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>For how many transactions both versions run side by side at least.</summary>
    public int Overlap { get; init; } = 400;

    /// <summary>Whether the tool, and connections, are killed.</summary>
    public bool Kills { get; init; }

    /// <summary>Told what is done.</summary>
    public Action<string> Tell { get; init; } = _ => { };

    /// <summary>The folder of a server of <c>eng/postgres.sh</c> that may be killed, too.</summary>
    public string? ServerFolder { get; init; }
}
