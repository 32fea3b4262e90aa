using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Operations;

public sealed class AlterTableTests
{
    const string Table = "Ta\"ble";

    [Fact]
    public Task Storage_parameters_are_set_and_taken_away() => new OperationLife
    {
        Setup = "CREATE TABLE \"Ta\"\"ble\" (a text) WITH (fillfactor = 80, autovacuum_enabled = false); CREATE TABLE u (a text);",
        Operations =
        [
            new AlterTable(new RelationName(Table)) { StorageParameters = [new("fillfactor", "70"), new("autovacuum_enabled", null), new("toast.autovacuum_enabled", "false")] },
            new CreateTable(new RelationName("v"), [new ColumnDefinition(new Identifier("id"), "integer") { IsNullable = false }])
            {
                StorageParameters = [new("fillfactor", "60"), new("user_catalog_table", "true")],
                PrimaryKey = new KeyDefinition(new Identifier("PK v"), [new Identifier("id")]) { StorageParameters = [new(new Identifier("fillfactor"), "50")] },
            },
        ],
        Ef = migration =>
        {
            migration.AlterTable(Table)
                .Annotation("Npgsql:StorageParameter:fillfactor", 70).Annotation("Npgsql:StorageParameter:toast.autovacuum_enabled", false)
                .OldAnnotation("Npgsql:StorageParameter:fillfactor", 80).OldAnnotation("Npgsql:StorageParameter:autovacuum_enabled", false);
            migration.CreateTable("v", table => new { id = table.Column<int>("integer", nullable: false) },
                    constraints: table => table.PrimaryKey("PK v", row => row.id).Annotation("Npgsql:StorageParameter:fillfactor", 50))
                .Annotation("Npgsql:StorageParameter:fillfactor", 60).Annotation("Npgsql:StorageParameter:user_catalog_table", true);
        },
    }.RunAsync();

    [Fact]
    public Task Tables_are_switched_between_logged_and_unlogged() => new OperationLife
    {
        Setup = "CREATE TABLE \"Ta\"\"ble\" (a int PRIMARY KEY); CREATE UNLOGGED TABLE u (a int); INSERT INTO u VALUES (1);",
        Operations =
        [
            new AlterTable(new RelationName(Table)) { IsUnlogged = true },
            new AlterTable(new RelationName("u")) { IsUnlogged = false, IsInPlace = true },
            new CreateTable(new RelationName("v"), [new ColumnDefinition(new Identifier("a"), "integer")]) { IsUnlogged = true },
        ],
        Ef = migration =>
        {
            migration.AlterTable(Table).Annotation("Npgsql:UnloggedTable", true);
            migration.AlterTable("u").OldAnnotation("Npgsql:UnloggedTable", true);
            migration.CreateTable("v", table => new { a = table.Column<int>("integer", nullable: true) }).Annotation("Npgsql:UnloggedTable", true);
        },
    }.RunAsync();

    [Fact]
    public async Task What_a_logged_table_refers_to_stays_logged()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync("CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int REFERENCES t)", TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("1_a", [new AlterTable(new RelationName("t")) { IsUnlogged = true }])]);

        var refusal = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.LoggedRefersToUnlogged, refusal.Code);
    }
}
