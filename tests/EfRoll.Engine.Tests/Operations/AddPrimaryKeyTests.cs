using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class AddPrimaryKeyTests
{
    [Fact]
    public Task Table_gets_a_primary_key() => new OperationLife
    {
        Setup = "CREATE TABLE \"T\" (\"Id\" int NOT NULL, a text); INSERT INTO \"T\" VALUES (1, 'x'), (2, 'y');",
        Operations = [new AddPrimaryKey(new RelationName("T"), new KeyDefinition(new Identifier(Longest), [new Identifier("Id")]))],
        Ef = migration => migration.AddPrimaryKey(Longest, "T", "Id"),
        WhileBothRun = (oldVersion, _) => oldVersion.FailsAsync("INSERT INTO \"T\" VALUES (1, 'z')", "23505"),
    }.RunAsync();

    // PostgreSQL would make the column required, and read the whole table for it under the lock.
    [Fact]
    public async Task Column_that_takes_null_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync("CREATE TABLE t (id int)", TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("1_a", [new AddPrimaryKey(new RelationName("t"), new KeyDefinition(null, [new Identifier("id")]))])]);

        var refusal = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.PrimaryKeyColumnTakesNull, refusal.Code);
    }
}
