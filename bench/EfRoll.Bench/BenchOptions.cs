namespace EfRoll.Bench;

/// <summary>How much is measured.</summary>
sealed record BenchOptions
{
    /// <summary>The rows of a table of the usual size; other sizes follow it.</summary>
    public long Rows { get; init; } = 1_000_000;

    /// <summary>How often each way is measured; what is told is the median.</summary>
    public int Runs { get; init; } = 3;

    /// <summary>How long a load is measured at a time.</summary>
    public TimeSpan Slice { get; init; } = TimeSpan.FromSeconds(5);
}
