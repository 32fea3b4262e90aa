using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class RenameIndexTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Index_is_renamed_at_contract() => new OperationLife
    {
        Setup = $"{Setup} CREATE INDEX {QuotesSql} ON {TableSql} ({QuotesSql});",
        Operations = [new RenameIndex(new RelationName(Quotes), new Identifier(Longest))],
        Ef = migration => migration.RenameIndex(Quotes, Longest, Table),
    }.RunAsync();
}
