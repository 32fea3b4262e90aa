using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
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
}
