using EfRoll.Soak.Load;
using EfRoll.Soak.Model;

namespace EfRoll.Soak.Run;

/// <summary>All workers, at work but for moments in which everything is compared and versions come and go.</summary>
sealed class Crew : IAsyncDisposable
{
    readonly Worker[] _workers;
    readonly SharedRows _shared = new();
    readonly Tally _tally;
    readonly SemaphoreSlim _permits;
    readonly CancellationTokenSource _stop = new();
    readonly TimeSpan _pace;
    readonly List<Task> _tasks = [];
    List<Side> _sides;
    Versions _versions = Versions.One;
    long _done;

    public Crew(SoakOptions options, Side first, Tally tally)
    {
        _tally = tally;
        _sides = [first];
        _pace = options.Pace;
        _workers = [.. Enumerable.Range(1, options.Workers).Select(number => new Worker(number, options.Seed * 1000 + number, _shared, tally, options.Kills))];
        _permits = new SemaphoreSlim(0);
    }

    /// <summary>The version that runs before and after a rollback.</summary>
    public Side Old => _sides[0];

    bool HasNew => _sides[^1].IsNew || _versions != Versions.One;

    /// <summary>Makes the rows and begins.</summary>
    public async Task StartAsync(int items)
    {
        await _workers[0].SeedSharedAsync(Old);
        foreach (var worker in _workers)
            await worker.SeedAsync(Old, items);
        _tasks.AddRange(_workers.Select(worker => Task.Run(() => WorkAsync(worker))));
        Resume();
    }

    /// <summary>Returns when all workers together have ended so many more transactions.</summary>
    public async Task WaitAsync(int transactions)
    {
        var goal = Interlocked.Read(ref _done) + transactions;
        while (Interlocked.Read(ref _done) < goal)
            await Task.Delay(10);
    }

    /// <summary>Has everybody finish what they do, and does something in between.</summary>
    public async Task BetweenAsync(Func<Task> work)
    {
        for (var permit = 0; permit < _workers.Length; permit++)
            await _permits.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            Resume();
        }
    }

    /// <summary>A new version appears, to be called in between.</summary>
    public void Begin(Side side, Versions versions)
    {
        _versions = versions;
        foreach (var worker in _workers)
            worker.ForEach(versions.Begin);
        _sides = [Old, side];
    }

    /// <summary>A version goes, with its connections; to be called in between.</summary>
    public async Task LeaveAsync(bool isNew)
    {
        var leaving = _sides.Single(side => side.IsNew == isNew);
        _sides = [.. _sides.Where(side => side != leaving)];
        await leaving.DisposeAsync();
    }

    /// <summary>The rollout is over; to be called in between.</summary>
    public void End(bool isComplete)
    {
        _versions = Versions.One;
        foreach (var side in _sides)
            side.IsNew = false;
        foreach (var worker in _workers)
        {
            worker.ForEach(row =>
            {
                if (isComplete)
                    row.Old = row.New!;
                row.New = null;
            });
        }
    }

    /// <summary>Compares every row through every version; to be called in between.</summary>
    public async Task CheckAsync()
    {
        foreach (var side in _sides)
        {
            foreach (var worker in _workers)
                await worker.CheckAsync(side, _versions, HasNew);
            await _workers[0].CheckSharedAsync(side);
        }

        foreach (var worker in _workers)
            await worker.CheckAuditAsync(_sides[0], _versions, HasNew);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks);
        foreach (var side in _sides)
            await side.DisposeAsync();
        _permits.Dispose();
        _stop.Dispose();
    }

    void Resume() => _permits.Release(_workers.Length);

    async Task WorkAsync(Worker worker)
    {
        using var timer = new PeriodicTimer(_pace);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await _permits.WaitAsync(_stop.Token);
                try
                {
                    await worker.ActAsync(_sides, _versions, HasNew);
                }
                catch (Exception error)
                {
                    // Nobody waits for this task before the end; what goes wrong here must not go unseen.
                    _tally.Fail($"worker {worker.Number}: {error}");
                }
                finally
                {
                    _permits.Release();
                    Interlocked.Increment(ref _done);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The load ends.
        }
    }
}
