using EfRoll.Engine;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;

namespace EfRoll.Rehearsal.Tests;

/// <summary>A rollback keeps wider types and labels; whatever else it leaves behind is a difference.</summary>
public class KeptAfterRollbackTests
{
    static readonly EquatableList<string> Labels = ["new", "old"];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_what_the_plan_says_is_kept_is_no_difference()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(
            """
            CREATE TYPE state AS ENUM ('new');
            CREATE TABLE notes ("a ""quoted"".name" varchar(20) CONSTRAINT short CHECK (length("a ""quoted"".name") < 9), state state);
            CREATE VIEW read AS SELECT lower("a ""quoted"".name") AS name FROM notes;
            """, Token);
        var before = await Snapshot.ReadAsync(database, Token);
        var request = new RolloutRequest(new[]
        {
            new Migration("20240101000000_Wider",
            [
                new AlterColumn(new RelationName("notes"), new Identifier("a \"quoted\".name")) { Type = "text" },
                new AlterEnumType(new RelationName("state"), Labels),
            ]),
        }.ToEquatableList());
        var engine = new RollEngine(database.DataSource, new RollOptions { BaseSchema = "public" });

        await using var kept = await KeptAfterRollback.OfAsync((await engine.PlanAsync(request, Token))!, database, Token);
        await engine.ExpandAsync(request, Token);
        await engine.RollbackAsync(Token);
        var after = await Snapshot.ReadAsync(database, Token);

        Assert.NotNull(before.SchemaDifference(after));
        Assert.Null(await kept.DifferenceAsync(before, after, Token));
        await database.ExecuteAsync("ALTER TABLE notes DROP CONSTRAINT short", Token);
        Assert.Contains("short", await kept.DifferenceAsync(before, await Snapshot.ReadAsync(database, Token), Token));
    }
}
