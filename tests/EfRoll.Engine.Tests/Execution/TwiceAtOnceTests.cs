using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Faults;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Execution;

/// <summary>Two commands at once: one works, the other waits for it or says who works. What only looks, or tells the one at work something, does neither.</summary>
public sealed class TwiceAtOnceTests
{
    const int Rows = 200;

    const string AtWork = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'efroll' AND wait_event_type = 'Lock'";

    static readonly RolloutRequest Request = new([new Migration("2_Add_full_name",
        [new AddColumn(new RelationName("users"), new ColumnDefinition(new Identifier("full_name"), "text") { IsNullable = false }) { Up = new Expression("first || ' ' || last") }])]);

    static readonly RolloutRequest Other = new([.. Request.Migrations, new Migration("3_More", [])]);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(RollCommand.Start, Phase.Expanding)]
    [InlineData(RollCommand.Complete, Phase.Contracting)]
    [InlineData(RollCommand.Rollback, Phase.Expanded)]
    public async Task While_one_works_the_others_say_who(RollCommand first, Phase phase)
    {
        await using var database = await UsersAsync();
        var before = await SchemaDump.ReadAsync(database, Token);
        var engine = Engine(database);
        if (first != RollCommand.Start)
            await engine.ExpandAsync(Request, Token);
        await using var reader = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await reader.OpenAsync(Token);
        await using var reads = new NpgsqlCommand("BEGIN; SELECT FROM users LIMIT 1", reader);
        await reads.ExecuteNonQueryAsync(Token);

        var working = RunAsync(engine, first);
        while (!await database.ScalarAsync<bool>($"SELECT EXISTS (SELECT {AtWork})", Token))
            Assert.False(working.IsCompleted, "It did not wait for the reader.");
        var who = await database.ScalarAsync<string>("SELECT format('pid %s (efroll), %s', a.pid, a.usename) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE l.locktype = 'advisory' AND a.datname = current_database()", Token);
        var since = await database.ScalarAsync<string>("SELECT 'from ' || host(a.client_addr) || ', since ' || to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS') FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE l.locktype = 'advisory' AND a.datname = current_database()", Token);

        // Whoever would change something is told.
        var second = new RollEngine(database.DataSource, new RollOptions()) { Time = new HastyTime() };
        foreach (var command in new Func<Task>[]
        {
            () => second.ExpandAsync(Request, Token), () => second.ExpandAsync(Other, Token), () => second.ContractAsync(Token),
            () => second.RollbackAsync(Token), () => second.InitializeAsync(Token),
        })
        {
            var busy = await Assert.ThrowsAsync<EfRollException>(command);
            Assert.Equal(ErrorCode.EngineBusy, busy.Code);
            Assert.Contains($"{who}, {since}", busy.Message, StringComparison.Ordinal);
        }

        // Who looks sees how far it is.
        Assert.Equal(phase, (await second.StatusAsync(Token)).Open?.Phase);
        if (first == RollCommand.Complete)
            Assert.Equal(ErrorCode.ContractBegan, await CodeOfAsync(() => second.PlanAsync(Request, Token)));
        else
            Assert.Equal("2_Add_full_name", (await second.PlanAsync(Request, Token))?.TargetMigration);
        Assert.Equal(ErrorCode.OtherRolloutOpen, await CodeOfAsync(() => second.PlanAsync(Other, Token)));
        if (first == RollCommand.Start)
        {
            Assert.NotNull((await second.PauseAsync(Token)).PausedAt);
            Assert.Null((await second.ResumeAsync(Token)).PausedAt);
        }
        else
        {
            Assert.Equal(ErrorCode.NothingToTune, await CodeOfAsync(() => second.PauseAsync(Token)));
        }

        await reader.CloseAsync();
        await working;
        if (first == RollCommand.Start)
            await engine.ContractAsync(Token);
        await IsAtItsEndAsync(database, before);
    }

    [Theory]
    [InlineData(RollCommand.Start, RollCommand.Start)]
    [InlineData(RollCommand.Start, RollCommand.Complete)]
    [InlineData(RollCommand.Start, RollCommand.Rollback)]
    [InlineData(RollCommand.Complete, RollCommand.Complete)]
    [InlineData(RollCommand.Complete, RollCommand.Rollback)]
    [InlineData(RollCommand.Rollback, RollCommand.Rollback)]
    public async Task Of_two_at_the_same_moment_one_comes_after_the_other(RollCommand one, RollCommand other)
    {
        await using var database = await UsersAsync();
        var before = await SchemaDump.ReadAsync(database, Token);
        if (one != RollCommand.Start)
            await Engine(database).ExpandAsync(Request, Token);

        var errors = await Task.WhenAll(FailureAsync(database, one), FailureAsync(database, other));

        // Who comes second finds what the first has made of it.
        Assert.Contains(null, errors);
        Assert.All(errors, error => Assert.True(
            error is null or EfRollException { Code: ErrorCode.NoOpenRollout or ErrorCode.ContractBegan or ErrorCode.NotExpandedYet or ErrorCode.EngineBusy }, $"{error}"));
        if ((await Engine(database).StatusAsync(Token)).Open is not null)
            await Engine(database).ContractAsync(Token);
        await IsAtItsEndAsync(database, before);
    }

    [Fact]
    public async Task Another_target_is_refused_while_one_is_open()
    {
        await using var database = await UsersAsync();
        var engine = Engine(database);
        await engine.ExpandAsync(Request, Token);

        Assert.Equal(ErrorCode.OtherRolloutOpen, await CodeOfAsync(() => engine.ExpandAsync(Other, Token)));
        Assert.Equal(ErrorCode.OtherRolloutOpen, await CodeOfAsync(() => engine.PlanAsync(Other, Token)));
        Assert.Equal(Phase.Expanded, (await engine.ExpandAsync(Other with { To = "2_Add_full_name" }, Token))?.Phase);
    }

    [Fact]
    public async Task Times_are_the_servers()
    {
        await using var database = await UsersAsync();
        var began = await database.ScalarAsync<DateTime>("SELECT clock_timestamp()", Token);

        // The clock of whoever runs it is a few years behind.
        var status = await new RollEngine(database.DataSource, new RollOptions()) { Time = new LateTime() }.ExpandAsync(Request, Token);

        var ended = await database.ScalarAsync<DateTime>("SELECT clock_timestamp()", Token);
        Assert.InRange(status!.StartedAt.UtcDateTime, began, ended);
        Assert.InRange(status.UpdatedAt.UtcDateTime, began, ended);
        Assert.True(await database.ScalarAsync<bool>(
            $"SELECT bool_and(started_at BETWEEN '{began:O}' AND '{ended:O}' AND finished_at BETWEEN '{began:O}' AND '{ended:O}') FROM efroll.steps", Token));
    }

    static RollEngine Engine(TestDatabase database) => new(database.DataSource, new RollOptions());

    static async Task RunAsync(RollEngine engine, RollCommand command) => _ = command switch
    {
        RollCommand.Start => await engine.ExpandAsync(Request, Token),
        RollCommand.Complete => await engine.ContractAsync(Token),
        _ => await engine.RollbackAsync(Token),
    };

    static async Task<Exception?> FailureAsync(TestDatabase database, RollCommand command) => await Record.ExceptionAsync(() => RunAsync(Engine(database), command));

    static async Task<ErrorCode> CodeOfAsync(Func<Task> act) => (await Assert.ThrowsAsync<EfRollException>(act)).Code;

    static async Task<TestDatabase> UsersAsync()
    {
        var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(
            $"CREATE TABLE users (id integer PRIMARY KEY, first text NOT NULL, last text NOT NULL); INSERT INTO users SELECT n, 'f' || n, 'l' || n FROM generate_series(1, {Rows}) AS n", Token);
        return database;
    }

    // Completed, with every value, or as it was.
    static async Task IsAtItsEndAsync(TestDatabase database, SchemaDump before)
    {
        var status = await Engine(database).StatusAsync(Token);
        Assert.Null(status.Open);
        if (status.Last?.Phase == Phase.Completed)
            Assert.Equal((long)Rows, await database.ScalarAsync<long>("SELECT count(*) FROM users WHERE full_name = first || ' ' || last", Token));
        else
            SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "in the end", columnOrderMatters: true);
    }

    // Time to wait is over soon.
    sealed class HastyTime : TimeProvider
    {
        public override long TimestampFrequency => System.TimestampFrequency / 100;
    }

    sealed class LateTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddYears(-7);
    }
}
