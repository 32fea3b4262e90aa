using System.Globalization;
using EfRoll.Engine;

namespace EfRoll.Tool.Output;

/// <summary>Progress where there is no terminal: a line for each step, and one every few seconds while a backfill runs.</summary>
sealed class PlainProgress(Action<string> say, TimeProvider clock) : IProgress<RollProgress>
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);
    const int AttemptsBetweenLines = 20;

    readonly Lock _lock = new();
    long? _lastBackfillLine;

    public void Report(RollProgress value)
    {
        lock (_lock)
        {
            if (LineOf(value) is { } line)
                say(line);
        }
    }

    string? LineOf(RollProgress value) => value switch
    {
        StepProgress { State: StepState.Done } step => $"{Position(step)} {step.Title}{(step.Elapsed is { } elapsed ? $" ({Seconds(elapsed)})" : "")}",
        StepProgress { State: StepState.Skipped } step => $"{Position(step)} {step.Title} (done before)",
        BackfillProgress backfill => IsDue() ? $"        {Line(backfill)}" : null,
        LockProgress wait => LineOf(wait),
        NoticeProgress notice => $"        note: {notice.Text}",
        _ => null,
    };

    /// <summary>The line about a lock that is waited for; null where there was one a moment ago.</summary>
    public static string? LineOf(LockProgress wait) => wait.Attempt % AttemptsBetweenLines == 1
        ? $"        waiting for a lock: {wait.Title}{(wait.Blockers.Count > 0 ? $"; in the way: {string.Join("; ", wait.Blockers)}" : "")}"
        : null;

    /// <summary>How far a backfill is: table, share, rows, rate.</summary>
    public static string Line(BackfillProgress backfill)
    {
        var share = backfill.Pages == 0 ? 1 : (double)backfill.PagesDone / backfill.Pages;
        return string.Create(CultureInfo.InvariantCulture, $"{backfill.Table}: {share:P0} of pages, {backfill.Rows:N0} rows, {backfill.RowsPerSecond:N0} rows/s")
            + (backfill.Remaining is { } remaining && share < 1 ? $", {Left(remaining)} left" : "")
            + (backfill.HeldBy.Count > 0 ? $"; held: {string.Join("; ", backfill.HeldBy)}" : "");
    }

    public static string Position(StepProgress step) =>
        string.Create(CultureInfo.InvariantCulture, $"[{step.Number.ToString(CultureInfo.InvariantCulture).PadLeft(step.Count < 10 ? 1 : 2)}/{step.Count}]");

    public static string Seconds(TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.00} s");

    /// <summary>A time to come, as rough as it is known.</summary>
    public static string Left(TimeSpan time) => time.TotalMinutes < 1 ? Text($"{Math.Ceiling(time.TotalSeconds):0} s")
        : time.TotalHours < 1 ? Text($"{Math.Ceiling(time.TotalMinutes):0} min")
        : Text($"{time.TotalHours:0.0} h");

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    bool IsDue()
    {
        if (_lastBackfillLine is { } last && clock.GetElapsedTime(last) < Pause)
            return false;
        _lastBackfillLine = clock.GetTimestamp();
        return true;
    }
}
