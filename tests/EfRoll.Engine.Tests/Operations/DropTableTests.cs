using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class DropTableTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Old_version_keeps_the_table() => new OperationLife
    {
        Setup = $"{Setup} CREATE TABLE child (id int REFERENCES {TableSql} (id)); CREATE TABLE other (id int);",
        Operations = [new DropTable(new RelationName("child")), new DropTable(ThingTable)],
        Ef = migration =>
        {
            migration.DropTable("child");
            migration.DropTable(Table);
        },
        WhileBothRun = (oldVersion, _) => oldVersion.ExecuteAsync("INSERT INTO child VALUES (1)"),
    }.RunAsync();

    [Theory]
    [InlineData("CREATE TABLE child (thing int REFERENCES things)", ErrorCode.TableIsReferenced)]
    [InlineData("CREATE VIEW seen AS SELECT id FROM things", ErrorCode.TableHasDependents)]
    public async Task Table_that_something_needs_is_refused(string sql, ErrorCode code)
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync($"CREATE TABLE things (id int PRIMARY KEY); {sql}", TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("1_a", [new DropTable(new RelationName("things"))])]);

        var refusal = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(code, refusal.Code);
    }
}
