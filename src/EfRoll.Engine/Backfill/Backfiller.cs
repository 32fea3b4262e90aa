using EfRoll.Engine.Catalog;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.State;
using EfRoll.Engine.Steps;
using Npgsql;

namespace EfRoll.Engine.Backfill;

/// <summary>
/// Sweeps a table by ranges of pages and gives each row that was there before the rollout its values: next batch, write, remember, report.
/// Needs no key, and an application's transaction never waits for more than one short batch.
/// </summary>
sealed class Backfiller(Session session, StateStore store, RollOptions options, TimeProvider time, IProgress<RollProgress>? progress)
{
    // A power of two. With more, fewer rows get new index entries, but the sweep reads each page more often.
    const int Passes = 4;

    const long FirstWindow = 128;
    const long SmallestWindow = 4;
    const long LargestWindow = 2048;

    // Well below deadlock_timeout: where a batch and an application wait for each other, the batch gives way before the server has to choose.
    const string LockTimeout = "100ms";

    static readonly TimeSpan PauseForLocked = TimeSpan.FromMilliseconds(200);

    /// <summary>Sweeps from where an earlier run stopped until no page is left; a partitioned table partition by partition.</summary>
    public Task RunAsync(long rollout, BackfillTable step, CancellationToken cancellationToken) => step.IsPartitioned
        ? PartitionTree.ForEachLeafAsync(
            session, step.Table, leaf => SweepAsync(rollout, step with { Id = $"{step.Id}/{leaf}", Table = leaf, IsPartitioned = false }, cancellationToken), cancellationToken)
        : SweepAsync(rollout, step, cancellationToken);

    async Task SweepAsync(long rollout, BackfillTable step, CancellationToken cancellationToken)
    {
        var query = new BatchQuery(step);
        var mayBeSilent = false;
        await session.InPassingAsync(
            async () => mayBeSilent = await TriggerSilence.IsPermittedAsync(session, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var sweep = new Sweep(rollout, step, query, mayBeSilent, time.GetTimestamp());

        var cursor = await store.BackfillAsync(rollout, step.Id, cancellationToken).ConfigureAwait(false);
        var window = FirstWindow;
        while (true)
        {
            // Read anew: rows that an application moved to new pages are looked at as well.
            cursor = cursor with { Pages = await session.ScalarAsync<long>(query.Pages(), [], cancellationToken).ConfigureAwait(false) };
            if (cursor.NextPage >= cursor.Pages)
                break;
            var range = new PageRange(cursor.NextPage, Math.Min(cursor.NextPage + window, cursor.Pages));
            var began = time.GetTimestamp();
            cursor = await SweepAsync(sweep, cursor, range, cancellationToken).ConfigureAwait(false);
            window = NextWindow(window, time.GetElapsedTime(began) / Passes);
            Report(sweep, cursor);
        }

        cursor = await ComeBackAsync(sweep, cursor, cancellationToken).ConfigureAwait(false);
        await store.SaveBackfillAsync(rollout, step.Id, step.Table, cursor, isDone: true, cancellationToken).ConfigureAwait(false);
        Report(sweep, cursor);
    }

    async Task<BackfillCursor> SweepAsync(Sweep sweep, BackfillCursor cursor, PageRange range, CancellationToken cancellationToken)
    {
        try
        {
            for (var pass = 0; pass < Passes; pass++)
            {
                var isLast = pass == Passes - 1;
                var update = sweep.Query.Update(range, pass, Passes);
                cursor = await BatchAsync(
                    sweep,
                    cursor,
                    () => session.ExecuteAsync(update, cancellationToken),
                    after => isLast ? after with { NextPage = range.End } : after,
                    cancellationToken).ConfigureAwait(false);
            }

            return cursor;
        }
        catch (PostgresException error) when (SqlStates.IsInTheWay(error.SqlState))
        {
            return await SweepUnlockedAsync(sweep, cursor, range, range.End, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (!SqlStates.IsShutdown(error.SqlState))
        {
            throw await ExplainAsync(sweep, range, error, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Does what nobody has locked, and notes the range if something is left.</summary>
    async Task<BackfillCursor> SweepUnlockedAsync(Sweep sweep, BackfillCursor cursor, PageRange range, long nextPage, CancellationToken cancellationToken)
    {
        var left = 0L;
        try
        {
            return await BatchAsync(
                sweep,
                cursor,
                async () =>
                {
                    var rows = await session.ExecuteAsync(sweep.Query.UpdateUnlocked(range), cancellationToken).ConfigureAwait(false);
                    left = await session.ScalarAsync<long>(sweep.Query.CountLeft(range), [], cancellationToken).ConfigureAwait(false);
                    return rows;
                },
                after => after with { NextPage = nextPage, LeftBehind = left == 0 ? after.LeftBehind : after.LeftBehind.Append(range).ToEquatableList() },
                cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (SqlStates.IsInTheWay(error.SqlState))
        {
            // Not even the table's own lock is to be had: somebody changes it. The whole range is for later.
            var later = cursor with { NextPage = nextPage, LeftBehind = cursor.LeftBehind.Append(range).ToEquatableList() };
            await store.SaveBackfillAsync(sweep.Rollout, sweep.Step.Id, sweep.Step.Table, later, isDone: false, cancellationToken).ConfigureAwait(false);
            return later;
        }
        catch (PostgresException error) when (!SqlStates.IsShutdown(error.SqlState))
        {
            throw await ExplainAsync(sweep, range, error, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Goes back to the ranges where rows were locked, until none is left or nothing has moved for too long.</summary>
    async Task<BackfillCursor> ComeBackAsync(Sweep sweep, BackfillCursor cursor, CancellationToken cancellationToken)
    {
        var lastMove = time.GetTimestamp();
        for (var attempt = 1; cursor.LeftBehind.Count > 0; attempt++)
        {
            var before = cursor;
            foreach (var range in before.LeftBehind)
            {
                // The others stay noted meanwhile, for a run that goes on after this one is killed.
                var others = cursor with { LeftBehind = cursor.LeftBehind.Where(other => other != range).ToEquatableList() };
                cursor = await SweepUnlockedAsync(sweep, others, range, cursor.NextPage, cancellationToken).ConfigureAwait(false);
            }

            Report(sweep, cursor);
            if (cursor.LeftBehind.Count == 0)
                break;

            var blockers = await Blockers.OfRowsAsync(session, sweep.Step.Table, cancellationToken).ConfigureAwait(false);
            progress?.Report(new LockProgress(sweep.Step.Title, attempt, blockers));
            if (cursor.Rows > before.Rows || cursor.LeftBehind.Count < before.LeftBehind.Count)
            {
                lastMove = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(lastMove) >= options.LockDeadline)
            {
                var left = 0L;
                foreach (var range in cursor.LeftBehind)
                    left += await session.ScalarAsync<long>(sweep.Query.CountLeft(range), [], cancellationToken).ConfigureAwait(false);
                throw Failures.BackfillBlocked(sweep.Step.Table, left, blockers);
            }

            await Task.Delay(PauseForLocked, time, cancellationToken).ConfigureAwait(false);
        }

        return cursor;
    }

    /// <summary>Writes a batch and how far the sweep is after it, in one short transaction.</summary>
    async Task<BackfillCursor> BatchAsync(
        Sweep sweep, BackfillCursor cursor, Func<Task<int>> write, Func<BackfillCursor, BackfillCursor> advance, CancellationToken cancellationToken)
    {
        var after = cursor;
        await session.InTransactionAsync(
            async () =>
            {
                await PrepareBatchAsync(sweep, cancellationToken).ConfigureAwait(false);
                var rows = await write().ConfigureAwait(false);
                after = advance(cursor with { Rows = cursor.Rows + rows });
                await store.SaveBackfillAsync(sweep.Rollout, sweep.Step.Id, sweep.Step.Table, after, isDone: false, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return after;
    }

    async Task PrepareBatchAsync(Sweep sweep, CancellationToken cancellationToken)
    {
        // A batch lost in a crash of the server is lost together with its cursor, so nobody has to wait for the disk.
        await session.ExecuteAsync(
            $"SELECT pg_catalog.set_config('lock_timeout', $1, true), pg_catalog.set_config('synchronous_commit', 'off', true)", [LockTimeout], cancellationToken).ConfigureAwait(false);
        if (sweep.MayBeSilent)
            await session.ExecuteAsync(TriggerSilence.Statement, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the first row that fails, by halves, and says which it is.</summary>
    async Task<EfRollException> ExplainAsync(Sweep sweep, PageRange range, PostgresException error, CancellationToken cancellationToken)
    {
        EfRollException? found = null;
        await session.InPassingAsync(
            async () =>
            {
                await PrepareBatchAsync(sweep, cancellationToken).ConfigureAwait(false);
                var places = await session.QueryAsync(sweep.Query.Places(range), [], reader => reader.GetString(0), cancellationToken).ConfigureAwait(false);
                var failing = places.ToArray();
                var reason = await TryAsync(sweep, failing, cancellationToken).ConfigureAwait(false);
                while (reason is not null && failing.Length > 1)
                {
                    var half = failing.Length / 2;
                    if (await TryAsync(sweep, failing[..half], cancellationToken).ConfigureAwait(false) is { } first)
                        (failing, reason) = (failing[..half], first);
                    else if (await TryAsync(sweep, failing[half..], cancellationToken).ConfigureAwait(false) is { } second)
                        (failing, reason) = (failing[half..], second);
                    else
                        reason = null;
                }

                if (reason is not null && failing is [var place])
                    found = Failures.BackfillRowFailed(sweep.Step.Table, await NameAsync(sweep, place, cancellationToken).ConfigureAwait(false), reason.MessageText, reason);
            },
            cancellationToken).ConfigureAwait(false);
        return found ?? Failures.BackfillFailed(sweep.Step.Table, error.MessageText, error);
    }

    async Task<PostgresException?> TryAsync(Sweep sweep, string[] places, CancellationToken cancellationToken)
    {
        try
        {
            await session.InSavepointAsync(() => session.ExecuteAsync(sweep.Query.UpdateAt(), [places], cancellationToken), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (PostgresException error) when (!SqlStates.IsShutdown(error.SqlState))
        {
            // A row that somebody else has locked is not one that fails.
            return SqlStates.IsInTheWay(error.SqlState) ? null : error;
        }
    }

    async Task<string> NameAsync(Sweep sweep, string place, CancellationToken cancellationToken)
    {
        if (sweep.Step.Key.Count == 0)
            return $"ctid = {place}";
        var values = await session.ScalarAsync<string?[]>(sweep.Query.KeyAt(), [place], cancellationToken).ConfigureAwait(false) ?? [];
        return string.Join(", ", sweep.Step.Key.Zip(values, (column, value) => $"{column.Value} = {value ?? "NULL"}"));
    }

    void Report(Sweep sweep, BackfillCursor cursor) => progress?.Report(
        new BackfillProgress(sweep.Step.Table.Display, Math.Min(cursor.NextPage, cursor.Pages), cursor.Pages, cursor.Rows, time.GetElapsedTime(sweep.Began)));

    long NextWindow(long window, TimeSpan batch)
    {
        if (batch > options.BatchTime)
            return Math.Max(SmallestWindow, window / 2);
        return batch < options.BatchTime / 3 ? Math.Min(LargestWindow, window * 2) : window;
    }

    sealed record Sweep(long Rollout, BackfillTable Step, BatchQuery Query, bool MayBeSilent, long Began);
}
