using EfRoll.Engine.Errors;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Sessions;

public sealed class LockRetryTests
{
    static readonly QualifiedName Table = new("public", "Or\"ders");

    static readonly RollOptions Impatient = new() { LockTimeout = TimeSpan.FromMilliseconds(50), LockDeadline = TimeSpan.FromSeconds(1) };

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Waits_until_the_blocker_lets_go()
    {
        await using var database = await DatabaseAsync();
        var (connection, transaction, pid) = await BlockAsync(database);
        await using var ownedConnection = connection;
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);
        // Lets go when it is told that it stands in the way.
        var reported = new Reported(report => transaction.Rollback());

        await Retry(session, new RollOptions { LockTimeout = TimeSpan.FromMilliseconds(50) }, reported).RunAsync(
            "Change orders", [new(Table, LockMode.AccessExclusive)], () => session.ExecuteAsync($"ALTER TABLE {Table} ADD COLUMN b integer", Cancelled), Cancelled);

        var report = Assert.IsType<LockProgress>(reported.All[0]);
        Assert.Contains($"pid {pid}", Assert.Single(report.Blockers), StringComparison.Ordinal);
        Assert.Equal(0L, await database.ScalarAsync<long>($"SELECT count(b) FROM {Table}", Cancelled));
    }

    [Fact]
    public async Task Says_who_blocks_when_the_deadline_passes_and_changes_nothing()
    {
        await using var database = await DatabaseAsync();
        var (connection, transaction, pid) = await BlockAsync(database);
        await using var ownedConnection = connection;
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(() => Retry(session, Impatient).RunAsync(
            "Change orders", [new(Table, LockMode.AccessExclusive)], () => session.ExecuteAsync($"DROP TABLE {Table}", Cancelled), Cancelled));

        Assert.Equal(ErrorCode.LockDeadlinePassed, error.Code);
        Assert.Contains($"pid {pid}", error.Message, StringComparison.Ordinal);
        Assert.Contains("blocker's app", error.Message, StringComparison.Ordinal);
        Assert.Contains("idle in transaction", error.Message, StringComparison.Ordinal);
        await transaction.RollbackAsync(Cancelled);
        Assert.Equal(0L, await database.ScalarAsync<long>($"SELECT count(*) FROM {Table}", Cancelled));
    }

    [Fact]
    public async Task Lets_go_of_the_first_lock_at_once_when_the_second_is_not_to_be_had()
    {
        await using var database = await DatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE first (a integer)", Cancelled);
        var (connection, transaction, _) = await BlockAsync(database);
        await using var ownedConnection = connection;
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);
        await using var application = await database.DataSource.OpenConnectionAsync(Cancelled);
        await using var impatience = new NpgsqlCommand("SET lock_timeout = '400ms'", application);
        await impatience.ExecuteNonQueryAsync(Cancelled);

        var locking = Retry(session, new RollOptions { LockDeadline = TimeSpan.FromSeconds(3) }).RunAsync(
            "Change both", [new(new QualifiedName("public", "first"), LockMode.AccessExclusive), new(Table, LockMode.AccessExclusive)], () => Task.CompletedTask, Cancelled);
        // The application reads the first table all the while; none of its statements waits for long.
        var reads = 0;
        while (!locking.IsCompleted)
        {
            await using var read = new NpgsqlCommand("SELECT count(*) FROM first", application);
            await read.ExecuteScalarAsync(Cancelled);
            reads++;
        }

        Assert.Equal(ErrorCode.LockDeadlinePassed, (await Assert.ThrowsAsync<EfRollException>(() => locking)).Code);
        Assert.True(reads > 10, $"only {reads} reads");
        await transaction.RollbackAsync(Cancelled);
    }

    [Theory]
    [InlineData("")]
    [InlineData("WITH (security_barrier)")]
    [InlineData("WITH (security_barrier = off)")]
    public async Task A_view_is_locked_together_with_its_table_and_stays_as_it_is(string options)
    {
        await using var database = await DatabaseAsync();
        await database.ExecuteAsync($"CREATE VIEW v {options} AS SELECT a FROM {Table}", Cancelled);
        const string Options = "SELECT reloptions::text FROM pg_class WHERE relname = 'v'";
        var before = await database.ScalarAsync<string>(Options, Cancelled);
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);

        await Retry(session, new RollOptions()).RunAsync(
            "Drop the view",
            [new(new QualifiedName("public", "v"), LockMode.AccessExclusive), new(Table, LockMode.AccessExclusive)],
            async () =>
            {
                Assert.Equal(2L, await session.ScalarAsync<long>(
                    $"SELECT count(DISTINCT relation) FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'AccessExclusiveLock' AND relation IN ('v'::regclass, $1::regclass)",
                    [Table.ToString()], Cancelled));
            },
            Cancelled);
        Assert.Equal(before, await database.ScalarAsync<string>(Options, Cancelled));
    }

    [Fact]
    public async Task A_relation_that_is_gone_is_named()
    {
        await using var database = await DatabaseAsync();
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(() => Retry(session, Impatient).RunAsync(
            "Change it", [new(new QualifiedName("public", "gone"), LockMode.AccessExclusive)], () => Task.CompletedTask, Cancelled));

        Assert.Equal(ErrorCode.LockedRelationNotFound, error.Code);
        Assert.Contains("public.gone", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Blockers_are_sent_away_where_that_is_wanted(bool isActive)
    {
        await using var database = await DatabaseAsync();
        var (connection, transaction, pid) = await BlockAsync(database);
        await using var ownedConnection = connection;
        await using var ownedTransaction = transaction;
        await using var sleep = new NpgsqlCommand("SELECT pg_sleep(600)", connection, transaction);
        var sleeping = isActive ? sleep.ExecuteNonQueryAsync(Cancelled) : null;
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);
        var reported = new Reported();
        var retry = Retry(session, Impatient with { CancelBlockersAfter = TimeSpan.FromMilliseconds(100), LockDeadline = TimeSpan.FromMinutes(1) }, reported);

        await retry.RunAsync("Change orders", [new(Table, LockMode.AccessExclusive)], () => session.ExecuteAsync($"DROP TABLE {Table}", Cancelled), Cancelled);

        Assert.StartsWith($"{(isActive ? "cancelled" : "ended")}, for it was in the way: pid {pid}", reported.All.OfType<NoticeProgress>().First().Text, StringComparison.Ordinal);
        if (sleeping is not null)
            Assert.Equal(PostgresErrorCodes.QueryCanceled, (await Assert.ThrowsAsync<PostgresException>(() => sleeping)).SqlState);
        var use = Assert.Single(retry.TakeUses());
        Assert.Equal((Table, LockMode.AccessExclusive), (use.Relation, use.Mode));
        Assert.True(use.Attempts > 1 && use.Waited > TimeSpan.Zero && use.Held > TimeSpan.Zero, use.ToString());
        Assert.Empty(retry.TakeUses());
    }

    [Fact]
    public async Task Reading_does_not_wait_without_a_word_behind_who_changes_a_table()
    {
        await using var database = await DatabaseAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancelled);
        await using var transaction = await connection.BeginTransactionAsync(Cancelled);
        await using var change = new NpgsqlCommand($"ALTER TABLE {Table} ADD COLUMN c integer", connection, transaction);
        await change.ExecuteNonQueryAsync(Cancelled);
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);
        var reported = new Reported(_ => transaction.Rollback());

        var count = await Retry(session, Impatient with { LockDeadline = TimeSpan.FromMinutes(1), CancelBlockersAfter = TimeSpan.Zero }, reported).ReadAsync(
            "Read", () => session.ScalarAsync<long>($"SELECT count(*) FROM {Table}", [], Cancelled), Cancelled);

        Assert.Equal(0, count);
        Assert.Contains($"pid {connection.ProcessID}", Assert.Single(Assert.IsType<LockProgress>(reported.All[0]).Blockers), StringComparison.Ordinal);
        Assert.Empty(reported.All.OfType<NoticeProgress>());
        Assert.Equal("0", await session.ScalarAsync<string>($"SHOW lock_timeout", [], Cancelled));
    }

    [Fact]
    public async Task Other_errors_are_not_tried_again()
    {
        await using var database = await DatabaseAsync();
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);
        var tries = 0;

        await Assert.ThrowsAsync<PostgresException>(() => Retry(session, Impatient).RunAsync(
            "Fail",
            [],
            () =>
            {
                tries++;
                return session.ExecuteAsync($"SELECT 1 / 0", Cancelled);
            },
            Cancelled));

        Assert.Equal(1, tries);
    }

    static LockRetry Retry(Session session, RollOptions options, IProgress<RollProgress>? progress = null) => new(session, options, TimeProvider.System, progress);

    static async Task<TestDatabase> DatabaseAsync()
    {
        var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync($"CREATE TABLE {Table} (a integer)", Cancelled);
        return database;
    }

    static async Task<(NpgsqlConnection Connection, NpgsqlTransaction Transaction, int Pid)> BlockAsync(TestDatabase database)
    {
        var connection = new NpgsqlConnection(database.ConnectionString + ";Application Name=blocker's app;Pooling=false");
        await connection.OpenAsync(Cancelled);
        var transaction = await connection.BeginTransactionAsync(Cancelled);
        await using var read = new NpgsqlCommand($"SELECT count(*) FROM {Table}", connection, transaction);
        await read.ExecuteScalarAsync(Cancelled);
        return (connection, transaction, connection.ProcessID);
    }
}
