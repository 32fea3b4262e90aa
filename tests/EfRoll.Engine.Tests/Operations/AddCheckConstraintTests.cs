using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class AddCheckConstraintTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Check_binds_both_versions_by_their_names() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new RenameColumn(ThingTable, new Identifier(Quotes), new Identifier("id2")),
            new AddCheckConstraint(ThingTable, new CheckDefinition(new Identifier(Longest), new Expression("\"id2\" <> 'id2' AND id > 0"))),
        ],
        Sql = $"ALTER TABLE {TableSql} RENAME COLUMN {QuotesSql} TO id2; ALTER TABLE {TableSql} ADD CONSTRAINT {LongestSql} CHECK (id2 <> 'id2' AND id > 0)",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.FailsAsync($"UPDATE {TableSql} SET {QuotesSql} = 'id2'", "23514");
            await newVersion.FailsAsync($"UPDATE {TableSql} SET id2 = 'id2'", "23514");
        },
    }.RunAsync();
}
