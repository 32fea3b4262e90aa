using EfRoll.Engine.Errors;

namespace EfRoll.Engine.Backfill;

/// <summary>The workers of one table, as many as are wanted at the moment.</summary>
/// <param name="windows">What they do.</param>
/// <param name="open">Makes one.</param>
/// <param name="tell">Tells the user.</param>
sealed class Crew(Windows windows, Func<CancellationToken, Task<Worker>> open, Action<string> tell) : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly SemaphoreSlim _told = new(0);
    readonly List<(Worker Worker, Task Work)> _members = [];
    int _most = int.MaxValue;
    volatile int _wanted = 1;
    volatile BackfillOptions _options = new();

    /// <summary>How many there should be; those that are too many end after their window.</summary>
    public int Wanted
    {
        set => _wanted = value;
    }

    /// <summary>How hard they are to work.</summary>
    public BackfillOptions Options
    {
        set => _options = value;
    }

    /// <summary>How many are at work.</summary>
    public int Count => _members.Count(member => !member.Work.IsCompleted);

    /// <summary>The server's processes of those at work.</summary>
    public int[] ProcessIds => [.. _members.Select(member => member.Worker.ProcessId)];

    /// <summary>For how long those who are here have left the server to others.</summary>
    public TimeSpan Paused => _members.Aggregate(TimeSpan.Zero, (sum, member) => sum + member.Worker.Paused);

    /// <summary>Whether nothing is left to do.</summary>
    public bool IsDone => _members.Count > 0 && _members.All(member => member.Work.IsCompleted);

    /// <summary>The one that is always there; free once all is done.</summary>
    public Worker First => _members[0].Worker;

    /// <summary>Has more of them begin if more are wanted.</summary>
    public async Task KeepUpAsync(CancellationToken cancellationToken)
    {
        for (var position = _members.Count - 1; position > 0; position--)
        {
            if (!_members[position].Work.IsCompletedSuccessfully)
                continue;
            await _members[position].Worker.DisposeAsync().ConfigureAwait(false);
            _members.RemoveAt(position);
        }

        while (_members.Count < Math.Min(_wanted, _most) && !IsDone)
        {
            try
            {
                var worker = await open(cancellationToken).ConfigureAwait(false);
                var position = _members.Count;
                _members.Add((worker, worker.RunAsync(
                    windows, () => _options, () => position < _wanted, () => _told.Release(), _stop.Token)));
            }
            catch (EfRollException error) when (_members.Count > 0)
            {
                _most = _members.Count;
                tell($"the backfill goes on with {_most}, not {_wanted} workers: {error.Message}");
            }
        }
    }

    /// <summary>Waits until one is done with a window or fails, but no longer than that.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var atWork = _members.Where(member => !member.Work.IsCompleted).Select(member => member.Work).ToList();
        if (atWork.Count > 0)
            await Task.WhenAny([_told.WaitAsync(longest, cancellationToken), .. atWork]).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var (_, work) in _members.Where(member => member.Work.IsFaulted))
            await work.ConfigureAwait(false);
    }

    /// <summary>Ends them in the middle of their work.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        // What one of them fails with now was either thrown before or comes from being stopped.
        await Task.WhenAll(_members.Select(member => member.Work)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var (worker, _) in _members)
            await worker.DisposeAsync().ConfigureAwait(false);
        _told.Dispose();
        _stop.Dispose();
    }
}
