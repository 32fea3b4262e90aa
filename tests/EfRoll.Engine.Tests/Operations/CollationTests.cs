using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Operations;

/// <summary>Collations and compression of columns.</summary>
public sealed class CollationTests
{
    static readonly RelationName Table = new("t");
    static readonly Identifier Column = new("Na\"me");

    const string Setup = """
        CREATE COLLATION "Ci" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        CREATE TABLE t (id int PRIMARY KEY, "Na""me" varchar(20) NOT NULL, note text COLLATE "C");
        CREATE UNIQUE INDEX "IX name" ON t ("Na""me" varchar_pattern_ops DESC) WHERE id > 0;
        CREATE INDEX "IX c" ON t ("Na""me" COLLATE "POSIX");
        INSERT INTO t VALUES (1, 'abc', 'x'), (2, 'B', 'y');
        """;

    [Fact]
    public Task Each_version_compares_in_its_own_way() => new OperationLife
    {
        Setup = Setup.Replace(" varchar_pattern_ops", "", StringComparison.Ordinal),
        Operations = [new AlterColumn(Table, Column) { Collation = new RelationName("Ci") }],
        Ef = migration => migration.AlterColumn<string>("Na\"me", "t", "character varying(20)", nullable: false, collation: "Ci", oldClrType: typeof(string), oldType: "character varying(20)"),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ReadsAsync("SELECT count(*) FROM t WHERE \"Na\"\"me\" = 'ABC'", 0L);
            await newVersion.ReadsAsync("SELECT count(*) FROM t WHERE \"Na\"\"me\" = 'ABC'", 1L);
            await newVersion.FailsAsync("INSERT INTO t VALUES (3, 'ABC')", "23505");
            await newVersion.ExecuteAsync("UPDATE t SET \"Na\"\"me\" = 'ABC' WHERE id = 1");
            await oldVersion.ReadsAsync("SELECT \"Na\"\"me\" FROM t WHERE id = 1", "ABC");
        },
    }.RunAsync();

    [Fact]
    public Task A_wider_type_keeps_the_collation() => new OperationLife
    {
        Setup = "CREATE TABLE t (id int PRIMARY KEY, name varchar(20) COLLATE \"C\" NOT NULL); CREATE INDEX ix ON t (name);",
        Operations = [new AlterColumn(Table, new Identifier("name")) { Type = "character varying(50)", Collation = new RelationName("C") }],
        Ef = migration => migration.AlterColumn<string>("name", "t", "character varying(50)", nullable: false, collation: "C", oldClrType: typeof(string), oldType: "character varying(20)", oldCollation: "C"),
        KeptAfterRollback = "ALTER TABLE t ALTER COLUMN name TYPE varchar(50) COLLATE \"C\"",
    }.RunAsync();

    [Fact]
    public Task A_collation_goes_away_and_another_type_has_its_own() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new AlterColumn(Table, new Identifier("note")) { Collation = new RelationName("default") },
            new AlterColumn(Table, Column) { Type = "text", Collation = new RelationName("C") },
        ],
        Ef = migration =>
        {
            migration.AlterColumn<string>("note", "t", "text", nullable: true, oldClrType: typeof(string), oldType: "text", oldNullable: true, oldCollation: "C");
            migration.AlterColumn<string>("Na\"me", "t", "text", nullable: false, collation: "C", oldClrType: typeof(string), oldType: "character varying(20)");
        },
    }.RunAsync();

    [Fact]
    public Task New_columns_indexes_and_tables_have_theirs() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new AddColumn(Table, new ColumnDefinition(new Identifier("more"), "text") { Collation = new RelationName("Ci") }),
            new CreateIndex(Table, new Identifier("IX note"), [new IndexKey { Column = new Identifier("note"), Collation = new RelationName("Ci") }]),
            new CreateTable(new RelationName("u"), [new ColumnDefinition(new Identifier("a"), "text") { Collation = new RelationName("C") }]),
        ],
        Ef = migration =>
        {
            migration.AddColumn<string>("more", "t", "text", nullable: true, collation: "Ci");
            migration.CreateIndex("IX note", "t", "note").Annotation("Relational:Collation", (string[])["Ci"]);
            migration.CreateTable("u", table => new { a = table.Column<string>("text", nullable: true, collation: "C") });
        },
    }.RunAsync();

    [Fact]
    public Task Compression_changes_at_contract() => new OperationLife
    {
        Setup = $"{Setup} ALTER TABLE t ALTER COLUMN note SET COMPRESSION pglz;",
        Operations =
        [
            new AlterColumn(Table, Column) { Compression = new Setting("pglz") },
            new AlterColumn(Table, new Identifier("note")) { Compression = new Setting(null) },
        ],
        Sql = """ALTER TABLE t ALTER COLUMN "Na""me" SET COMPRESSION pglz, ALTER COLUMN note SET COMPRESSION DEFAULT""",
    }.RunAsync();

    [Fact]
    public async Task An_unknown_collation_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync("CREATE TABLE t (a text)", TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("1_a", [new AlterColumn(Table, new Identifier("a")) { Collation = new RelationName("no such") }])]);

        var refusal = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.CollationNotFound, refusal.Code);
    }
}
