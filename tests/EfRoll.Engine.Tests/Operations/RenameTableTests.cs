using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class RenameTableTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Each_version_uses_its_own_name() => new OperationLife
    {
        Setup = Setup,
        Operations = [new RenameTable(ThingTable, new RelationName("order"))],
        Ef = migration => migration.RenameTable(Table, newName: "order"),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync($"INSERT INTO \"order\" ({LongestSql}) VALUES ('n')");
            await oldVersion.ReadsAsync($"SELECT count(*) FROM {TableSql} WHERE {LongestSql} = 'n'", 1L);
            await oldVersion.ExecuteAsync($"DELETE FROM {TableSql} WHERE {LongestSql} = 'n'");
            await newVersion.ReadsAsync($"SELECT count(*) FROM \"order\" WHERE {LongestSql} = 'n'", 0L);
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT count(*) FROM \"order\"", 2L),
    }.RunAsync();

    [Fact]
    public Task Table_moves_to_another_schema() => new OperationLife
    {
        Setup = $"{Setup} CREATE SCHEMA \"Other\";",
        Operations = [new RenameTable(ThingTable, new RelationName("Other", Longest))],
        Sql = $"ALTER TABLE {TableSql} RENAME TO {LongestSql}; ALTER TABLE {LongestSql} SET SCHEMA \"Other\"",
    }.RunAsync();

    [Fact]
    public Task Keys_dropped_and_added_around_a_rename_are_renamed() => new OperationLife
    {
        Setup = $"{Setup} CREATE TABLE child (id int PRIMARY KEY, thing int, CONSTRAINT \"FK old\" FOREIGN KEY (thing) REFERENCES {TableSql} (id)); CREATE INDEX \"IX old\" ON child (thing);",
        Operations =
        [
            new DropConstraint(new RelationName("child"), new Identifier("FK old")),
            new DropConstraint(ThingTable, new Identifier($"PK_{Longest}")),
            new RenameTable(ThingTable, new RelationName("Things")),
            new RenameColumn(new RelationName("child"), new Identifier("thing"), new Identifier("things")),
            new RenameIndex(new RelationName("IX old"), new Identifier("IX new")),
            new AddPrimaryKey(new RelationName("Things"), new KeyDefinition(new Identifier("PK_Things"), [new Identifier("id")])),
            new AddForeignKey(new RelationName("child"), new ForeignKeyDefinition(new Identifier("FK new"), [new Identifier("things")], new RelationName("Things"), [new Identifier("id")])),
        ],
        Ef = migration =>
        {
            migration.DropForeignKey("FK old", "child");
            migration.DropPrimaryKey($"PK_{Longest}", Table);
            migration.RenameTable(Table, newName: "Things");
            migration.RenameColumn("thing", "child", "things");
            migration.RenameIndex("IX old", "IX new", "child");
            migration.AddPrimaryKey("PK_Things", "Things", "id");
            migration.AddForeignKey("FK new", "child", "things", "Things", principalColumn: "id");
        },
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync("INSERT INTO child (id, things) VALUES (1, 1)");
            await oldVersion.ExecuteAsync("UPDATE child SET thing = 2");
            await newVersion.ReadsAsync("SELECT things FROM child", 2);
            await oldVersion.ExecuteAsync("DELETE FROM child");
        },
    }.RunAsync();

    [Fact]
    public async Task Rename_of_keys_builds_no_index_and_scans_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync(Setup, TestContext.Current.CancellationToken);
        var plan = await new RollEngine(database.DataSource, new RollOptions()).PlanAsync(new RolloutRequest([new Migration("m",
        [
            new DropConstraint(ThingTable, new Identifier($"PK_{Longest}")),
            new RenameTable(ThingTable, new RelationName("Things")),
            new AddPrimaryKey(new RelationName("Things"), new KeyDefinition(new Identifier("PK_Things"), [new Identifier("id")])),
        ])]), TestContext.Current.CancellationToken);
        Assert.All(plan!.Expand, step => Assert.IsType<TransactionStep>(step));
    }
}
