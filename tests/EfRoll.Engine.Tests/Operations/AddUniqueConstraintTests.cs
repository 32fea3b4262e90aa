using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class AddUniqueConstraintTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Columns_become_unique_for_both() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AddUniqueConstraint(ThingTable, new KeyDefinition(new Identifier(Quotes), [new Identifier(Longest), new Identifier(Quotes)]))],
        Ef = migration => migration.AddUniqueConstraint(Quotes, Table, [Longest, Quotes]),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.FailsAsync($"INSERT INTO {TableSql} ({QuotesSql}, {LongestSql}) VALUES ('first', 'one')", "23505");
            await newVersion.FailsAsync($"INSERT INTO {TableSql} ({QuotesSql}, {LongestSql}) VALUES ('first', 'one')", "23505");
        },
    }.RunAsync();
}
