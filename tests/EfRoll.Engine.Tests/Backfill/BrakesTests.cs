using EfRoll.Engine.Errors;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.Engine.State;
using EfRoll.Engine.Tests.Sessions;
using EfRoll.TestSupport;
using Npgsql;
using static EfRoll.Engine.Tests.Backfill.UnfilledTable;

namespace EfRoll.Engine.Tests.Backfill;

public sealed class BrakesTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_brake_holds_until_it_lets_go_and_says_why()
    {
        await using var database = await DatabaseAsync(5_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        await database.ExecuteAsync("CREATE TABLE brake AS SELECT 'the disk is full'::text AS reason", Cancelled);
        await work.Store.TuneAsync(work.Rollout.Id, new BackfillOptions { BrakeQuery = "SELECT reason FROM public.brake" }, Cancelled);
        var held = new TaskCompletionSource();
        var reported = new Reported(report =>
        {
            if (report is BackfillProgress { HeldBy: ["the disk is full"] })
                held.TrySetResult();
        });
        var running = BackfillerOf(work, reported).RunAsync(work.Rollout.Id, Fill, Cancelled);
        await held.Task.WaitAsync(Cancelled);

        Assert.Equal(5_000L, await CountAsync(database, "_efroll_origin = 'b'"));
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'efroll' AND xact_start IS NOT NULL AND state <> 'active'", Cancelled));
        await database.ExecuteAsync("TRUNCATE brake", Cancelled);
        await running;

        Assert.Equal(5_000L, await CountAsync(database, Right));
        Assert.Empty(reported.All.OfType<BackfillProgress>().Last().HeldBy);
    }

    [Fact]
    public async Task Too_many_active_sessions_hold_it_until_it_is_told_otherwise()
    {
        await using var database = await DatabaseAsync(5_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        var most = await database.ScalarAsync<int>("SELECT current_setting('max_connections')::int / 100", Cancelled);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var busy = Enumerable.Range(0, most + 1).Select(_ => database.ExecuteAsync("SELECT pg_sleep(600)", end.Token)).ToList();
        while (await database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'", Cancelled) <= most)
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancelled);

        await HoldsAsync(database, work, new BackfillOptions { MaxActiveSessions = 1 }, reason => reason.Contains("sessions are active, more than 1 % of", StringComparison.Ordinal));

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(busy));
    }

    [Fact]
    public async Task Too_much_WAL_holds_it_until_it_is_told_otherwise()
    {
        // Enough that it is not done when the rate is first known, a second after it began.
        await using var database = await DatabaseAsync(400_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);

        await HoldsAsync(database, work, new BackfillOptions { MaxWalRate = 1, Workers = 1 }, reason => reason.Contains("MB of WAL a second, more than 0.0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_replica_that_is_too_far_behind_holds_it_until_it_has_caught_up()
    {
        await using var primary = await OwnServer.StartAsync(Cancelled);
        // How often it says that nothing is left, which is what ends its being late.
        await using var replica = await primary.StartStandbyAsync(Cancelled, "wal_receiver_status_interval=1s");
        await using var database = await DatabaseAsync(5_000, primary);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        await replica.ExecuteAsync("SELECT pg_wal_replay_pause()", Cancelled);
        while (!await database.ScalarAsync<bool>("SELECT replay_lag > '300 ms' FROM pg_stat_replication", Cancelled))
            await database.ExecuteAsync("SELECT pg_logical_emit_message(true, 'test', 'more to replay')", Cancelled);

        await HoldsAsync(
            database, work, new BackfillOptions { MaxReplicaLag = TimeSpan.FromMilliseconds(300) },
            reason => reason.StartsWith("a replica is ", StringComparison.Ordinal) && reason.EndsWith(" s behind, more than 0.3 s", StringComparison.Ordinal),
            () => replica.ExecuteAsync("SELECT pg_wal_replay_resume()", Cancelled));
    }

    [Fact]
    public async Task A_vacuum_that_prevents_wraparound_holds_it_until_it_is_told_otherwise()
    {
        await using var server = await OwnServer.StartAsync(Cancelled, "autovacuum_naptime=1s");
        await using var database = await DatabaseAsync(5_000, server);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        // The vacuum begins once the table is as old as it may be, and is the slowest that there can be.
        await database.ExecuteAsync(
            $"ALTER TABLE {Table} SET (autovacuum_freeze_max_age = 100000, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)", Cancelled);
        await database.ExecuteAsync("DO 'BEGIN FOR i IN 1 .. 100001 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END'", Cancelled);
        while (await database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_progress_vacuum WHERE datname = current_database()", Cancelled) == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancelled);

        await HoldsAsync(database, work, new BackfillOptions(), reason => reason.StartsWith("a vacuum prevents wraparound (pid ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Somebody_who_waits_for_a_batch_holds_it_until_he_has_what_he_wants()
    {
        await using var database = await DatabaseAsync(5_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        // The first batch has some rows, and then does not end before the test wants it to.
        await database.ExecuteAsync(
            """
            CREATE SEQUENCE calls;
            CREATE FUNCTION slow(text) RETURNS text LANGUAGE plpgsql SET lock_timeout = 0 AS $$
            BEGIN
                IF nextval('public.calls') > 2 THEN
                    PERFORM pg_advisory_xact_lock_shared(4711);
                END IF;
                RETURN upper($1);
            END $$
            """, Cancelled);
        await using var test = await database.DataSource.OpenConnectionAsync(Cancelled);
        await using var begin = new NpgsqlCommand("SELECT pg_advisory_lock(4711)", test);
        await begin.ExecuteNonQueryAsync(Cancelled);
        var held = new TaskCompletionSource();
        var running = BackfillerOf(work, new Reported(report =>
        {
            if (report is BackfillProgress { HeldBy: ["1 session waits for the backfill"] })
                held.TrySetResult();
        })).RunAsync(work.Rollout.Id, Fill with { Assignments = [new(new Identifier("up per"), $"public.slow(t.na_me)"), Fill.Assignments[1]] }, Cancelled);
        while (await database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'", Cancelled) == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancelled);

        var waiting = database.ExecuteAsync($"UPDATE {Table} SET other = 1", Cancelled);
        Assert.Same(held.Task, await Task.WhenAny(held.Task, running, waiting));

        await using var end = new NpgsqlCommand("SELECT pg_advisory_unlock(4711)", test);
        await end.ExecuteNonQueryAsync(Cancelled);
        await waiting;
        await running;
        Assert.Equal(5_000L, await CountAsync(database, $"other = 1 AND {Right}"));
    }

    [Fact]
    public async Task A_brake_query_that_fails_is_an_error()
    {
        await using var database = await DatabaseAsync(10);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        await work.Store.TuneAsync(work.Rollout.Id, new BackfillOptions { BrakeQuery = "SELECT nonsense" }, Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(() => BackfillerOf(work).RunAsync(work.Rollout.Id, Fill, Cancelled));

        Assert.Equal(ErrorCode.BrakeQueryFailed, error.Code);
        Assert.Equal(10L, await CountAsync(database, "_efroll_origin = 'b'"));
    }

    static async Task HoldsAsync(TestDatabase database, Work work, BackfillOptions options, Func<string, bool> isReason, Func<Task>? letGo = null)
    {
        await work.Store.TuneAsync(work.Rollout.Id, options, Cancelled);
        var held = new TaskCompletionSource();
        var running = BackfillerOf(work, new Reported(report =>
        {
            if (report is BackfillProgress { HeldBy: [var reason] } && isReason(reason))
                held.TrySetResult();
        })).RunAsync(work.Rollout.Id, Fill, Cancelled);
        Assert.Same(held.Task, await Task.WhenAny(held.Task, running));
        Assert.True(await CountAsync(database, "_efroll_origin = 'b'") > 0);

        await (letGo ?? TuneAsync)();
        await running;

        Assert.Equal(0L, await CountAsync(database, "_efroll_origin = 'b'"));

        async Task TuneAsync()
        {
            await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);
            await new StateStore(session).TuneAsync(work.Rollout.Id, new BackfillOptions { MaxActiveSessions = null, HoldsForWraparound = false }, Cancelled);
        }
    }
}
