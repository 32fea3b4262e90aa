namespace EfRoll.Bench.Load;

/// <summary>What was felt in a stretch of time.</summary>
sealed class Stretch
{
    readonly double[] _latencies;

    /// <param name="samples">All that was done, before and after it too.</param>
    /// <param name="from">When it began.</param>
    /// <param name="to">When it ended.</param>
    public Stretch(IReadOnlyCollection<Sample> samples, double from, double to)
    {
        var due = samples.Where(sample => sample.Due >= from && sample.Due < to).ToList();
        _latencies = [.. due.Select(sample => sample.Latency).Order()];
        PerSecond = samples.Count(sample => sample.Done >= from && sample.Done < to) / (to - from);
        LongestStatement = due.Count == 0 ? double.NaN : due.Max(sample => sample.Statement);
        Failures = [.. due.Select(sample => sample.Failure).OfType<string>()];
    }

    /// <summary>How many things were done in a second.</summary>
    public double PerSecond { get; }

    /// <summary>The longest time of a single statement, in milliseconds.</summary>
    public double LongestStatement { get; }

    /// <summary>What went wrong.</summary>
    public IReadOnlyList<string> Failures { get; }

    /// <summary>The latency that this share did not exceed, in milliseconds.</summary>
    public double Percentile(double share) => Statistics.Percentile(_latencies, share);
}
