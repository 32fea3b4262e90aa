namespace EfRoll.Engine;

/// <summary>Something to tell the user while a command runs.</summary>
public abstract record RollProgress;

/// <summary>A step begins, is done, or was done by an earlier run.</summary>
/// <param name="Number">Its position in its phase, from 1.</param>
/// <param name="Count">The number of steps of the phase.</param>
/// <param name="Title">What it does.</param>
/// <param name="State">What happened to it.</param>
public sealed record StepProgress(int Number, int Count, string Title, StepState State) : RollProgress
{
    /// <summary>How long it took, once it is done.</summary>
    public TimeSpan? Elapsed { get; init; }
}

/// <summary>What happened to a step.</summary>
public enum StepState
{
    /// <summary>It begins.</summary>
    Started,

    /// <summary>It is done.</summary>
    Done,

    /// <summary>An earlier run did it.</summary>
    Skipped,
}

/// <summary>A backfill went on.</summary>
/// <param name="Table">The table, as people read it.</param>
/// <param name="PagesDone">Pages of the heap behind it.</param>
/// <param name="Pages">Pages of the heap in all.</param>
/// <param name="Rows">Rows given their values so far.</param>
/// <param name="Elapsed">Time since it began or went on.</param>
public sealed record BackfillProgress(string Table, long PagesDone, long Pages, long Rows, TimeSpan Elapsed) : RollProgress
{
    /// <summary>How fast it goes, without the time for which it was held.</summary>
    public double RowsPerSecond { get; init; }

    /// <summary>How long it will take if it goes on so; null if that cannot be said yet.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>How many connections write.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Why it is held at the moment, one sentence each; empty if it is not.</summary>
    public IReadOnlyList<string> HeldBy { get; init; } = [];
}

/// <summary>Something the user should know, though nothing has to be done about it now.</summary>
/// <param name="Text">One sentence, or a few.</param>
public sealed record NoticeProgress(string Text) : RollProgress;

/// <summary>A lock is not to be had yet.</summary>
/// <param name="Title">The step that waits.</param>
/// <param name="Attempt">How often it was tried.</param>
/// <param name="Blockers">Who holds it: one sentence each.</param>
public sealed record LockProgress(string Title, int Attempt, IReadOnlyList<string> Blockers) : RollProgress;
