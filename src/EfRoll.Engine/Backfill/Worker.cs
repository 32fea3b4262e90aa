using EfRoll.Engine.Catalog;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.State;
using EfRoll.Engine.Steps;
using Npgsql;

namespace EfRoll.Engine.Backfill;

/// <summary>
/// One connection that writes batches, each a statement and transaction of its own: an application waits for no more than one of them, and none
/// holds back what VACUUM may clear. To write a row twice does nothing, for a batch takes only rows that nobody has written.
/// </summary>
sealed class Worker : IAsyncDisposable
{
    // Measured (docs/benchmarks.md): with more, hardly a row more stays in its page, but each pass reads all of them.
    const int ManyPasses = 16;

    // With fewer rows than this that stay in their page, something keeps PostgreSQL from clearing old ones: an old snapshot, mostly.
    const double WorthwhileShare = 0.25;
    const int WindowsUntilNextTry = 8;

    // A pass goes over all segments before the next one begins, so that what other transactions saw of the first one is over by then.
    const int Segments = 4;
    const long FirstSegment = 32;
    const long SmallestSegment = 1;
    const long LargestSegment = 256;

    // Well below deadlock_timeout: where a batch and an application wait for each other, the batch gives way before the server has to choose.
    const string LockTimeout = "100ms";

    readonly Session _session;
    readonly BackfillTable _step;
    readonly BatchQuery _query;
    readonly Gate _gate;
    readonly TimeProvider _time;
    readonly Courtesy _courtesy = new();
    long _segment = FirstSegment;
    int _windowsInOnePass;
    long _pausedTicks;

    Worker(Session session, BackfillTable step, Gate gate, TimeProvider time)
    {
        _session = session;
        _step = step;
        _query = new BatchQuery(step);
        _gate = gate;
        _time = time;
    }

    /// <summary>The server's process of its connection.</summary>
    public int ProcessId => _session.ProcessId;

    /// <summary>For how long it has left the server to others.</summary>
    public TimeSpan Paused => TimeSpan.FromTicks(Interlocked.Read(ref _pausedTicks));

    /// <summary>Takes over a session and disposes of it at the end.</summary>
    public static async Task<Worker> BeginAsync(Session session, BackfillTable step, Gate gate, TimeProvider time, CancellationToken cancellationToken)
    {
        // A batch lost in a crash of the server is lost together with the cursor, which is written after it; so nobody has to wait for the disk.
        await session.ExecuteAsync(
            $"SELECT pg_catalog.set_config('lock_timeout', $1, false), pg_catalog.set_config('synchronous_commit', 'off', false)", [LockTimeout], cancellationToken).ConfigureAwait(false);
        await TriggerSilence.BeginAsync(session, cancellationToken).ConfigureAwait(false);
        return new Worker(session, step, gate, time);
    }

    /// <summary>Does one window after the other until none is left, or it is told to stop.</summary>
    /// <param name="windows">Where windows come from and are given back done.</param>
    /// <param name="options">How hard it is to work at the moment.</param>
    /// <param name="mayGoOn">Asked before each window.</param>
    /// <param name="told">Called after each.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public async Task RunAsync(Windows windows, Func<BackfillOptions> options, Func<bool> mayGoOn, Action told, CancellationToken cancellationToken)
    {
        while (mayGoOn())
        {
            await _gate.PassAsync(cancellationToken).ConfigureAwait(false);
            var pages = await _session.ScalarAsync<long>(_query.Pages(), [], cancellationToken).ConfigureAwait(false);
            if (windows.Take(_segment * Segments, pages) is not { } window)
                return;
            windows.Done(window, await SweepAsync(windows, window, options, cancellationToken).ConfigureAwait(false));
            told();
        }
    }

    /// <summary>Does what nobody has locked in a range, and says how many rows are left; null where not even that can be seen.</summary>
    public async Task<long?> ComeBackAsync(Windows windows, PageRange range, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken).ConfigureAwait(false);
        return await ExplainAsync(
            range,
            async () =>
            {
                await WriteUnlockedAsync(windows, range, Pass.Only, cancellationToken).ConfigureAwait(false);
                return await CountLeftAsync(range, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes its connection.</summary>
    public ValueTask DisposeAsync() => _session.DisposeAsync();

    async Task<IReadOnlyList<PageRange>> SweepAsync(Windows windows, PageRange window, Func<BackfillOptions> options, CancellationToken cancellationToken)
    {
        var segments = Split(window);
        var leftBehind = new List<PageRange>();
        var longest = TimeSpan.Zero;
        var share = _windowsInOnePass > 0 ? null : new InPlaceShare(await UpdatedAsync(cancellationToken).ConfigureAwait(false));
        foreach (var pass in Pass.AllOf(share is null ? 1 : ManyPasses))
        {
            var rowsOfPass = 0;
            foreach (var segment in segments)
            {
                await _gate.PassAsync(cancellationToken).ConfigureAwait(false);
                var began = _time.GetTimestamp();
                var (rows, isLeftBehind) = await ExplainAsync(segment, () => WriteAsync(windows, segment, pass, cancellationToken), cancellationToken).ConfigureAwait(false);
                rowsOfPass += rows;
                if (isLeftBehind)
                    leftBehind.Add(segment);
                var took = _time.GetElapsedTime(began);
                longest = took > longest ? took : longest;
                await PauseAsync(_courtesy.After(pass, rows, took, options().MaxSlowdown), cancellationToken).ConfigureAwait(false);
            }

            share?.Count(rowsOfPass, await UpdatedAsync(cancellationToken).ConfigureAwait(false));
        }

        _windowsInOnePass = share is null ? _windowsInOnePass - 1 : share.Value < WorthwhileShare ? WindowsUntilNextTry : 0;
        ChooseSegment(longest, options().BatchTime);
        return leftBehind;
    }

    async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        if (pause <= TimeSpan.Zero)
            return;
        await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _pausedTicks, pause.Ticks);
    }

    /// <summary>Writes a batch; how many rows, and whether some are left that somebody has locked.</summary>
    async Task<(int Rows, bool IsLeftBehind)> WriteAsync(Windows windows, PageRange range, Pass pass, CancellationToken cancellationToken)
    {
        try
        {
            var rows = await _session.ExecuteAsync(_query.Update(range, pass), cancellationToken).ConfigureAwait(false);
            windows.Wrote(rows);
            return (rows, false);
        }
        catch (PostgresException error) when (SqlStates.IsInTheWay(error.SqlState))
        {
            await WriteUnlockedAsync(windows, range, pass, cancellationToken).ConfigureAwait(false);
            // What an earlier pass leaves is for the last one.
            return (0, pass.IsLast && await CountLeftAsync(range, cancellationToken).ConfigureAwait(false) is null or > 0);
        }
    }

    async Task WriteUnlockedAsync(Windows windows, PageRange range, Pass pass, CancellationToken cancellationToken)
    {
        try
        {
            windows.Wrote(await _session.ExecuteAsync(_query.UpdateUnlocked(range, pass), cancellationToken).ConfigureAwait(false));
        }
        catch (PostgresException error) when (SqlStates.IsInTheWay(error.SqlState))
        {
            // Not even the table's own lock is to be had: somebody changes it. All of it stays for later.
        }
    }

    async Task<long?> CountLeftAsync(PageRange range, CancellationToken cancellationToken)
    {
        try
        {
            return await _session.ScalarAsync<long>(_query.CountLeft(range), [], cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (SqlStates.IsInTheWay(error.SqlState))
        {
            return null;
        }
    }

    async Task<T> ExplainAsync<T>(PageRange range, Func<Task<T>> write, CancellationToken cancellationToken)
    {
        try
        {
            return await write().ConfigureAwait(false);
        }
        catch (PostgresException error) when (SqlStates.IsOfStatement(error.SqlState))
        {
            throw await new FailingRow(_session, _step, _query).ExplainAsync(range, error, cancellationToken).ConfigureAwait(false);
        }
    }

    async Task<long[]> UpdatedAsync(CancellationToken cancellationToken) => await _session.ScalarAsync<long[]>(_query.Updated(), [], cancellationToken).ConfigureAwait(false) ?? [0, 0];

    void ChooseSegment(TimeSpan longest, TimeSpan batchTime)
    {
        if (longest > batchTime)
            _segment = Math.Max(SmallestSegment, _segment / 2);
        else if (longest < batchTime / 3)
            _segment = Math.Min(LargestSegment, _segment * 2);
    }

    List<PageRange> Split(PageRange window)
    {
        var segments = new List<PageRange>();
        for (var first = window.First; first < window.End; first += _segment)
            segments.Add(new PageRange(first, Math.Min(first + _segment, window.End)));
        return segments;
    }

    /// <summary>How many of the rows that were written have stayed in their page.</summary>
    /// <param name="first">The session's own counts at the beginning: rows written, and those without new index entries.</param>
    sealed class InPlaceShare(long[] first)
    {
        long[] _last = first;
        long _updated;
        long _inPlace;

        /// <summary>From 0 to 1; more than that while nothing is known.</summary>
        public double Value => _updated == 0 ? double.PositiveInfinity : (double)_inPlace / _updated;

        /// <summary>Adds what was written since the last counts.</summary>
        public void Count(int rows, long[] counts)
        {
            // What a session has told the server's statistics, once or twice a second, is no longer in its own counts. To go by the rest would be wrong: the last pass has the least room.
            if (counts[0] - _last[0] == rows)
            {
                _updated += rows;
                _inPlace += counts[1] - _last[1];
            }

            _last = counts;
        }
    }
}
