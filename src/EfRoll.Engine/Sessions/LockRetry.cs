using EfRoll.Engine.Errors;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using Npgsql;

namespace EfRoll.Engine.Sessions;

/// <summary>
/// Runs transactions that need strong locks so that no application waits long for them: only the first lock is waited for; where a later one is
/// not to be had at once, all are let go and taken anew after a pause.
/// </summary>
sealed class LockRetry(Session session, RollOptions options, TimeProvider time, IProgress<RollProgress>? progress)
{
    // Long enough for a statement that is just ending; every application that wants the locks we already hold waits as long.
    static readonly TimeSpan LaterLocks = TimeSpan.FromMilliseconds(50);

    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    readonly List<LockUse> _uses = [];

    /// <summary>The strong locks that were had since this was asked last.</summary>
    public IReadOnlyList<LockUse> TakeUses()
    {
        LockUse[] uses = [.. _uses];
        _uses.Clear();
        return uses;
    }

    /// <summary>Takes the locks in order, does the work and commits; again from the beginning while somebody is in the way.</summary>
    public async Task RunAsync(string title, IReadOnlyList<RelationLock> locks, Func<Task> body, CancellationToken cancellationToken)
    {
        var stopwatch = new LockStopwatch(title, time);
        await RetryAsync(
            title,
            locks,
            () => session.InTransactionAsync(
                async () =>
                {
                    stopwatch.Begin();
                    await TakeAsync(title, locks, stopwatch, cancellationToken).ConfigureAwait(false);
                    await body().ConfigureAwait(false);
                },
                cancellationToken),
            cancellationToken).ConfigureAwait(false);
        _uses.AddRange(stopwatch.End());
    }

    /// <summary>Does what only reads, but would wait behind somebody who changes a table; again while somebody does.</summary>
    public async Task<T> ReadAsync<T>(string title, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        await PatienceOfSessionAsync(options.LockTimeout, cancellationToken).ConfigureAwait(false);
        var result = default(T);
        await RetryAsync(title, [], async () => result = await read().ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await PatienceOfSessionAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        return result!;
    }

    /// <summary>Runs a statement that forbids a transaction; again while somebody is in the way of its locks.</summary>
    public async Task RunOutsideTransactionAsync(string title, SqlText statement, CancellationToken cancellationToken)
    {
        // What runs concurrently waits for transactions to end, not in front of anybody; a timeout would leave half of it.
        var patience = statement.ToString().Contains("CONCURRENTLY", StringComparison.OrdinalIgnoreCase) ? TimeSpan.Zero : options.LockTimeout;
        await PatienceOfSessionAsync(patience, cancellationToken).ConfigureAwait(false);
        await RetryAsync(title, [], () => session.ExecuteAsync(statement, cancellationToken), cancellationToken).ConfigureAwait(false);
        await PatienceOfSessionAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    async Task RetryAsync(string title, IReadOnlyList<RelationLock> locks, Func<Task> run, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await run().ConfigureAwait(false);
                return;
            }
            catch (PostgresException error) when (error.SqlState is SqlStates.LockNotAvailable or SqlStates.DeadlockDetected)
            {
                var blockers = await Blockers.OfAsync(session, locks, cancellationToken).ConfigureAwait(false);
                List<string> people = [.. blockers.Select(blocker => blocker.Description)];
                progress?.Report(new LockProgress(title, attempt, people));
                var waited = time.GetElapsedTime(began);
                if (waited >= options.LockDeadline)
                    throw Failures.LockDeadlinePassed(title, waited, people, error);
                // Without locks of our own to go by, who holds some lock may be nobody who is in the way.
                if (locks.Count > 0 && waited >= options.CancelBlockersAfter)
                    await CancelAsync(blockers, cancellationToken).ConfigureAwait(false);
                await Task.Delay(PauseAfter(attempt), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // A statement is cancelled; a session that only keeps its transaction open has none, and is ended.
    async Task CancelAsync(IReadOnlyList<Blocker> blockers, CancellationToken cancellationToken)
    {
        foreach (var blocker in blockers)
        {
            try
            {
                var way = await session.ScalarAsync<string>(
                    $"""
                    SELECT CASE WHEN state = 'active'
                        THEN CASE WHEN pg_catalog.pg_cancel_backend(pid) THEN 'cancelled' END
                        ELSE CASE WHEN pg_catalog.pg_terminate_backend(pid) THEN 'ended' END END
                    FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND backend_type = 'client backend'
                    """, [blocker.ProcessId], cancellationToken).ConfigureAwait(false);
                if (way is not null)
                    progress?.Report(new NoticeProgress($"{way}, for it was in the way: {blocker.Description}"));
            }
            catch (PostgresException error) when (error.SqlState == SqlStates.InsufficientPrivilege)
            {
                progress?.Report(new NoticeProgress($"may not be cancelled by this role ({error.MessageText}): {blocker.Description}"));
            }
        }
    }

    async Task TakeAsync(string title, IReadOnlyList<RelationLock> all, LockStopwatch stopwatch, CancellationToken cancellationToken)
    {
        var (locks, views) = await FindAsync(title, all, cancellationToken).ConfigureAwait(false);

        // Waiting for this mode holds up no reader or writer, so it may take longer than deadlock_timeout: only then does the server send an
        // autovacuum of the table away. Having it keeps the next one out.
        await session.ExecuteAsync(
            $"SELECT pg_catalog.set_config('lock_timeout', (setting::integer + 500)::text, true) FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'",
            cancellationToken).ConfigureAwait(false);
        foreach (var wanted in locks)
        {
            if (wanted.Mode == LockMode.AccessExclusive && !views.ContainsKey(wanted.Relation))
                await LockAsync(wanted.Relation, LockMode.ShareUpdateExclusive, cancellationToken).ConfigureAwait(false);
        }

        var isFirst = true;
        foreach (var wanted in locks)
        {
            await PatienceAsync(isFirst ? options.LockTimeout : LaterLocks, cancellationToken).ConfigureAwait(false);
            stopwatch.Want(wanted);
            if (views.TryGetValue(wanted.Relation, out var lastOption))
                await LockViewAsync(wanted.Relation, lastOption, cancellationToken).ConfigureAwait(false);
            else
                await LockAsync(wanted.Relation, wanted.Mode, cancellationToken).ConfigureAwait(false);
            stopwatch.Have();
            isFirst = false;
        }

        // What the statements themselves lock on top comes after ours, if there are any.
        await PatienceAsync(isFirst ? options.LockTimeout : LaterLocks, cancellationToken).ConfigureAwait(false);
    }

    // The views by their name, with the last of their options; empty where they have none.
    async Task<(IReadOnlyList<RelationLock> There, IReadOnlyDictionary<QualifiedName, string> Views)> FindAsync(string title, IReadOnlyList<RelationLock> locks, CancellationToken cancellationToken)
    {
        var kinds = await session.QueryAsync(
            $"""
            SELECT coalesce((
                SELECT c.relkind::text || coalesce(c.reloptions[cardinality(c.reloptions)], '')
                FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = wanted.schema_name AND c.relname = wanted.name), '')
            FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (schema_name, name, position)
            ORDER BY wanted.position
            """,
            [locks.Select(wanted => wanted.Relation.Schema.Value).ToArray(), locks.Select(wanted => wanted.Relation.Name.Value).ToArray()],
            reader => reader.GetString(0),
            cancellationToken).ConfigureAwait(false);

        var missing = locks.Where((wanted, position) => kinds[position].Length == 0 && !wanted.MayBeGone).FirstOrDefault();
        if (missing is not null)
            throw Failures.LockedRelationNotFound(title, missing.Relation);
        var there = locks.Where((_, position) => kinds[position].Length > 0).ToList();
        var views = locks.Select((wanted, position) => (wanted.Relation, Kind: kinds[position])).Where(pair => pair.Kind.StartsWith('v'))
            .DistinctBy(pair => pair.Relation).ToDictionary(pair => pair.Relation, pair => pair.Kind[1..]);
        return (there, views);
    }

    // LOCK TABLE on a view locks its tables, too. Giving it an option that it has, or taking away one that it has not, locks the view alone; it has
    // to be an option that PostgreSQL knows, or the lock is a weaker one, and the last, or their order changes.
    Task<int> LockViewAsync(QualifiedName view, string lastOption, CancellationToken cancellationToken) => session.ExecuteAsync(
        lastOption.Split('=', 2) is [var name, var value]
            ? (SqlText)$"ALTER VIEW {view} SET ({new Identifier(name)} = {Literal.Text(value)})"
            : $"ALTER VIEW {view} RESET (security_barrier)",
        cancellationToken);

    Task<int> LockAsync(QualifiedName relation, LockMode mode, CancellationToken cancellationToken) => session.ExecuteAsync(
        mode switch
        {
            LockMode.ShareUpdateExclusive => (SqlText)$"LOCK TABLE ONLY {relation} IN SHARE UPDATE EXCLUSIVE MODE",
            LockMode.ShareRowExclusive => $"LOCK TABLE ONLY {relation} IN SHARE ROW EXCLUSIVE MODE",
            LockMode.AccessExclusive => $"LOCK TABLE ONLY {relation} IN ACCESS EXCLUSIVE MODE",
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
        },
        cancellationToken);

    Task<int> PatienceAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        session.ExecuteAsync($"SET LOCAL lock_timeout = {Math.Max(1, (long)patience.TotalMilliseconds)}", cancellationToken);

    Task<int> PatienceOfSessionAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        session.ExecuteAsync($"SET lock_timeout = {(long)patience.TotalMilliseconds}", cancellationToken);

    static TimeSpan PauseAfter(int attempt)
    {
        var longest = Math.Min(LongestPause.TotalMilliseconds, FirstPause.TotalMilliseconds * Math.Pow(2, attempt - 1));
        return TimeSpan.FromMilliseconds(longest * (0.5 + Random.Shared.NextDouble() / 2));
    }
}
