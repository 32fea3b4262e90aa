namespace EfRoll.Rehearsal;

/// <summary>How a history is rehearsed.</summary>
public sealed record RehearsalOptions
{
    /// <summary>Decides on the rows, and where the rollouts of several migrations begin and end.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Up to how many rows each table is filled; 0 for none.</summary>
    public int Rows { get; init; } = 6;

    /// <summary>Whether each migration is rolled out by itself.</summary>
    public bool OneByOne { get; init; } = true;

    /// <summary>Whether stretches of the history are rolled out at once.</summary>
    public bool Together { get; init; } = true;

    /// <summary>The share of rollouts that are done once more, while both versions write.</summary>
    public double Writes { get; init; }

    /// <summary>The first migration that is rehearsed; those before it are only applied by EF Core.</summary>
    public string? From { get; init; }

    /// <summary>The last one.</summary>
    public string? To { get; init; }

    /// <summary>Whether databases that differ are kept.</summary>
    public bool Keep { get; init; }
}
