using System.Globalization;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.State;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Backfill;

/// <summary>
/// One table's backfill. The workers of its crew write; this looks every second what the user wants and what the server says, and keeps and tells how
/// far they are.
/// </summary>
sealed class TableSweep : IAsyncDisposable
{
    static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    static readonly TimeSpan WorthTelling = BetweenLooks / 5;
    static readonly TimeSpan PauseForLocked = TimeSpan.FromMilliseconds(200);

    readonly EngineLock _engineLock;
    readonly StateStore _store;
    readonly RollOptions _options;
    readonly TimeProvider _time;
    readonly IProgress<RollProgress>? _progress;
    readonly long _rollout;
    readonly BackfillTable _step;
    readonly Windows _windows;
    readonly Gate _gate = new();
    readonly Crew _crew;
    readonly Brakes _brakes;
    readonly Pace _pace;
    IReadOnlyList<string> _heldBy = [];
    TimeSpan _paused;
    long? _lookedAt;
    bool _hasToldBlind;

    public TableSweep(
        EngineLock engineLock, StateStore store, RollOptions options, TimeProvider time, IProgress<RollProgress>? progress, long rollout, BackfillTable step, Windows windows)
    {
        _engineLock = engineLock;
        _store = store;
        _options = options;
        _time = time;
        _progress = progress;
        _rollout = rollout;
        _step = step;
        _windows = windows;
        _crew = new Crew(windows, OpenWorkerAsync, notice => progress?.Report(new NoticeProgress(notice)));
        _brakes = new Brakes(engineLock.Session, step, time);
        _pace = new Pace(windows.Cursor, time);
    }

    /// <summary>Goes on until no row is left.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                await LookAsync(cancellationToken).ConfigureAwait(false);
                await _crew.KeepUpAsync(cancellationToken).ConfigureAwait(false);
                await _crew.WaitAsync(UntilNextLook, cancellationToken).ConfigureAwait(false);
                await NoteAsync(isDone: false, cancellationToken).ConfigureAwait(false);
            }
            while (!_crew.IsDone);

            await ComeBackAsync(cancellationToken).ConfigureAwait(false);
            await NoteAsync(isDone: true, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What was written until now does not have to be looked at again.
            await _crew.StopAsync(CancellationToken.None).ConfigureAwait(false);
            await NoteAsync(isDone: false, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends the workers.</summary>
    public ValueTask DisposeAsync() => _crew.DisposeAsync();

    TimeSpan UntilNextLook => _lookedAt is { } at && _time.GetElapsedTime(at) is var since && since < BetweenLooks ? BetweenLooks - since : TimeSpan.Zero;

    /// <summary>Asks what the user wants and what the server says, and holds or lets go; once a second.</summary>
    async Task LookAsync(CancellationToken cancellationToken)
    {
        if (UntilNextLook > TimeSpan.Zero)
            return;
        var tuning = await _store.TuningAsync(_rollout, cancellationToken).ConfigureAwait(false);
        var wanted = tuning.Options ?? new BackfillOptions();
        _heldBy = tuning.PausedAt is { } since
            ? [$"paused since {since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)}; 'resume' goes on"]
            : await _brakes.LookAsync(wanted, _crew.ProcessIds, cancellationToken).ConfigureAwait(false);
        _crew.Options = wanted;
        _crew.Wanted = _brakes.Workers;
        _gate.Set(_heldBy.Count > 0);
        var paused = _crew.Paused;
        _pace.Look(_heldBy, isSlowed: paused - _paused > WorthTelling);
        _paused = paused;
        _lookedAt = _time.GetTimestamp();
        if (_brakes.AreBlind && !_hasToldBlind)
        {
            _hasToldBlind = true;
            _progress?.Report(new NoticeProgress(
                "this role may not see what others do on the server, so most brakes of the backfill do not work; GRANT pg_read_all_stats to it"));
        }
    }

    /// <summary>Goes back to the ranges where rows were locked, until none is left or nothing has moved for too long.</summary>
    async Task ComeBackAsync(CancellationToken cancellationToken)
    {
        var lastMove = _time.GetTimestamp();
        for (var attempt = 1; _windows.Cursor.LeftBehind.Count > 0; attempt++)
        {
            do
                await LookAsync(cancellationToken).ConfigureAwait(false);
            while (await IsHeldAsync(cancellationToken).ConfigureAwait(false));

            var before = _windows.Cursor;
            var left = 0L;
            foreach (var range in before.LeftBehind)
            {
                var there = await _crew.First.ComeBackAsync(_windows, range, cancellationToken).ConfigureAwait(false);
                if (there == 0)
                    _windows.CameBackTo(range);
                left += there ?? 0;
            }

            await NoteAsync(isDone: false, cancellationToken).ConfigureAwait(false);
            var after = _windows.Cursor;
            if (after.LeftBehind.Count == 0)
                break;

            var blockers = await Blockers.OfRowsAsync(_engineLock.Session, _step.Table, cancellationToken).ConfigureAwait(false);
            _progress?.Report(new LockProgress(_step.Title, attempt, blockers));
            if (after.Rows > before.Rows || after.LeftBehind.Count < before.LeftBehind.Count)
                lastMove = _time.GetTimestamp();
            else if (_time.GetElapsedTime(lastMove) >= _options.LockDeadline)
                throw Failures.BackfillBlocked(_step.Table, left, blockers);
            await Task.Delay(PauseForLocked, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    async Task<bool> IsHeldAsync(CancellationToken cancellationToken)
    {
        if (_heldBy.Count == 0)
            return false;
        await NoteAsync(isDone: false, cancellationToken).ConfigureAwait(false);
        await Task.Delay(UntilNextLook, _time, cancellationToken).ConfigureAwait(false);
        return true;
    }

    async Task NoteAsync(bool isDone, CancellationToken cancellationToken)
    {
        var note = _pace.Now(_windows.Cursor);
        await _store.SaveBackfillAsync(_rollout, _step.Id, _step.Table, note, isDone, cancellationToken).ConfigureAwait(false);
        _progress?.Report(new BackfillProgress(_step.Table.Display, note.PagesDone, note.Cursor.Pages, note.Cursor.Rows, _pace.Elapsed)
        {
            RowsPerSecond = note.RowsPerSecond,
            Remaining = note.Remaining,
            Workers = _crew.Count,
            HeldBy = note.HeldBy,
        });
    }

    async Task<Worker> OpenWorkerAsync(CancellationToken cancellationToken) => await Worker.BeginAsync(
        await _engineLock.OpenAnotherAsync(cancellationToken).ConfigureAwait(false), _step, _gate, _time, cancellationToken).ConfigureAwait(false);
}
