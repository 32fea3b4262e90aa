using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.State;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests;

/// <summary>What was applied stays what it was: migrations that do something else by now are refused, and so are those that come too late.</summary>
public sealed class EditedMigrationTests
{
    static readonly Migration Create = new("1_Create", [new CreateTable(new RelationName("notes"), [new ColumnDefinition(new Identifier("id"), "integer")])]);
    static readonly Migration Fill = new("2_Fill", [new RunSql("INSERT INTO notes VALUES (1)") { Down = "DELETE FROM notes", Source = new SourceLocation("2_Fill", "fill.yaml", 3) }]);
    static readonly Migration Refilled = Fill with { Operations = [new RunSql("INSERT INTO notes VALUES (2)") { Down = "DELETE FROM notes", Source = new SourceLocation("2_Fill", "fill.yaml", 4) }] };
    static readonly Migration Next = new("3_Next", [new AddColumn(new RelationName("notes"), new ColumnDefinition(new Identifier("text"), "text"))]);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_edited_migration_is_refused_by_name_until_it_is_accepted()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        var engine = await AppliedAsync(database, Create, Fill);

        foreach (var request in (RolloutRequest[])[new([Create, Refilled]), new([Create, Refilled, Next])])
        {
            var error = await Assert.ThrowsAsync<EfRollException>(() => engine.PlanAsync(request, Cancelled));
            Assert.Equal(ErrorCode.MigrationEdited, error.Code);
            Assert.Equal(new SourceLocation("2_Fill", "fill.yaml", 4), error.Location);
            Assert.StartsWith($"2_Fill was applied on {DateTime.UtcNow.Year}-", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("1_Create", error.Message, StringComparison.Ordinal);
            Assert.Equal(ErrorCode.MigrationEdited, await CodeOfAsync(() => engine.ExpandAsync(request, Cancelled)));
        }

        // Planning with the word of the user changes nothing; starting does.
        var accepting = new RolloutRequest([Create, Refilled, Next]) { AcceptedEdits = ["2_fill"] };
        Assert.NotNull(await engine.PlanAsync(accepting, Cancelled));
        Assert.Equal(ErrorCode.MigrationEdited, await CodeOfAsync(() => engine.PlanAsync(accepting with { AcceptedEdits = ["1_Create"] }, Cancelled)));
        Assert.Equal(Phase.Expanded, (await engine.ExpandAsync(accepting, Cancelled))?.Phase);
        await engine.ContractAsync(Cancelled);

        Assert.Null(await engine.PlanAsync(accepting with { AcceptedEdits = [] }, Cancelled));
        Assert.Equal(ErrorCode.MigrationEdited, await CodeOfAsync(() => engine.PlanAsync(new RolloutRequest([Create, Fill, Next]), Cancelled)));
    }

    [Fact]
    public async Task What_only_looks_different_goes_through()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        var engine = await AppliedAsync(database, Create, Fill);
        var laidOut = Fill with { Operations = [new RunSql("-- The first one.\ninsert into notes\nvalues (1);") { Down = "delete from notes", Source = new SourceLocation("2_Fill", "moved.yaml", 77) }] };

        Assert.Null(await engine.ExpandAsync(new RolloutRequest([Create, laidOut]), Cancelled));
    }

    [Fact]
    public async Task What_was_not_translated_or_not_applied_here_is_not_compared()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        var engine = await AppliedAsync(database, Create, Fill);

        Assert.Null(await engine.PlanAsync(new RolloutRequest([Create, new Migration("2_Fill", []) { IsOutline = true }]), Cancelled));

        // Rolled back: it may be corrected and started again.
        await engine.ExpandAsync(new RolloutRequest([Create, Fill, Next]), Cancelled);
        await engine.RollbackAsync(Cancelled);
        var corrected = Next with { Operations = [new AddColumn(new RelationName("notes"), new ColumnDefinition(new Identifier("body"), "text"))] };
        Assert.Equal(Phase.Expanded, (await engine.ExpandAsync(new RolloutRequest([Create, Fill, corrected]), Cancelled))?.Phase);
    }

    [Fact]
    public async Task Another_context_may_have_a_migration_of_the_same_name()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync("CREATE TABLE \"Other\" (id text PRIMARY KEY); INSERT INTO \"Other\" VALUES ('2_Fill')", Cancelled);
        var engine = await AppliedAsync(database, Create, Fill);

        var other = new RolloutRequest([Refilled])
        {
            History = new MigrationHistory(new RelationName("Other"), new Identifier("id"), $"SELECT 1", new Dictionary<string, SqlText>(), new Dictionary<string, SqlText>()),
        };

        Assert.Null(await engine.PlanAsync(other, Cancelled));
    }

    [Fact]
    public async Task A_resumed_rollout_says_which_migration_has_changed()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        var engine = await AppliedAsync(database, Create);
        await engine.ExpandAsync(new RolloutRequest([Create, Fill, Next]), Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(() => engine.ExpandAsync(new RolloutRequest([Create, Refilled, Next]), Cancelled));

        Assert.Equal(ErrorCode.OpenRolloutChanged, error.Code);
        Assert.Contains("but 2_Fill has changed", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, error.Location?.Line);
    }

    [Fact]
    public async Task State_of_the_first_version_is_brought_up_to_date_and_then_compares_what_it_applies()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        var engine = await AppliedAsync(database, Create);
        await database.ExecuteAsync(
            """
            ALTER TABLE efroll.rollouts DROP COLUMN checksums, DROP COLUMN history_table, ADD COLUMN checksum text NOT NULL DEFAULT 'of all';
            ALTER TABLE efroll.steps DROP COLUMN tables_before;
            UPDATE efroll.meta SET version = 1
            """, Cancelled);
        var edited = Create with { Operations = [.. Create.Operations, new CommentTable(new RelationName("notes"), "Edited.")] };

        // What only looks leaves the state as it is.
        Assert.Equal(ErrorCode.StateIsOlder, await CodeOfAsync(() => engine.PlanAsync(new RolloutRequest([edited, Fill]), Cancelled)));
        Assert.Equal(ErrorCode.StateIsOlder, await CodeOfAsync(() => engine.StatusAsync(Cancelled)));
        Assert.Equal(1, await database.ScalarAsync<int>("SELECT version FROM efroll.meta", Cancelled));
        await engine.ExpandAsync(new RolloutRequest([edited, Fill]), Cancelled);
        await engine.ContractAsync(Cancelled);

        Assert.Equal(StateStore.AllUpgrades[^1].Version, await database.ScalarAsync<int>("SELECT version FROM efroll.meta", Cancelled));
        Assert.Equal(ErrorCode.MigrationEdited, await CodeOfAsync(() => engine.ExpandAsync(new RolloutRequest([edited, Refilled]), Cancelled)));
    }

    [Fact]
    public async Task A_migration_that_comes_too_late_is_refused_and_one_that_another_follows_is_not()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        var engine = await AppliedAsync(database, Create, Next);

        var error = await Assert.ThrowsAsync<EfRollException>(() => engine.ExpandAsync(new RolloutRequest([Create, Fill, Next]), Cancelled));

        Assert.Equal((ErrorCode.MigrationsOutOfOrder, 3), (error.Code, error.Location?.Line));
        Assert.StartsWith("2_Fill sorts before 3_Next, which the database has", error.Message, StringComparison.Ordinal);

        var last = new Migration("4_Last", [new DropColumn(new RelationName("notes"), new Identifier("text"))]);
        var plan = await engine.PlanAsync(new RolloutRequest([Create, Fill, Next, last]), Cancelled);
        Assert.Equal(["2_Fill", "4_Last"], plan!.Migrations);
        Assert.Contains("2_Fill sorts before 3_Next, which the database has, and will be applied after it, as EF Core does.", plan.Notes);
    }

    static async Task<ErrorCode> CodeOfAsync(Func<Task> act) => (await Assert.ThrowsAsync<EfRollException>(act)).Code;

    static async Task<RollEngine> AppliedAsync(TestDatabase database, params IReadOnlyList<Migration> migrations)
    {
        var engine = new RollEngine(database.DataSource, new RollOptions());
        await engine.ExpandAsync(new RolloutRequest([.. migrations]), Cancelled);
        await engine.ContractAsync(Cancelled);
        return engine;
    }
}
