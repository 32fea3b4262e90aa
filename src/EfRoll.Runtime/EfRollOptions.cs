namespace EfRoll.Runtime;

/// <summary>How an application is put on its version.</summary>
public sealed record EfRollOptions
{
    /// <summary>The migration id that stands for the version; null takes the last migration that was compiled in.</summary>
    public string? Version { get; init; }

    /// <summary>The schema that holds the tables themselves; <c>public</c> by default.</summary>
    public string BaseSchema { get; init; } = "public";

    /// <summary>Whether EfRoll does anything at all; true by default.</summary>
    public bool Enabled { get; init; } = true;
}
