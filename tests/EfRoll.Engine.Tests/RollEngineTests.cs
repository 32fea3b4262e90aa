using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Sessions;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests;

public sealed class RollEngineTests
{
    static readonly Migration AddFullName = new("2_Add_full_name",
    [
        new AddColumn(new RelationName("users"), new ColumnDefinition(new Identifier("full name"), "text") { IsNullable = false }) { Up = new Expression("first || ' ' || last") },
    ]);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rollout_goes_from_start_to_complete()
    {
        await using var database = await UsersAsync();
        var engine = new RollEngine(database.DataSource, new RollOptions());

        var expanded = await engine.ExpandAsync(new RolloutRequest([AddFullName]), Cancelled);

        Assert.Equal(Phase.Expanded, expanded?.Phase);
        Assert.Equal(expanded?.Steps, expanded?.StepsDone);
        var backfill = Assert.Single(expanded!.Backfills);
        Assert.Equal((1000L, true), (backfill.Rows, backfill.IsDone));
        var status = await engine.StatusAsync(Cancelled);
        Assert.Equal("2_Add_full_name", status.Open?.TargetMigration);
        Assert.Equal(1000L, await database.ScalarAsync<long>($"SELECT count(*) FROM \"{expanded.VersionSchemas[0]}\".users WHERE \"full name\" = first || ' ' || last", Cancelled));

        var completed = await engine.ContractAsync(Cancelled);

        Assert.Equal(Phase.Completed, completed.Phase);
        Assert.Contains(completed.Locks, use => use is { Relation: "public.users", Mode: "ACCESS EXCLUSIVE", Attempts: 1 } && use.Held > TimeSpan.Zero);
        Assert.Equal(1000L, await database.ScalarAsync<long>("SELECT count(*) FROM users WHERE \"full name\" = first || ' ' || last", Cancelled));
        status = await engine.StatusAsync(Cancelled);
        Assert.Null(status.Open);
        Assert.Equal("2_Add_full_name", status.CurrentMigration);
        Assert.Null(await engine.ExpandAsync(new RolloutRequest([AddFullName]), Cancelled));
    }

    [Fact]
    public async Task Rollback_leaves_the_database_as_it_was()
    {
        await using var database = await UsersAsync();
        var before = await SchemaDump.ReadAsync(database, Cancelled);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        await engine.ExpandAsync(new RolloutRequest([AddFullName]), Cancelled);

        var rolledBack = await engine.RollbackAsync(Cancelled);

        Assert.Equal(Phase.RolledBack, rolledBack.Phase);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Cancelled), "after rollback", columnOrderMatters: true);
        Assert.Equal(ErrorCode.NoOpenRollout, (await Assert.ThrowsAsync<EfRollException>(() => engine.RollbackAsync(Cancelled))).Code);
    }

    [Fact]
    public async Task A_connection_lost_in_the_middle_is_gone_on_from()
    {
        await using var database = await UsersAsync(rows: 40_000);
        var isLost = false;
        var losing = new Reported(report =>
        {
            if (report is not BackfillProgress || isLost)
                return;
            isLost = true;
            using var terminate = database.DataSource.CreateCommand("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'efroll' AND datname = current_database()");
            terminate.ExecuteNonQuery();
        });

        Assert.Equal(ErrorCode.ConnectionLost, await CodeOfAsync(
            () => new RollEngine(database.DataSource, new RollOptions(), losing).ExpandAsync(new RolloutRequest([AddFullName]), Cancelled)));
        var engine = new RollEngine(database.DataSource, new RollOptions());
        Assert.Equal(Phase.Expanding, (await engine.StatusAsync(Cancelled)).Open?.Phase);
        Assert.Equal(ErrorCode.NotExpandedYet, await CodeOfAsync(() => engine.ContractAsync(Cancelled)));
        var reported = new Reported();
        await new RollEngine(database.DataSource, new RollOptions(), reported).ExpandAsync(new RolloutRequest([AddFullName]), Cancelled);
        await engine.ContractAsync(Cancelled);

        Assert.Contains(reported.All, report => report is StepProgress { State: StepState.Skipped });
        Assert.Equal(40_000L, await database.ScalarAsync<long>("SELECT count(*) FROM users WHERE \"full name\" = first || ' ' || last", Cancelled));
    }

    [Fact]
    public async Task A_row_that_fails_is_found_before_anything_is_touched_and_leaves_no_rollout()
    {
        await using var database = await UsersAsync();
        await database.ExecuteAsync("UPDATE users SET last = '' WHERE id = 700", Cancelled);
        var before = await SchemaDump.ReadAsync(database, Cancelled);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        var failing = new Migration("2_Fail",
            [new AddColumn(new RelationName("users"), new ColumnDefinition(new Identifier("len"), "integer") { IsNullable = false }) { Up = new Expression("100 / length(last)") }]);

        var error = await Assert.ThrowsAsync<EfRollException>(() => engine.ExpandAsync(new RolloutRequest([failing]), Cancelled));

        Assert.Equal(ErrorCode.BackfillRowFailed, error.Code);
        Assert.Contains("id = 700", error.Message, StringComparison.Ordinal);
        Assert.Null((await engine.StatusAsync(Cancelled)).Open);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Cancelled), "after the refusal", columnOrderMatters: true);
    }

    [Fact]
    public async Task Planning_touches_nothing()
    {
        await using var database = await UsersAsync();
        var engine = new RollEngine(database.DataSource, new RollOptions());

        var plan = await engine.PlanAsync(new RolloutRequest([AddFullName]), Cancelled);

        Assert.NotEmpty(plan!.Expand);
        Assert.False((await engine.StatusAsync(Cancelled)).IsInitialized);
        Assert.False(await database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'efroll')", Cancelled));
    }

    [Fact]
    public async Task Another_rollout_is_refused_while_one_is_open()
    {
        await using var database = await UsersAsync();
        var engine = new RollEngine(database.DataSource, new RollOptions());
        await engine.ExpandAsync(new RolloutRequest([AddFullName]), Cancelled);
        var changed = AddFullName with { Operations = [new AddColumn(new RelationName("users"), new ColumnDefinition(new Identifier("other"), "text"))] };

        Assert.Equal(Phase.Expanded, (await engine.ExpandAsync(new RolloutRequest([AddFullName]), Cancelled))?.Phase);
        Assert.Equal(ErrorCode.OtherRolloutOpen, await CodeOfAsync(() => engine.ExpandAsync(new RolloutRequest([AddFullName, changed with { Id = "3_More" }]), Cancelled)));
        Assert.Equal(ErrorCode.OpenRolloutChanged, await CodeOfAsync(() => engine.ExpandAsync(new RolloutRequest([changed]), Cancelled)));
    }

    [Fact]
    public async Task History_says_what_is_pending_and_is_kept()
    {
        await using var database = await UsersAsync();
        await database.ExecuteAsync("CREATE TABLE \"__Hist\" (\"Id\" text PRIMARY KEY); INSERT INTO \"__Hist\" VALUES ('1_Users')", Cancelled);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        var request = new RolloutRequest([new Migration("1_Users", []), AddFullName])
        {
            History = new MigrationHistory(
                new RelationName("__Hist"), new Identifier("Id"), $"CREATE TABLE \"__Hist\" (\"Id\" text PRIMARY KEY)",
                new Dictionary<string, SqlText> { ["2_Add_full_name"] = $"INSERT INTO \"__Hist\" VALUES ('2_Add_full_name')" },
                new Dictionary<string, SqlText> { ["2_Add_full_name"] = $"DELETE FROM \"__Hist\" WHERE \"Id\" = '2_Add_full_name'" }),
        };

        var expanded = await engine.ExpandAsync(request, Cancelled);
        Assert.Equal("1_Users", expanded?.BaseMigration);
        Assert.Equal(["2_Add_full_name"], expanded?.Migrations);
        Assert.Equal(2L, await database.ScalarAsync<long>("SELECT count(*) FROM \"__Hist\"", Cancelled));
        Assert.Equal(Phase.Expanded, (await engine.ExpandAsync(request, Cancelled))?.Phase);

        await engine.RollbackAsync(Cancelled);
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM \"__Hist\"", Cancelled));
        Assert.Equal(ErrorCode.MigrationNotFound, await CodeOfAsync(() => engine.ExpandAsync(request with { To = "9_None" }, Cancelled)));
    }

    [Fact]
    public async Task An_empty_database_gets_the_providers_own_script()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        var request = new RolloutRequest([AddFullName])
        {
            FreshScript = "START TRANSACTION; CREATE TABLE users (id integer); COMMIT; START TRANSACTION; DO $E$ BEGIN ALTER TABLE users ADD name text; END $E$; COMMIT;",
        };

        var status = await engine.ExpandAsync(request, Cancelled);

        Assert.Equal(Phase.Completed, status?.Phase);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(name) FROM users", Cancelled));
        Assert.Equal("2_Add_full_name", (await engine.StatusAsync(Cancelled)).CurrentMigration);
    }

    [Theory]
    [InlineData("Port=1;Password=s3cret", ErrorCode.CannotConnect)]
    [InlineData("Database=there_is_none", ErrorCode.DatabaseNotFound)]
    [InlineData("Password=s3cret", ErrorCode.AuthenticationFailed)]
    public async Task A_wrong_connection_is_an_error_without_a_password(string change, ErrorCode code)
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        Assert.SkipWhen(code == ErrorCode.AuthenticationFailed && !database.ConnectionString.Contains("Password", StringComparison.Ordinal), "This server asks for no password.");
        await using var source = NpgsqlDataSource.Create($"{database.ConnectionString};{change}");

        var error = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(source, new RollOptions()).StatusAsync(Cancelled));

        Assert.Equal(code, error.Code);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    static async Task<ErrorCode> CodeOfAsync(Func<Task> act) => (await Assert.ThrowsAsync<EfRollException>(act)).Code;

    static async Task<TestDatabase> UsersAsync(int rows = 1000)
    {
        var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync(
            $"CREATE TABLE users (id integer PRIMARY KEY, first text NOT NULL, last text NOT NULL); INSERT INTO users SELECT n, 'f' || n, 'l' || n FROM generate_series(1, {rows}) AS n", Cancelled);
        return database;
    }
}
