using EfRoll.Engine.Operations;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Sessions;
using EfRoll.Shared;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>Applications that name their version's views: these must be there for all tables, in all schemas, for as long as the version runs.</summary>
public sealed class AllViewsTests
{
    const string Setup = """
        CREATE TABLE people (id int PRIMARY KEY, first text NOT NULL, last text NOT NULL);
        CREATE TABLE teams (id int PRIMARY KEY);
        CREATE SCHEMA sales;
        CREATE TABLE sales.orders (id int PRIMARY KEY);
        CREATE SCHEMA others;
        CREATE TABLE others.things (id int PRIMARY KEY);
        INSERT INTO people VALUES (1, 'Ada', 'Lovelace');
        """;

    const string Views = "SELECT schemaname || '.' || viewname FROM pg_views WHERE schemaname ~ '_m[0-9]$' ORDER BY 1";

    static readonly RelationName People = new("people");

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static Identifier Id(string name) => new(name);

    static Migration Adding(int number) => new($"m{number}", [new AddColumn(People, new ColumnDefinition(Id($"c{number}"), "int"))]);

    static RolloutRequest Request(int migrations, ViewPolicy? views) =>
        new(Enumerable.Range(1, migrations).Select(Adding).ToEquatableList()) { Views = views, Schemas = [Id("sales")] };

    [Fact]
    public async Task They_cover_the_schemas_of_the_model_stay_after_complete_and_the_next_rollout_keeps_to_them()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(Setup, Token);
        var engine = new RollEngine(database.DataSource, new RollOptions());

        await engine.ExpandAsync(Request(1, ViewPolicy.All), Token);
        Assert.Equal(["public_m1.people", "public_m1.teams", "sales_m1.orders"], await ViewsAsync(database));
        await engine.ContractAsync(Token);
        Assert.Equal(["public_m1.people", "public_m1.teams", "sales_m1.orders"], await ViewsAsync(database));

        await engine.ExpandAsync(Request(2, null), Token);
        Assert.Equal(6, (await ViewsAsync(database)).Count);
        await engine.RollbackAsync(Token);
        Assert.Equal(["public_m1.people", "public_m1.teams", "sales_m1.orders"], await ViewsAsync(database));

        await engine.ExpandAsync(Request(2, null), Token);
        await engine.ContractAsync(Token);
        Assert.Equal(["public_m2.people", "public_m2.teams", "sales_m2.orders"], await ViewsAsync(database));
        Assert.Equal(0, await database.ScalarAsync<int>("SELECT count(*)::int FROM pg_namespace WHERE nspname LIKE '%\\_m1'", Token));

        await engine.ExpandAsync(Request(3, ViewPolicy.Changed), Token);
        await engine.ContractAsync(Token);
        Assert.Empty(await ViewsAsync(database));
    }

    [Fact]
    public async Task A_version_that_is_complete_gets_them_afterwards()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(Setup, Token);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        await engine.ExpandAsync(Request(1, ViewPolicy.Changed), Token);
        await engine.ContractAsync(Token);
        Assert.Empty(await ViewsAsync(database));

        Assert.Null(await engine.PlanAsync(Request(1, null), Token));
        Assert.Contains("only the views", PlanText.Of((await engine.PlanAsync(Request(1, ViewPolicy.All), Token))!), StringComparison.Ordinal);
        var status = await engine.ExpandAsync(Request(1, ViewPolicy.All), Token);

        Assert.Equal((Phase.Completed, "m1", "m1"), (status!.Phase, status.TargetMigration, status.ViewsOf));
        Assert.Equal(["public_m1.people", "public_m1.teams", "sales_m1.orders"], await ViewsAsync(database));
        Assert.Null(await engine.ExpandAsync(Request(1, ViewPolicy.All), Token));
        Assert.Equal("m1", (await engine.StatusAsync(Token)).CurrentMigration);

        await engine.ExpandAsync(Request(2, null), Token);
        await engine.ContractAsync(Token);
        Assert.Equal(["public_m2.people", "public_m2.teams", "sales_m2.orders"], await ViewsAsync(database));
    }

    [Fact]
    public async Task Stopped_before_they_are_there_it_goes_on_or_back()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(Setup, Token);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        await engine.ExpandAsync(Request(1, ViewPolicy.Changed), Token);
        await engine.ContractAsync(Token);

        await StopAsync(database);
        Assert.Equal(Phase.Expanding, (await engine.StatusAsync(Token)).Open!.Phase);
        await engine.RollbackAsync(Token);
        Assert.Empty(await ViewsAsync(database));

        await StopAsync(database);
        Assert.Equal(Phase.Completed, (await engine.ExpandAsync(Request(1, ViewPolicy.All), Token))!.Phase);
        Assert.Equal(3, (await ViewsAsync(database)).Count);
    }

    [Fact]
    public async Task An_empty_database_gets_them_after_its_script()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        var request = Request(1, ViewPolicy.All) with { FreshScript = Setup + "ALTER TABLE people ADD c1 int" };

        var status = await new RollEngine(database.DataSource, new RollOptions()).ExpandAsync(request, Token);

        Assert.Equal((Phase.Completed, "m1"), (status!.Phase, status.TargetMigration));
        Assert.Equal(["public_m1.people", "public_m1.teams", "sales_m1.orders"], await ViewsAsync(database));
    }

    [Fact]
    public async Task A_session_without_the_path_is_known_by_its_mark()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(Setup, Token);
        var up = new AddColumn(People, new ColumnDefinition(Id("full"), "text") { IsNullable = false }) { Up = new Expression("first || ' ' || last") };
        await new RollEngine(database.DataSource, new RollOptions()).ExpandAsync(new RolloutRequest([new Migration("m1", [up])]) { Views = ViewPolicy.All }, Token);
        await using var named = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            ApplicationName = $"shop efroll:{VersionSchema.MarkOf("m1")}",
        });

        // The new version writes what both see: its own column is its own affair. After the old version's write it follows.
        await using (var command = named.CreateCommand("UPDATE public_m1.people SET first = 'Augusta'"))
            await command.ExecuteNonQueryAsync(Token);
        Assert.Equal("Ada Lovelace", await database.ScalarAsync<string>("SELECT \"full\" FROM public_m1.people", Token));

        await database.ExecuteAsync("UPDATE people SET last = 'King'", Token);
        Assert.Equal("Augusta King", await database.ScalarAsync<string>("SELECT \"full\" FROM public_m1.people", Token));
    }

    // As if killed between the state and the step.
    static async Task StopAsync(TestDatabase database)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var progress = new Reported(report =>
        {
            if (report is StepProgress { State: StepState.Started })
                stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new RollEngine(database.DataSource, new RollOptions(), progress).ExpandAsync(Request(1, ViewPolicy.All), stop.Token));
    }

    static async Task<List<string>> ViewsAsync(TestDatabase database) => [.. (await database.QueryAsync(Views, Token)).Select(row => (string)row[0]!)];
}
