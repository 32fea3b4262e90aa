using EfRoll.Engine.Backfill;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using EfRoll.Engine.Tests.Sessions;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Backfill;

public sealed class BackfillerTests
{
    static readonly QualifiedName Table = new("public", "We\"ird 'Table'");

    static readonly BackfillTable Step = new(
        "fill", "Fill", Table, new Identifier("_efroll_origin"), [new(new Identifier("up per"), $"upper(t.na_me)"), new(new Identifier("len"), $"10 / length(t.na_me)")])
    {
        Key = [new Identifier("I d")],
    };

    const string Right = "\"up per\" = upper(na_me) AND len = 10 / length(na_me)";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_row_gets_its_values_while_the_old_version_writes()
    {
        await using var database = await DatabaseAsync(20_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Step);
        using var isDone = new CancellationTokenSource();
        var writing = WriteAsync(database, isDone.Token);

        await Backfiller(work).RunAsync(work.Rollout.Id, Step, Cancelled);
        await isDone.CancelAsync();
        var written = await writing;

        Assert.True(written > 0, "nobody wrote");
        Assert.Equal(0L, await CountAsync(database, "_efroll_origin = 'b'"));
        Assert.Equal(0L, await CountAsync(database, $"NOT coalesce({Right}, false)"));
        var status = Assert.Single((await work.Store.StatusAsync(work.Rollout, Cancelled)).Backfills);
        Assert.Equal((true, status.Pages), (status.IsDone, status.PagesDone));
    }

    [Fact]
    public async Task A_stopped_sweep_goes_on_where_it_was()
    {
        await using var database = await DatabaseAsync(100_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Step);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var first = new Reported(report =>
        {
            if (report is BackfillProgress { PagesDone: > 0 })
                stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Backfiller(work, first).RunAsync(work.Rollout.Id, Step, stop.Token));
        var before = await work.Store.BackfillAsync(work.Rollout.Id, Step.Id, Cancelled);
        var left = await CountAsync(database, "_efroll_origin = 'b'");
        Assert.InRange(before.NextPage, 1, before.Pages - 1);
        Assert.Equal(100_000L, before.Rows + left);

        var second = new Reported();
        await Backfiller(work, second).RunAsync(work.Rollout.Id, Step, Cancelled);

        Assert.True(second.All.OfType<BackfillProgress>().First().PagesDone >= before.NextPage);
        Assert.Equal(100_000L, second.All.OfType<BackfillProgress>().Last().Rows);
        Assert.Equal(0L, await CountAsync(database, $"NOT coalesce({Right}, false)"));
    }

    [Fact]
    public async Task A_row_that_fails_is_named_and_the_sweep_can_go_on_after_it_is_mended()
    {
        await using var database = await DatabaseAsync(5_000);
        // As if it had been so before the rollout.
        await database.ExecuteAsync(
            $"ALTER TABLE {Table} DISABLE TRIGGER USER; UPDATE {Table} SET na_me = '' WHERE \"I d\" IN (4321, 4567); ALTER TABLE {Table} ENABLE TRIGGER USER", Cancelled);
        await using var work = await Work.BeginAsync(database, Cancelled, Step);

        var error = await Assert.ThrowsAsync<EfRollException>(() => Backfiller(work).RunAsync(work.Rollout.Id, Step, Cancelled));

        Assert.Equal(ErrorCode.BackfillRowFailed, error.Code);
        Assert.Matches("with I d = (4321|4567) cannot be given its value: division by zero", error.Message);
        await database.ExecuteAsync($"UPDATE {Table} SET na_me = 'x' WHERE na_me = ''", Cancelled);
        await Backfiller(work).RunAsync(work.Rollout.Id, Step, Cancelled);
        Assert.Equal(0L, await CountAsync(database, $"NOT coalesce({Right}, false)"));
    }

    [Fact]
    public async Task Rows_that_somebody_has_locked_are_left_for_later()
    {
        await using var database = await DatabaseAsync(5_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Step);
        await using var application = await database.DataSource.OpenConnectionAsync(Cancelled);
        await using var transaction = await application.BeginTransactionAsync(Cancelled);
        await using var keep = new NpgsqlCommand($"SELECT * FROM {Table} WHERE \"I d\" = 77 FOR UPDATE", application, transaction);
        await keep.ExecuteNonQueryAsync(Cancelled);
        // Lets go when it is the last one in the way.
        var reported = new Reported(report =>
        {
            if (report is LockProgress)
                transaction.Rollback();
        });

        await Backfiller(work, reported).RunAsync(work.Rollout.Id, Step, Cancelled);

        var blockers = reported.All.OfType<LockProgress>().First().Blockers;
        Assert.Contains($"pid {application.ProcessID}", Assert.Single(blockers), StringComparison.Ordinal);
        Assert.Equal(0L, await CountAsync(database, $"NOT coalesce({Right}, false)"));
        Assert.Equal(5_000L, reported.All.OfType<BackfillProgress>().Last().Rows);
    }

    [Fact]
    public async Task Rows_that_stay_locked_are_an_error()
    {
        await using var database = await DatabaseAsync(100);
        await using var work = await Work.BeginAsync(database, Cancelled, Step);
        await using var application = await database.DataSource.OpenConnectionAsync(Cancelled);
        await using var transaction = await application.BeginTransactionAsync(Cancelled);
        await using var keep = new NpgsqlCommand($"UPDATE {Table} SET other = 1 WHERE \"I d\" IN (7, 8)", application, transaction);
        await keep.ExecuteNonQueryAsync(Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(
            () => Backfiller(work, options: new RollOptions { LockDeadline = TimeSpan.FromMilliseconds(300) }).RunAsync(work.Rollout.Id, Step, Cancelled));

        Assert.Equal(ErrorCode.BackfillBlocked, error.Code);
        Assert.Contains("2 rows", error.Message, StringComparison.Ordinal);
        Assert.Contains($"pid {application.ProcessID}", error.Message, StringComparison.Ordinal);
        Assert.Equal(98L, await CountAsync(database, Right));
        await transaction.RollbackAsync(Cancelled);
        await Backfiller(work).RunAsync(work.Rollout.Id, Step, Cancelled);
        Assert.Equal(100L, await CountAsync(database, Right));
    }

    [Fact]
    public async Task Triggers_of_users_stay_silent()
    {
        await using var database = await DatabaseAsync(100);
        await database.ExecuteAsync(
            $"""
            CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''fired''; END';
            CREATE TRIGGER loud BEFORE UPDATE ON {Table} FOR EACH ROW EXECUTE FUNCTION loud()
            """, Cancelled);
        await using var work = await Work.BeginAsync(database, Cancelled, Step);

        await Backfiller(work).RunAsync(work.Rollout.Id, Step, Cancelled);

        Assert.Equal(100L, await CountAsync(database, Right));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(null)]
    public async Task Several_workers_share_a_table(int? workers)
    {
        await using var database = await DatabaseAsync(50_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Step);
        await work.Store.TuneAsync(work.Rollout.Id, new BackfillOptions { Workers = workers, MaxActiveSessions = null }, Cancelled);
        var reported = new Reported();

        await Backfiller(work, reported).RunAsync(work.Rollout.Id, Step, Cancelled);

        Assert.Equal(50_000L, await CountAsync(database, Right));
        Assert.Equal(50_000L, reported.All.OfType<BackfillProgress>().Last().Rows);
        Assert.True(reported.All.OfType<BackfillProgress>().Max(report => report.Workers) <= (workers ?? 2));
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'efroll'", Cancelled));
    }

    [Fact]
    public async Task A_brake_holds_until_it_lets_go_and_says_why()
    {
        await using var database = await DatabaseAsync(5_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Step);
        await database.ExecuteAsync("CREATE TABLE brake AS SELECT 'the disk is full'::text AS reason", Cancelled);
        await work.Store.TuneAsync(work.Rollout.Id, new BackfillOptions { BrakeQuery = "SELECT reason FROM public.brake" }, Cancelled);
        var held = new TaskCompletionSource();
        var reported = new Reported(report =>
        {
            if (report is BackfillProgress { HeldBy: ["the disk is full"] })
                held.TrySetResult();
        });
        var running = Backfiller(work, reported).RunAsync(work.Rollout.Id, Step, Cancelled);
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
        await using var work = await Work.BeginAsync(database, Cancelled, Step);
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
        await using var work = await Work.BeginAsync(database, Cancelled, Step);

        await HoldsAsync(database, work, new BackfillOptions { MaxWalRate = 1, Workers = 1 }, reason => reason.Contains("MB of WAL a second, more than 0.0", StringComparison.Ordinal));
    }

    static async Task HoldsAsync(TestDatabase database, Work work, BackfillOptions options, Func<string, bool> isReason)
    {
        await work.Store.TuneAsync(work.Rollout.Id, options, Cancelled);
        var held = new TaskCompletionSource();
        var running = Backfiller(work, new Reported(report =>
        {
            if (report is BackfillProgress { HeldBy: [var reason] } && isReason(reason))
                held.TrySetResult();
        })).RunAsync(work.Rollout.Id, Step, Cancelled);
        Assert.Same(held.Task, await Task.WhenAny(held.Task, running));
        Assert.True(await CountAsync(database, "_efroll_origin = 'b'") > 0);

        await using (var session = await EfRoll.Engine.Sessions.Session.OpenAsync(database.DataSource, null, Cancelled))
            await new EfRoll.Engine.State.StateStore(session).TuneAsync(work.Rollout.Id, new BackfillOptions { MaxActiveSessions = null }, Cancelled);
        await running;

        Assert.Equal(0L, await CountAsync(database, "_efroll_origin = 'b'"));
    }

    [Fact]
    public async Task A_pause_is_kept_for_the_next_run()
    {
        await using var database = await DatabaseAsync(5_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Step);
        await work.Store.PauseAsync(work.Rollout.Id, isPaused: true, Cancelled);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var reported = new Reported(_ => stop.Cancel());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Backfiller(work, reported).RunAsync(work.Rollout.Id, Step, stop.Token));

        Assert.StartsWith("paused since", Assert.Single((await work.Store.StatusAsync(work.Rollout, Cancelled)).Backfills[0].HeldBy), StringComparison.Ordinal);
        Assert.Equal(0L, await CountAsync(database, Right));
        await work.Store.PauseAsync(work.Rollout.Id, isPaused: false, Cancelled);
        await Backfiller(work).RunAsync(work.Rollout.Id, Step, Cancelled);
        Assert.Equal(5_000L, await CountAsync(database, Right));
    }

    [Fact]
    public async Task A_brake_query_that_fails_is_an_error()
    {
        await using var database = await DatabaseAsync(10);
        await using var work = await Work.BeginAsync(database, Cancelled, Step);
        await work.Store.TuneAsync(work.Rollout.Id, new BackfillOptions { BrakeQuery = "SELECT nonsense" }, Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(() => Backfiller(work).RunAsync(work.Rollout.Id, Step, Cancelled));

        Assert.Equal(ErrorCode.BrakeQueryFailed, error.Code);
        Assert.Equal(10L, await CountAsync(database, "_efroll_origin = 'b'"));
    }

    [Fact]
    public async Task Most_rows_stay_in_their_page_and_need_no_new_index_entry()
    {
        await using var database = await DatabaseAsync(50_000);
        // The pages are full, as in a table that grew by inserts.
        await database.ExecuteAsync($"VACUUM FULL {Table}", Cancelled);
        await using var work = await Work.BeginAsync(database, Cancelled, Step);
        var before = await SizeAsync(database);

        await Backfiller(work).RunAsync(work.Rollout.Id, Step, Cancelled);

        // The new values need a third more room than the rows had; one UPDATE of all rows would double the table and its index.
        Assert.InRange(await SizeAsync(database) / (double)before, 1, 1.6);
    }

    static Task<long> SizeAsync(TestDatabase database) => database.ScalarAsync<long>($"SELECT pg_total_relation_size('{Table.ToString().Replace("'", "''", StringComparison.Ordinal)}')", Cancelled);

    static Backfiller Backfiller(Work work, IProgress<RollProgress>? progress = null, RollOptions? options = null) =>
        new(work.Lock, work.Store, options ?? new RollOptions(), TimeProvider.System, progress);

    // The old version's writes, and by hand the trigger that keeps the hidden columns right.
    static async Task<TestDatabase> DatabaseAsync(int rows)
    {
        var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync(
            $"""
            CREATE TABLE {Table} ("I d" integer PRIMARY KEY, na_me text NOT NULL, other integer);
            INSERT INTO {Table} SELECT n, 'n' || n FROM generate_series(1, {rows}) AS n;
            ALTER TABLE {Table} ADD COLUMN "up per" text, ADD COLUMN len integer, ADD COLUMN _efroll_origin "char" NOT NULL DEFAULT 'b';
            ALTER TABLE {Table} ALTER COLUMN _efroll_origin SET DEFAULT 'o';
            CREATE FUNCTION derive() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW."up per" := upper(NEW.na_me);
                NEW.len := 10 / nullif(length(NEW.na_me), 0);
                NEW._efroll_origin := 'o';
                RETURN NEW;
            END $$;
            CREATE TRIGGER derive_i BEFORE INSERT ON {Table} FOR EACH ROW EXECUTE FUNCTION derive();
            CREATE TRIGGER derive_u BEFORE UPDATE ON {Table} FOR EACH ROW
                WHEN (OLD._efroll_origin = 'b' AND NEW._efroll_origin = 'b' OR OLD.na_me IS DISTINCT FROM NEW.na_me) EXECUTE FUNCTION derive();
            """, Cancelled);
        return database;
    }

    static async Task<int> WriteAsync(TestDatabase database, CancellationToken until)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancelled);
        var random = new Random(4711);
        var written = 0;
        while (!until.IsCancellationRequested)
        {
            await using var transaction = await connection.BeginTransactionAsync(Cancelled);
            foreach (var sql in new[]
            {
                $"UPDATE {Table} SET na_me = 'w{written}' WHERE \"I d\" = {random.Next(1, 20_000)}",
                $"UPDATE {Table} SET other = {written} WHERE \"I d\" = {random.Next(1, 20_000)}",
                $"INSERT INTO {Table} VALUES ({20_001 + written}, 'new')",
            })
            {
                await using var command = new NpgsqlCommand(sql, connection, transaction);
                await command.ExecuteNonQueryAsync(Cancelled);
            }

            await transaction.CommitAsync(Cancelled);
            written++;
        }

        return written;
    }

    static Task<long> CountAsync(TestDatabase database, string filter) => database.ScalarAsync<long>($"SELECT count(*) FROM {Table} WHERE {filter}", Cancelled);
}
