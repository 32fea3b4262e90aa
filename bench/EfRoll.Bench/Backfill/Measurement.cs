namespace EfRoll.Bench.Backfill;

/// <summary>What a way cost.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="Wal">Bytes of WAL.</param>
/// <param name="HeapGrowth">Bytes that the heap grew, with its TOAST.</param>
/// <param name="IndexGrowth">Bytes that the indexes grew.</param>
sealed record Measurement(double Seconds, double Wal, double HeapGrowth, double IndexGrowth)
{
    /// <summary>How many of the updates needed no new index entry: from 0 to 1; no number where nothing was updated.</summary>
    public double HotShare { get; init; } = double.NaN;

    /// <summary>Bytes that the table grew with its indexes.</summary>
    public double Growth => HeapGrowth + IndexGrowth;
}
