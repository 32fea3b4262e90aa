using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class CommentTableTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Comment_changes_at_contract() => new OperationLife
    {
        Setup = Setup,
        Operations = [new CommentTable(ThingTable, "it's \\ \"said\"")],
        Ef = migration => migration.AlterTable(Table, comment: "it's \\ \"said\""),
    }.RunAsync();
}
