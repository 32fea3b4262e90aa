using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
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
}
