using EfRoll.Engine.Errors;
using EfRoll.Engine.Sessions;

namespace EfRoll.Engine.Execution;

/// <summary>Says who keeps a long statement waiting, such as a concurrent index build that waits for older transactions to end.</summary>
sealed class WaitWatch(EngineLock engineLock, TimeProvider time, IProgress<RollProgress>? progress)
{
    static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(3);

    /// <summary>Runs it, and looks now and then as long as it runs.</summary>
    public async Task WhileAsync(string title, Func<Task> run, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = progress is null ? Task.CompletedTask : WatchAsync(title, progress, stop.Token);
        try
        {
            await run().ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            // It was stopped, or has said what it fails with.
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task WatchAsync(string title, IProgress<RollProgress> told, CancellationToken cancellationToken)
    {
        // Most are done before.
        await Task.Delay(BetweenLooks, time, cancellationToken).ConfigureAwait(false);
        try
        {
            var session = await engineLock.OpenAnotherAsync(cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                for (var attempt = 1; ; attempt++)
                {
                    var blockers = await Blockers.OfAsync(session, engineLock.Session.ProcessId, cancellationToken).ConfigureAwait(false);
                    if (blockers.Count > 0)
                        told.Report(new LockProgress(title, attempt, [.. blockers.Select(blocker => blocker.Description)]));
                    else
                        attempt = 0;
                    await Task.Delay(BetweenLooks, time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (EfRollException error)
        {
            told.Report(new NoticeProgress($"nobody can look who keeps '{title}' waiting: {error.Message}"));
        }
    }
}
