using EfRoll.Engine.Errors;
using EfRoll.Engine.Tests.Sessions;
using EfRoll.TestSupport;
using Npgsql;
using static EfRoll.Engine.Tests.Backfill.UnfilledTable;

namespace EfRoll.Engine.Tests.Backfill;

public sealed class BackfillerTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_row_gets_its_values_while_the_old_version_writes()
    {
        await using var database = await DatabaseAsync(20_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        using var isDone = new CancellationTokenSource();
        var writing = WriteAsync(database, isDone.Token);

        await BackfillerOf(work).RunAsync(work.Rollout.Id, Fill, Cancelled);
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
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var first = new Reported(report =>
        {
            if (report is BackfillProgress { PagesDone: > 0 })
                stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BackfillerOf(work, first).RunAsync(work.Rollout.Id, Fill, stop.Token));
        var before = await work.Store.BackfillAsync(work.Rollout.Id, Fill.Id, Cancelled);
        var left = await CountAsync(database, "_efroll_origin = 'b'");
        Assert.InRange(before.NextPage, 1, before.Pages - 1);
        Assert.Equal(100_000L, before.Rows + left);

        var second = new Reported();
        await BackfillerOf(work, second).RunAsync(work.Rollout.Id, Fill, Cancelled);

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
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);

        var error = await Assert.ThrowsAsync<EfRollException>(() => BackfillerOf(work).RunAsync(work.Rollout.Id, Fill, Cancelled));

        Assert.Equal(ErrorCode.BackfillRowFailed, error.Code);
        Assert.Matches("with I d = (4321|4567) cannot be given its value: division by zero", error.Message);
        await database.ExecuteAsync($"UPDATE {Table} SET na_me = 'x' WHERE na_me = ''", Cancelled);
        await BackfillerOf(work).RunAsync(work.Rollout.Id, Fill, Cancelled);
        Assert.Equal(0L, await CountAsync(database, $"NOT coalesce({Right}, false)"));
    }

    [Fact]
    public async Task Rows_that_somebody_has_locked_are_left_for_later()
    {
        await using var database = await DatabaseAsync(5_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
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

        await BackfillerOf(work, reported).RunAsync(work.Rollout.Id, Fill, Cancelled);

        var blockers = reported.All.OfType<LockProgress>().First().Blockers;
        Assert.Contains($"pid {application.ProcessID}", Assert.Single(blockers), StringComparison.Ordinal);
        Assert.Equal(0L, await CountAsync(database, $"NOT coalesce({Right}, false)"));
        Assert.Equal(5_000L, reported.All.OfType<BackfillProgress>().Last().Rows);
    }

    [Fact]
    public async Task Rows_that_stay_locked_are_an_error()
    {
        await using var database = await DatabaseAsync(100);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        await using var application = await database.DataSource.OpenConnectionAsync(Cancelled);
        await using var transaction = await application.BeginTransactionAsync(Cancelled);
        await using var keep = new NpgsqlCommand($"UPDATE {Table} SET other = 1 WHERE \"I d\" IN (7, 8)", application, transaction);
        await keep.ExecuteNonQueryAsync(Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(
            () => BackfillerOf(work, options: new RollOptions { LockDeadline = TimeSpan.FromMilliseconds(300) }).RunAsync(work.Rollout.Id, Fill, Cancelled));

        Assert.Equal(ErrorCode.BackfillBlocked, error.Code);
        Assert.Contains("2 rows", error.Message, StringComparison.Ordinal);
        Assert.Contains($"pid {application.ProcessID}", error.Message, StringComparison.Ordinal);
        Assert.Equal(98L, await CountAsync(database, Right));
        await transaction.RollbackAsync(Cancelled);
        await BackfillerOf(work).RunAsync(work.Rollout.Id, Fill, Cancelled);
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
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);

        await BackfillerOf(work).RunAsync(work.Rollout.Id, Fill, Cancelled);

        Assert.Equal(100L, await CountAsync(database, Right));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(null)]
    public async Task Several_workers_share_a_table(int? workers)
    {
        await using var database = await DatabaseAsync(50_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        await work.Store.TuneAsync(work.Rollout.Id, new BackfillOptions { Workers = workers, MaxActiveSessions = null }, Cancelled);
        var reported = new Reported();

        await BackfillerOf(work, reported).RunAsync(work.Rollout.Id, Fill, Cancelled);

        Assert.Equal(50_000L, await CountAsync(database, Right));
        Assert.Equal(50_000L, reported.All.OfType<BackfillProgress>().Last().Rows);
        Assert.True(reported.All.OfType<BackfillProgress>().Max(report => report.Workers) <= (workers ?? 2));
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'efroll'", Cancelled));
    }

    [Fact]
    public async Task A_pause_is_kept_for_the_next_run()
    {
        await using var database = await DatabaseAsync(5_000);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        await work.Store.PauseAsync(work.Rollout.Id, isPaused: true, Cancelled);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var reported = new Reported(_ => stop.Cancel());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BackfillerOf(work, reported).RunAsync(work.Rollout.Id, Fill, stop.Token));

        Assert.StartsWith("paused since", Assert.Single((await work.Store.StatusAsync(work.Rollout, Cancelled)).Backfills[0].HeldBy), StringComparison.Ordinal);
        Assert.Equal(0L, await CountAsync(database, Right));
        await work.Store.PauseAsync(work.Rollout.Id, isPaused: false, Cancelled);
        await BackfillerOf(work).RunAsync(work.Rollout.Id, Fill, Cancelled);
        Assert.Equal(5_000L, await CountAsync(database, Right));
    }

    [Fact]
    public async Task Most_rows_stay_in_their_page_and_need_no_new_index_entry()
    {
        await using var database = await DatabaseAsync(50_000);
        await FillPagesAsync(database);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        // What another worker is at holds back what this one could clear, the more so the slower they are.
        await work.Store.TuneAsync(work.Rollout.Id, new BackfillOptions { Workers = 1, MaxActiveSessions = null }, Cancelled);
        var before = await SizeAsync(database);

        await BackfillerOf(work).RunAsync(work.Rollout.Id, Fill, Cancelled);

        // The new values need a third more room than the rows had; one UPDATE of all rows would double the table and its index.
        Assert.InRange(await SizeAsync(database) / (double)before, 1, 1.6);
    }

    [Fact]
    public async Task One_pass_is_enough_where_an_old_snapshot_keeps_old_rows_in_their_pages()
    {
        await using var database = await DatabaseAsync(100_000);
        await FillPagesAsync(database);
        await using var work = await Work.BeginAsync(database, Cancelled, Fill);
        await work.Store.TuneAsync(work.Rollout.Id, new BackfillOptions { Workers = 1, MaxActiveSessions = null }, Cancelled);
        await using var application = await database.DataSource.OpenConnectionAsync(Cancelled);
        await using var transaction = await application.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Cancelled);
        await using var look = new NpgsqlCommand("SELECT 1", application, transaction);
        await look.ExecuteNonQueryAsync(Cancelled);

        await BackfillerOf(work).RunAsync(work.Rollout.Id, Fill, Cancelled);

        // Neighbours are written by one transaction only where one pass took them both; the first pages are still written in many.
        var together = await database.ScalarAsync<long>($"SELECT count(*) FROM (SELECT xmin::text = lag(xmin::text) OVER (ORDER BY \"I d\") FROM {Table}) AS pair (together) WHERE together", Cancelled);
        Assert.Equal(100_000L, await CountAsync(database, Right));
        Assert.InRange(together, 50_000, 95_000);
    }

    [Fact]
    public async Task A_worker_that_finds_no_connection_is_done_without()
    {
        await using var database = await DatabaseAsync(20_000);
        var role = $"r_{database.Name}";
        await database.ExecuteAsync(
            $"""
            CREATE ROLE {role} LOGIN PASSWORD 'p' CONNECTION LIMIT 2 IN ROLE pg_read_all_stats;
            GRANT CREATE ON DATABASE {database.Name} TO {role};
            GRANT ALL ON {Table} TO {role};
            """, Cancelled);
        try
        {
            await using var source = NpgsqlDataSource.Create(
                new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "p", Pooling = false }.ConnectionString);
            await using var work = await Work.BeginAsync(source, Cancelled, Fill);
            await work.Store.TuneAsync(work.Rollout.Id, new BackfillOptions { Workers = 4, MaxActiveSessions = null }, Cancelled);
            var reported = new Reported();

            await BackfillerOf(work, reported).RunAsync(work.Rollout.Id, Fill, Cancelled);

            var notice = Assert.Single(reported.All.OfType<NoticeProgress>()).Text;
            Assert.StartsWith("the backfill goes on with 1, not 4 workers: ", notice, StringComparison.Ordinal);
            Assert.Contains("too many connections for role", notice, StringComparison.Ordinal);
            Assert.Equal(1, reported.All.OfType<BackfillProgress>().Max(report => report.Workers));
            Assert.Equal(20_000L, await CountAsync(database, Right));
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {role} CASCADE; DROP ROLE {role}", CancellationToken.None);
        }
    }

    // As in a table that grew by inserts. While autovacuum gathers statistics, its snapshot would keep old rows in their pages.
    static async Task FillPagesAsync(TestDatabase database)
    {
        await database.ExecuteAsync($"ALTER TABLE {Table} SET (autovacuum_enabled = false)", Cancelled);
        await database.ExecuteAsync($"VACUUM FULL {Table}", Cancelled);
    }

    static Task<long> SizeAsync(TestDatabase database) => database.ScalarAsync<long>($"SELECT pg_total_relation_size('{Table.ToString().Replace("'", "''", StringComparison.Ordinal)}')", Cancelled);

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
}
