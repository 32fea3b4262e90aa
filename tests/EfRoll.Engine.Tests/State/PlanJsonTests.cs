using EfRoll.Engine.Planning;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using EfRoll.Engine.Tests.Sessions;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.State;

public sealed class PlanJsonTests
{
    static readonly QualifiedName Table = new("public", "we\"ird");

    static readonly Plan Everything = new()
    {
        BaseMigration = "1_a",
        Migrations = ["2_b", "3_c"],
        VersionSchemas = [new(new Identifier("public"), new Identifier("public_3_c"))],
        Expand =
        [
            new TransactionStep("t", "Change", [new(Table, LockMode.ShareRowExclusive)], [$"ALTER TABLE {Table} ADD COLUMN a text"])
            {
                Undo = [$"ALTER TABLE {Table} DROP COLUMN a"],
                UndoLocks = [new(Table, LockMode.AccessExclusive)],
                Hazards = ["none"],
            },
            new CreateIndexConcurrently("c", "Index", Table, new Identifier("i"), true, $"USING btree (a)"),
            new DropIndexConcurrently("d", "Drop", new QualifiedName("public", "i")),
            new ValidateConstraint("v", "Validate", Table, new Identifier("c")),
            new CountViolations("n", "Count", $"SELECT '1' AS key", "too few"),
            new BackfillTable("b", "Backfill", Table, new Identifier("_efroll_origin"), [new(new Identifier("a"), $"t.b")]) { EstimatedRows = 7, Key = [new("id")] },
            new RunOutsideTransaction("r", "Run", $"VACUUM"),
        ],
        Contract = [],
        Notes = ["Mind the gap."],
    };

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_comes_back_from_the_database_as_it_was()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await using var work = await Work.BeginAsync(database, Cancelled);
        await work.Store.MoveAsync(work.Rollout, Phase.RolledBack, Cancelled);

        var stored = await work.Store.AddAsync(Everything, [], Phase.Expanding, null, Cancelled);

        Assert.Equal(Everything, stored.Plan);
        Assert.Equal(["public_3_c"], stored.VersionSchemas);
    }
}
