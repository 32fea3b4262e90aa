using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class DropIndexTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Old_version_keeps_the_index() => new OperationLife
    {
        Setup = $"{Setup} CREATE INDEX {LongestSql} ON {TableSql} ({QuotesSql});",
        Operations = [new DropIndex(new RelationName(Longest))],
        Ef = migration => migration.DropIndex(Longest, Table),
        WhileBothRun = (oldVersion, _) => oldVersion.ReadsAsync($"SELECT count(*) FROM pg_indexes WHERE indexname = '{Longest}'", 1L),
    }.RunAsync();

    [Fact]
    public Task Another_index_may_take_its_name() => new OperationLife
    {
        Setup = $"{Setup} CREATE INDEX \"IX\" ON {TableSql} ({QuotesSql});",
        Operations = [new DropIndex(new RelationName("IX")), new CreateIndex(ThingTable, new Identifier("IX"), [IndexKey.On(new Identifier(Keyword))])],
        Ef = migration =>
        {
            migration.DropIndex("IX", Table);
            migration.CreateIndex("IX", Table, Keyword);
        },
    }.RunAsync();
}
