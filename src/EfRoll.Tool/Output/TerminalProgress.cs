using System.Globalization;
using EfRoll.Engine;
using Spectre.Console;

namespace EfRoll.Tool.Output;

/// <summary>Progress on a terminal: finished steps as lines, a bar with rows and rate while a backfill runs.</summary>
sealed class TerminalProgress(IAnsiConsole console, ProgressContext context) : IProgress<RollProgress>
{
    readonly Lock _lock = new();
    readonly Dictionary<string, ProgressTask> _bars = [];

    /// <summary>Runs work with its progress shown: as JSON where that is wanted, on a terminal with bars, else as lines.</summary>
    public static async Task<T> ShowAsync<T>(
        Reporter reporter, bool wantsJson, Func<IProgress<RollProgress>, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (wantsJson)
            return await work(new JsonProgress(reporter.Data, TimeProvider.System), cancellationToken).ConfigureAwait(false);
        if (Console.IsErrorRedirected)
            return await work(new PlainProgress(reporter.Say, TimeProvider.System), cancellationToken).ConfigureAwait(false);

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new TerminalProgress(console, context), cancellationToken))
            .ConfigureAwait(false);
    }

    public void Report(RollProgress value)
    {
        lock (_lock)
        {
            switch (value)
            {
                case StepProgress { State: StepState.Started } step:
                    Bar(step.Title).IsIndeterminate = true;
                    break;
                case StepProgress step:
                    if (_bars.Remove(step.Title, out var bar))
                        bar.StopTask();
                    var note = step.State == StepState.Skipped ? "done before" : step.Elapsed is { } elapsed ? PlainProgress.Seconds(elapsed) : "";
                    console.MarkupLineInterpolated($"[green]✓[/] [grey]{PlainProgress.Position(step)}[/] {step.Title} [grey]{note}[/]");
                    break;
                case BackfillProgress backfill:
                    Show(backfill);
                    break;
                case NoticeProgress notice:
                    console.MarkupLineInterpolated($"[yellow]note:[/] {notice.Text}");
                    break;
                case LockProgress wait when PlainProgress.LineOf(wait) is { } line:
                    console.MarkupLineInterpolated($"[yellow]{line}[/]");
                    break;
            }
        }
    }

    ProgressTask Bar(string title)
    {
        if (_bars.TryGetValue(title, out var bar))
            return bar;
        bar = context.AddTask(Markup.Escape(title));
        _bars.Add(title, bar);
        return bar;
    }

    void Show(BackfillProgress backfill)
    {
        // The bar of the step that is at work: one runs at a time.
        var bar = _bars.Values.LastOrDefault() ?? Bar(backfill.Table);
        bar.IsIndeterminate = false;
        bar.MaxValue = Math.Max(1, backfill.Pages);
        bar.Value = backfill.PagesDone;
        bar.Description = string.Create(CultureInfo.InvariantCulture, $"{Markup.Escape(backfill.Table)} [grey]{backfill.Rows:N0} rows, {backfill.RowsPerSecond:N0}/s[/]")
            + (backfill.HeldBy.Count > 0 ? $" [yellow]held: {Markup.Escape(string.Join("; ", backfill.HeldBy))}[/]" : "");
    }
}
