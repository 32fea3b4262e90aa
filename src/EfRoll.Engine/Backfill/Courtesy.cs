namespace EfRoll.Engine.Backfill;

/// <summary>Tells from how long batches take whether others want the processor or the disk, and how long to leave it to them.</summary>
sealed class Courtesy
{
    // The time of smaller batches says more about the way to the server than about the server.
    const int FewRows = 100;

    // A single lucky batch is not the measure; and since rows of a table differ, what was possible in one place is forgotten in a few hundred batches.
    const double Learning = 0.25;
    const double Forgetting = 1.002;

    static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    readonly Dictionary<Pass, double> _best = [];

    /// <summary>How long to pause after a batch.</summary>
    /// <param name="pass">Batches are compared with others of the same pass: the first ones find no room in the pages and take longer.</param>
    /// <param name="rows">How many rows it wrote.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="maxSlowdown">How many times the best time is no reason yet; null for whatever it takes.</param>
    public TimeSpan After(Pass pass, int rows, TimeSpan took, double? maxSlowdown)
    {
        if (rows < FewRows)
            return TimeSpan.Zero;
        var perRow = took.TotalSeconds / rows;
        var best = _best.GetValueOrDefault(pass, perRow);
        _best[pass] = best = perRow < best ? best + Learning * (perRow - best) : Math.Min(perRow, best * Forgetting);
        if (maxSlowdown is not { } tolerated)
            return TimeSpan.Zero;
        var tooLong = took - TimeSpan.FromSeconds(best * rows * tolerated);
        return tooLong <= TimeSpan.Zero ? TimeSpan.Zero : tooLong < Longest ? tooLong : Longest;
    }
}
