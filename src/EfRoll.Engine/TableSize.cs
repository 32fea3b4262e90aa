using EfRoll.Engine.Sql;

namespace EfRoll.Engine;

/// <summary>How big a table is that a rollout writes or reads as a whole, and what it does to it.</summary>
/// <param name="Table">The table; a partitioned one with all its partitions.</param>
/// <param name="Rows">The server's own estimate; null where there is none, for it, or one of its partitions, was never analysed.</param>
/// <param name="TableBytes">Its rows, with what is stored apart from them.</param>
/// <param name="IndexBytes">Its indexes.</param>
/// <param name="Indexes">How many it has.</param>
public sealed record TableSize(QualifiedName Table, long? Rows, long TableBytes, long IndexBytes, int Indexes)
{
    /// <summary>Whether every row is written.</summary>
    public bool IsFilled { get; init; }

    /// <summary>How many indexes are built; each reads the table twice.</summary>
    public int IndexesBuilt { get; init; }

    /// <summary>How many constraints are validated; each reads the table once.</summary>
    public int ConstraintsValidated { get; init; }

    /// <summary>A rough guess at how long filling takes with one worker, from the measurements in <c>docs/benchmarks.md</c>: 3 µs for each row and for each of its index entries; null where nobody knows how many there are.</summary>
    public TimeSpan? FillTime => Rows is { } rows ? TimeSpan.FromMicroseconds(3.0 * rows * (1 + Indexes)) : null;

    /// <summary>A rough guess at the WAL that filling writes, in bytes, from the same: two and a half times what table and indexes hold.</summary>
    public long FillWalBytes => (long)(2.5 * (TableBytes + IndexBytes));
}
