using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class AddColumnTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Nullable_column_costs_no_view() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AddColumn(ThingTable, new ColumnDefinition(new Identifier("Note \"x\""), "text") { Comment = "it's" })],
        Ef = migration => migration.AddColumn<string>("Note \"x\"", Table, "text", nullable: true, comment: "it's"),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            Assert.Equal(0, await newVersion.ScalarAsync<long>("SELECT count(*) FROM pg_views WHERE schemaname LIKE 'public\\_%'"));
            await newVersion.ExecuteAsync($"INSERT INTO {TableSql} ({LongestSql}, \"Note \"\"x\"\"\") VALUES ('n', 'note')");
            await oldVersion.ExecuteAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('o')");
            await newVersion.ReadsAsync($"SELECT \"Note \"\"x\"\"\" FROM {TableSql} WHERE {LongestSql} = 'o'", [null]);
        },
    }.RunAsync();

    [Fact]
    public Task Constant_default_is_there_for_old_rows() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AddColumn(ThingTable, new ColumnDefinition(new Identifier("order"), "integer") { IsNullable = false, Default = "5" })],
        Ef = migration => migration.AddColumn<int>("order", Table, "integer", nullable: false, defaultValue: 5),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync($"SELECT \"order\" FROM {TableSql} WHERE id = 1", 5);
            await oldVersion.ExecuteAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('o')");
            await newVersion.ReadsAsync($"SELECT \"order\" FROM {TableSql} WHERE {LongestSql} = 'o'", 5);
        },
    }.RunAsync();

    [Fact]
    public Task Up_fills_old_rows_and_follows_the_old_version() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new AddColumn(ThingTable, new ColumnDefinition(new Identifier("Shouted"), "text") { IsNullable = false, Default = "''" })
            {
                Up = new Expression($"upper({LongestSql}) || COALESCE({QuotesSql}, '-')"),
            },
        ],
        Ef = migration => migration.AddColumn<string>("Shouted", Table, "text", nullable: false, defaultValue: ""),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync($"SELECT \"Shouted\" FROM {TableSql} WHERE id = 1", "ONEfirst");
            await newVersion.ReadsAsync($"SELECT \"Shouted\" FROM {TableSql} WHERE id = 2", "TWO-");
            await oldVersion.ExecuteAsync($"UPDATE {TableSql} SET {LongestSql} = 'uno' WHERE id = 1");
            await newVersion.ReadsAsync($"SELECT \"Shouted\" FROM {TableSql} WHERE id = 1", "UNOfirst");

            // The new version knows what it does: its own value stays, though it changed what the old version's would follow from.
            await newVersion.ExecuteAsync($"UPDATE {TableSql} SET {LongestSql} = 'eins' WHERE id = 1");
            await newVersion.ReadsAsync($"SELECT \"Shouted\" FROM {TableSql} WHERE id = 1", "UNOfirst");
            await newVersion.ExecuteAsync($"UPDATE {TableSql} SET {LongestSql} = 'zwei', \"Shouted\" = 'own' WHERE id = 2");
            await newVersion.ReadsAsync($"SELECT \"Shouted\" FROM {TableSql} WHERE id = 2", "own");
            await newVersion.ExecuteAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('n')");
            await newVersion.ReadsAsync($"SELECT \"Shouted\" FROM {TableSql} WHERE {LongestSql} = 'n'", "");
            await oldVersion.ExecuteAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('o')");
            await newVersion.ReadsAsync($"SELECT \"Shouted\" FROM {TableSql} WHERE {LongestSql} = 'o'", "O-");
        },
    }.RunAsync();

    [Fact]
    public Task Volatile_default_gives_every_row_its_own_value() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AddColumn(ThingTable, new ColumnDefinition(new Identifier("Token"), "uuid") { IsNullable = false, Default = "gen_random_uuid()" })],
        Ef = migration => migration.AddColumn<Guid>("Token", Table, "uuid", nullable: false, defaultValueSql: "gen_random_uuid()"),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('o')");
            await newVersion.ExecuteAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('n')");
            await newVersion.ReadsAsync($"SELECT count(*) - count(DISTINCT \"Token\"), count(*) - count(\"Token\") FROM {TableSql}", 0L, 0L);
        },
    }.RunAsync();
}
