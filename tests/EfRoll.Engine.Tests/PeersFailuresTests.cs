using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Faults;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests;

/// <summary>How other tools of this kind lose data or hold applications up, seen by running them. The rest of them: <c>docs/reliability.md</c>.</summary>
public sealed class PeersFailuresTests
{
    const int Rows = 200;

    static readonly RelationName People = new("people");

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static RolloutRequest Request(string migration = "m") =>
        new([new Migration(migration, [new AlterColumn(People, new Identifier("name")) { IsNullable = false, Up = new Expression("COALESCE(name, 'none')") }])]);

    [Fact]
    public async Task A_second_complete_after_a_crash_keeps_the_new_column()
    {
        await using var database = await PeopleAsync();
        var engine = new RollEngine(database.DataSource, new RollOptions());
        await engine.ExpandAsync(Request(), Token);
        int commit;
        await using (var copy = await database.CopyAsync(Token))
        await using (var watching = new FaultProxy(copy.ConnectionString, Fault.None, 0))
        {
            await ContractAsync(watching);
            commit = watching.Sent.ToList().FindLastIndex(statement => statement.Sql == "COMMIT") + 1;
        }

        // The columns have changed places, and nobody has heard of it.
        await using (var proxy = new FaultProxy(database.ConnectionString, Fault.GoneAfter, commit))
        {
            Assert.Equal(ErrorCode.ConnectionLost, (await Assert.ThrowsAsync<EfRollException>(() => ContractAsync(proxy))).Code);
            Assert.True(proxy.HasStruck);
        }

        Assert.Equal(Phase.Completed, (await engine.ContractAsync(Token)).Phase);
        Assert.Equal(ErrorCode.NoOpenRollout, (await Assert.ThrowsAsync<EfRollException>(() => engine.ContractAsync(Token))).Code);
        Assert.Equal((long)Rows, await database.ScalarAsync<long>("SELECT count(*) FROM people WHERE name = CASE WHEN id % 2 = 0 THEN 'n' || id ELSE 'none' END", Token));
    }

    [Fact]
    public async Task A_trigger_that_cannot_be_made_fails_start()
    {
        await using var database = await PeopleAsync();
        await database.ExecuteAsync("""
            CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'no triggers here'; END$$;
            CREATE EVENT TRIGGER no_triggers ON ddl_command_end WHEN TAG IN ('CREATE TRIGGER') EXECUTE FUNCTION forbid();
            """, Token);
        var before = await SchemaDump.ReadAsync(database, Token);
        var engine = new RollEngine(database.DataSource, new RollOptions());

        var error = await Assert.ThrowsAsync<EfRollException>(() => engine.ExpandAsync(Request(), Token));

        Assert.Equal(ErrorCode.StepFailed, error.Code);
        Assert.Contains("no triggers here", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.NoOpenRollout, (await Assert.ThrowsAsync<EfRollException>(() => engine.ContractAsync(Token))).Code);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after start failed", columnOrderMatters: true);
        await database.ExecuteAsync("DROP EVENT TRIGGER no_triggers", Token);
        await engine.ExpandAsync(Request(), Token);
        await engine.ContractAsync(Token);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM people WHERE name IS NULL", Token));
    }

    [Theory]
    [InlineData(RollCommand.Start)]
    [InlineData(RollCommand.Complete)]
    [InlineData(RollCommand.Rollback)]
    public async Task Nobody_waits_behind_a_command_that_waits_for_a_reader(RollCommand command)
    {
        await using var database = await PeopleAsync();
        var engine = new RollEngine(database.DataSource, new RollOptions());
        if (command != RollCommand.Start)
            await engine.ExpandAsync(Request(), Token);
        await using var reader = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await reader.OpenAsync(Token);
        await using (var reads = new NpgsqlCommand("BEGIN; SELECT FROM people LIMIT 1", reader))
            await reads.ExecuteNonQueryAsync(Token);
        var working = command switch
        {
            RollCommand.Start => engine.ExpandAsync(Request(), Token),
            RollCommand.Complete => CompleteAsync(),
            _ => RollbackAsync(),
        };

        // The reader stays; whoever waited behind the command would wait for good.
        for (var seen = 0; seen < 3;)
        {
            Assert.False(working.IsCompleted, "It did not wait for the reader.");
            seen += await database.ScalarAsync<int>(
                "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'efroll' AND wait_event_type = 'Lock'", Token);
            await database.ExecuteAsync("SET statement_timeout = '60s'; INSERT INTO people (name) VALUES ('x'); SELECT count(*) FROM people; DELETE FROM people WHERE name = 'x'", Token);
        }

        await reader.CloseAsync();
        await working;

        async Task<RolloutStatus?> CompleteAsync() => await engine.ContractAsync(Token);
        async Task<RolloutStatus?> RollbackAsync() => await engine.RollbackAsync(Token);
    }

    [Theory]
    [InlineData("{0}, extra, public")]
    [InlineData("extra, {0}, public")]
    [InlineData("\"$user\", {0}, public, extra")]
    public async Task The_new_version_is_known_with_more_schemas_on_its_path_and_capitals_in_its_name(string path)
    {
        await using var database = await PeopleAsync();
        await database.ExecuteAsync("CREATE SCHEMA extra", Token);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        var migration = "20260101_Add\"Required Name";
        // Two names of which each version sees one, and a column that both see.
        var request = new RolloutRequest([new Migration(migration,
        [
            new AddColumn(People, new ColumnDefinition(new Identifier("greeting"), "text") { IsNullable = false, Default = "'new'" }) { Up = new Expression("'old ' || COALESCE(name, '-')") },
        ])]);
        await engine.ExpandAsync(request, Token);
        var version = HelperNames.VersionSchemaOf(new Identifier("public"), migration).ToString();
        await using var @new = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            SearchPath = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, version),
            Pooling = false,
        });

        // Changes what both see: whose greeting follows from it only the session can tell.
        await using var update = @new.CreateCommand("UPDATE people SET name = 'by new' WHERE id = 2; INSERT INTO people (id, name, greeting) VALUES (1000, 'inserted', 'mine')");
        await update.ExecuteNonQueryAsync(Token);
        await database.ExecuteAsync("UPDATE people SET name = 'by old' WHERE id = 4", Token);
        await engine.ContractAsync(Token);

        Assert.Equal("old n2, old by old, mine", await database.ScalarAsync<string>("SELECT string_agg(greeting, ', ' ORDER BY id) FROM people WHERE id IN (2, 4, 1000)", Token));
    }

    static async Task ContractAsync(FaultProxy proxy)
    {
        await using var dataSource = NpgsqlDataSource.Create(proxy.ConnectionString);
        await new RollEngine(dataSource, new RollOptions()).ContractAsync(Token);
    }

    static async Task<TestDatabase> PeopleAsync()
    {
        var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(
            $"CREATE TABLE people (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text); INSERT INTO people (name) SELECT CASE WHEN n % 2 = 0 THEN 'n' || n END FROM generate_series(1, {Rows}) AS n", Token);
        return database;
    }
}
