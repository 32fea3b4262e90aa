using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class DropColumnTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Old_version_keeps_a_nullable_column() => new OperationLife
    {
        Setup = Setup,
        Operations = [new DropColumn(ThingTable, new Identifier(Quotes))],
        Ef = migration => migration.DropColumn(Quotes, Table),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ReadsAsync($"SELECT {QuotesSql} FROM {TableSql} WHERE id = 1", "first");
            await newVersion.FailsAsync($"SELECT {QuotesSql} FROM {TableSql}", "42703");
            await newVersion.ExecuteAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('by new')");
            await oldVersion.ReadsAsync($"SELECT {QuotesSql} FROM {TableSql} WHERE {LongestSql} = 'by new'", [null]);
        },
        AfterComplete = newVersion => newVersion.ReadsAsync($"SELECT {LongestSql} FROM {TableSql} WHERE id = 1", "one"),
    }.RunAsync();

    [Fact]
    public Task Down_fills_a_required_column_and_follows_its_inputs() => new OperationLife
    {
        Setup = Setup,
        Operations = [new DropColumn(ThingTable, new Identifier(Longest)) { Down = new Expression($"upper({QuotesSql})") }],
        Ef = migration => migration.DropColumn(Longest, Table),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync($"INSERT INTO {TableSql} ({QuotesSql}) VALUES ('new row')");
            await oldVersion.ReadsAsync($"SELECT {LongestSql} FROM {TableSql} WHERE {QuotesSql} = 'new row'", "NEW ROW");
            await newVersion.ExecuteAsync($"UPDATE {TableSql} SET {QuotesSql} = 'changed' WHERE id = 1");
            await oldVersion.ReadsAsync($"SELECT {LongestSql} FROM {TableSql} WHERE id = 1", "CHANGED");
            await newVersion.ExecuteAsync($"UPDATE {TableSql} SET \"{Keyword}\" = 8 WHERE id = 2");
            await oldVersion.ReadsAsync($"SELECT {LongestSql} FROM {TableSql} WHERE id = 2", "two");
            await oldVersion.ExecuteAsync($"UPDATE {TableSql} SET {LongestSql} = 'mine' WHERE id = 1");
            await oldVersion.ReadsAsync($"SELECT {LongestSql}, {QuotesSql} FROM {TableSql} WHERE id = 1", "mine", "changed");
        },
    }.RunAsync();

    [Fact]
    public Task Indexes_and_constraints_go_with_the_column() => new OperationLife
    {
        Setup = $"""
            {Setup}
            CREATE INDEX "IX both" ON {TableSql} ("{Keyword}", {QuotesSql});
            ALTER TABLE {TableSql} ADD CONSTRAINT "CK one" CHECK ("{Keyword}" > 0), ADD CONSTRAINT "UQ" UNIQUE ("{Keyword}", id);
            """,
        Operations = [new DropColumn(ThingTable, new Identifier(Keyword))],
        Ef = migration => migration.DropColumn(Keyword, Table),
        WhileBothRun = (_, newVersion) => newVersion.ExecuteAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('default 7')"),
    }.RunAsync();
}
