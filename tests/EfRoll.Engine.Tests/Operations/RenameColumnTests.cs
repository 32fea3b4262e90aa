using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class RenameColumnTests
{
    [Fact]
    public Task Each_version_uses_its_own_name() => new OperationLife
    {
        Setup = $"{Setup} CREATE INDEX ON {TableSql} ({QuotesSql});",
        Operations = [new RenameColumn(new RelationName(Table), new Identifier(Quotes), new Identifier("from"))],
        Ef = migration => migration.RenameColumn(Quotes, Table, "from"),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync($"UPDATE {TableSql} SET \"from\" = 'renamed' WHERE id = 1");
            await oldVersion.ReadsAsync($"SELECT {QuotesSql} FROM {TableSql} WHERE id = 1", "renamed");
            await oldVersion.ExecuteAsync($"INSERT INTO {TableSql} ({QuotesSql}, {LongestSql}) VALUES ('x', 'o')");
            await newVersion.ReadsAsync($"SELECT \"from\" FROM {TableSql} WHERE {LongestSql} = 'o'", "x");
            await newVersion.ReadsAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('n') RETURNING id > 0, xmin::text <> '0'", true, true);
        },
        AfterComplete = newVersion => newVersion.ReadsAsync($"SELECT \"from\" FROM {TableSql} WHERE id = 1", "renamed"),
    }.RunAsync();

    [Fact]
    public Task Two_columns_exchange_their_names() => new OperationLife
    {
        Setup = "CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'one');",
        Operations =
        [
            new RenameColumn(new RelationName("t"), new Identifier("a"), new Identifier("c")),
            new RenameColumn(new RelationName("t"), new Identifier("b"), new Identifier("a")),
            new RenameColumn(new RelationName("t"), new Identifier("c"), new Identifier("b")),
        ],
        Ef = migration =>
        {
            migration.RenameColumn("a", "t", "c");
            migration.RenameColumn("b", "t", "a");
            migration.RenameColumn("c", "t", "b");
        },
        WhileBothRun = (_, newVersion) => newVersion.ReadsAsync("SELECT a, b FROM t", "one", 1),
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT a, b FROM t", "one", 1),
    }.RunAsync();
}
