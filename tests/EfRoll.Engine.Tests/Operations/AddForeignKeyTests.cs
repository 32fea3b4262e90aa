using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class AddForeignKeyTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Foreign_key_binds_both_versions() => new OperationLife
    {
        Setup = $"{Setup} CREATE TABLE \"Ch ild\" (id int PRIMARY KEY, \"Thing\" int); INSERT INTO \"Ch ild\" VALUES (1, 1), (2, NULL);",
        Operations = [new AddForeignKey(new RelationName("Ch ild"), new ForeignKeyDefinition(new Identifier(Longest), [new Identifier("Thing")], ThingTable, [new Identifier("id")]) { OnDelete = "SET NULL" })],
        Ef = migration => migration.AddForeignKey(Longest, "Ch ild", "Thing", Table, principalColumn: "id", onDelete: Microsoft.EntityFrameworkCore.Migrations.ReferentialAction.SetNull),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.FailsAsync("INSERT INTO \"Ch ild\" VALUES (3, 99)", "23503");
            await newVersion.FailsAsync("INSERT INTO \"Ch ild\" VALUES (3, 99)", "23503");
        },
    }.RunAsync();

    [Fact]
    public async Task Rows_that_violate_it_are_counted_before_anything_is_touched()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync($"{Setup} CREATE TABLE child (id int PRIMARY KEY, thing int); INSERT INTO child SELECT i, 100 FROM generate_series(1, 7) AS i;", token);
        var before = await SchemaDump.ReadAsync(database, token);
        var request = new RolloutRequest([new Migration("m", [new AddForeignKey(new RelationName("child"), new ForeignKeyDefinition(null, [new Identifier("thing")], ThingTable, []))])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).ExpandAsync(request, token));
        Assert.Contains("7", exception.Message, StringComparison.Ordinal);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, token), "after the refusal");
        Assert.Null((await new RollEngine(database.DataSource, new RollOptions()).StatusAsync(token)).Open);
    }
}
