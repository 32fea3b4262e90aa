using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Operations;

/// <summary>Columns that PostgreSQL computes.</summary>
public sealed class GeneratedColumnTests
{
    static readonly RelationName Table = new("Ta\"ble");
    static readonly Identifier Column = new("C\"c");

    const string Setup = """
        CREATE TABLE "Ta""ble" (id int PRIMARY KEY, a int NOT NULL, "B b" text, "C""c" int GENERATED ALWAYS AS (a * 2) STORED NOT NULL, plain int NOT NULL DEFAULT 5);
        CREATE INDEX "IX c" ON "Ta""ble" ("C""c" DESC) WHERE id > 0;
        INSERT INTO "Ta""ble" (id, a, "B b") VALUES (1, 10, 'x'), (2, 20, NULL);
        """;

    [Fact]
    public Task A_computed_column_becomes_plain_and_keeps_its_values() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AlterColumn(Table, Column) { ValueSource = new ValueSource() }],
        Sql = """ALTER TABLE "Ta""ble" ALTER COLUMN "C""c" DROP EXPRESSION""",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("""SELECT "C""c" FROM "Ta""ble" WHERE id = 1""", 20);
            await newVersion.ExecuteAsync("""INSERT INTO "Ta""ble" (id, a, "C""c") VALUES (3, 1, 77)""");
            await newVersion.ReadsAsync("""SELECT "C""c" FROM "Ta""ble" WHERE id = 3""", 77);
            await oldVersion.ReadsAsync("""SELECT "C""c" FROM "Ta""ble" WHERE id = 3""", 2);
            await oldVersion.ExecuteAsync("""UPDATE "Ta""ble" SET a = 11 WHERE id = 1""");
            await newVersion.ReadsAsync("""SELECT "C""c" FROM "Ta""ble" WHERE id = 1""", 22);
            await newVersion.ExecuteAsync("""UPDATE "Ta""ble" SET "C""c" = 5 WHERE id = 2""");
            await newVersion.ReadsAsync("""SELECT "C""c" FROM "Ta""ble" WHERE id = 2""", 5);
            await oldVersion.ReadsAsync("""SELECT "C""c" FROM "Ta""ble" WHERE id = 2""", 40);
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("""SELECT "C""c" FROM "Ta""ble" WHERE id = 3""", 77),
    }.RunAsync();

    [Fact]
    public Task An_expression_changes_where_the_author_accepts_a_rewrite() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new RenameColumn(Table, new Identifier("a"), new Identifier("A new")),
            new AlterColumn(Table, Column) { ValueSource = new ValueSource { Generated = GeneratedKind.Stored, Expression = "\"A new\" * 3 -- three" }, IsInPlace = true },
        ],
        Sql = """
            ALTER TABLE "Ta""ble" RENAME COLUMN a TO "A new";
            ALTER TABLE "Ta""ble" DROP COLUMN "C""c";
            ALTER TABLE "Ta""ble" ADD COLUMN "C""c" int GENERATED ALWAYS AS ("A new" * 3) STORED NOT NULL;
            CREATE INDEX "IX c" ON "Ta""ble" ("C""c" DESC) WHERE id > 0;
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("""SELECT "C""c" FROM "Ta""ble" WHERE id = 1""", 30);
            await oldVersion.ReadsAsync("""SELECT "C""c" FROM "Ta""ble" WHERE id = 1""", 20);
            await newVersion.ExecuteAsync("""UPDATE "Ta""ble" SET "A new" = 100 WHERE id = 1""");
            await oldVersion.ReadsAsync("""SELECT "C""c" FROM "Ta""ble" WHERE id = 1""", 200);
        },
    }.RunAsync();

    [Fact]
    public Task A_plain_column_becomes_computed_where_the_author_accepts_a_rewrite() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AlterColumn(Table, new Identifier("plain")) { ValueSource = new ValueSource { Generated = GeneratedKind.Stored, Expression = "a + 1" }, IsInPlace = true }],
        Ef = migration => migration.AlterColumn<int>("plain", "Ta\"ble", "integer", nullable: false, computedColumnSql: "a + 1", stored: true, oldClrType: typeof(int), oldType: "integer", oldDefaultValue: 5),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("""SELECT plain FROM "Ta""ble" WHERE id = 1""", 11);
            await oldVersion.ReadsAsync("""SELECT plain FROM "Ta""ble" WHERE id = 1""", 5);
            await newVersion.ExecuteAsync("""INSERT INTO "Ta""ble" (id, a) VALUES (3, 7)""");
            await oldVersion.ReadsAsync("""SELECT plain FROM "Ta""ble" WHERE id = 3""", 8);
            await oldVersion.ExecuteAsync("""UPDATE "Ta""ble" SET plain = 99 WHERE id = 3""");
            await newVersion.ReadsAsync("""SELECT plain FROM "Ta""ble" WHERE id = 3""", 8);
        },
    }.RunAsync();

    [Fact]
    public Task A_computed_column_is_added_to_an_empty_table_or_where_the_author_accepts_a_rewrite() => new OperationLife
    {
        Setup = $"{Setup} CREATE TABLE empty (title text, body text NOT NULL);",
        Operations =
        [
            new AddColumn(new RelationName("empty"), new ColumnDefinition(new Identifier("search"), "tsvector")
            {
                Generated = GeneratedKind.Stored,
                GenerationExpression = "to_tsvector('english', coalesce(title, '') || ' ' || body)",
                IsNullable = false,
            }),
            new AlterColumn(Table, new Identifier("B b")) { Type = "varchar(9)", Up = new Expression("left(\"B b\", 9)"), Down = new Expression("\"B b\"") },
            new AddColumn(Table, new ColumnDefinition(new Identifier("D"), "text") { Generated = GeneratedKind.Stored, GenerationExpression = "upper(\"B b\")" }) { IsInPlace = true },
        ],
        Sql = """
            ALTER TABLE empty ADD search tsvector GENERATED ALWAYS AS (to_tsvector('english', coalesce(title, '') || ' ' || body)) STORED NOT NULL;
            ALTER TABLE "Ta""ble" ALTER COLUMN "B b" TYPE varchar(9);
            ALTER TABLE "Ta""ble" ADD "D" text GENERATED ALWAYS AS (upper("B b")) STORED;
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync("""UPDATE "Ta""ble" SET "B b" = 'other' WHERE id = 1""");
            await newVersion.ReadsAsync("""SELECT "D" FROM "Ta""ble" WHERE id = 1""", "OTHER");
        },
    }.RunAsync();

    [Fact]
    public Task A_computed_column_goes() => new OperationLife
    {
        Setup = Setup,
        Operations = [new DropColumn(Table, Column)],
        Ef = migration => migration.DropColumn("C\"c", "Ta\"ble"),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync("""INSERT INTO "Ta""ble" (id, a) VALUES (3, 7)""");
            await oldVersion.ReadsAsync("""SELECT "C""c" FROM "Ta""ble" WHERE id = 3""", 14);
        },
    }.RunAsync();

    [Fact]
    public Task A_new_table_s_expression_follows_its_columns() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new CreateTable(new RelationName("u"), [new ColumnDefinition(new Identifier("a"), "integer"), new ColumnDefinition(new Identifier("b"), "integer") { Generated = GeneratedKind.Stored, GenerationExpression = "a + 1" }]),
            new RenameColumn(new RelationName("u"), new Identifier("a"), new Identifier("z")),
        ],
        Sql = "CREATE TABLE u (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED); ALTER TABLE u RENAME COLUMN a TO z;",
        WhileBothRun = (_, newVersion) => newVersion.ReadsAsync("INSERT INTO u (z) VALUES (4) RETURNING b", 5),
    }.RunAsync();

    [Fact]
    public async Task Virtual_columns_cost_nothing_and_change_freely()
    {
        Assert.SkipUnless((await PostgresServer.GetAsync()).MajorVersion >= 18, "Virtual generated columns came with PostgreSQL 18.");
        await new OperationLife
        {
            Setup = Setup.Replace("CREATE INDEX", "--", StringComparison.Ordinal),
            Operations =
            [
                new AddColumn(Table, new ColumnDefinition(new Identifier("V"), "integer") { Generated = GeneratedKind.Virtual, GenerationExpression = "a - 1", IsNullable = false }),
                new AlterColumn(Table, Column) { ValueSource = new ValueSource { Generated = GeneratedKind.Virtual, Expression = "a * 4" } },
                new AlterColumn(Table, new Identifier("plain")) { ValueSource = new ValueSource { Generated = GeneratedKind.Virtual, Expression = "a + 5" } },
            ],
            Sql = """
                ALTER TABLE "Ta""ble" ADD "V" integer GENERATED ALWAYS AS (a - 1) NOT NULL;
                ALTER TABLE "Ta""ble" DROP COLUMN "C""c", DROP COLUMN plain;
                ALTER TABLE "Ta""ble" ADD "C""c" int GENERATED ALWAYS AS (a * 4) NOT NULL, ADD plain int GENERATED ALWAYS AS (a + 5) NOT NULL;
                """,
            WhileBothRun = async (oldVersion, newVersion) =>
            {
                await newVersion.ReadsAsync("""SELECT "V", "C""c", plain FROM "Ta""ble" WHERE id = 1""", 9, 40, 15);
                await oldVersion.ReadsAsync("""SELECT "C""c", plain FROM "Ta""ble" WHERE id = 1""", 20, 5);
                await newVersion.ExecuteAsync("""INSERT INTO "Ta""ble" (id, a) VALUES (3, 7)""");
                await oldVersion.ReadsAsync("""SELECT "C""c", plain FROM "Ta""ble" WHERE id = 3""", 14, 12);
            },
        }.RunAsync();
    }

    public static TheoryData<Operation> Rewrites =>
    [
        new AddColumn(Table, new ColumnDefinition(new Identifier("D"), "integer") { Generated = GeneratedKind.Stored, GenerationExpression = "a" }),
        new AlterColumn(Table, Column) { ValueSource = new ValueSource { Generated = GeneratedKind.Stored, Expression = "a" } },
        new AlterColumn(Table, Column) { Type = "bigint" },
        new AlterColumn(Table, new Identifier("plain")) { ValueSource = new ValueSource { Generated = GeneratedKind.Stored, Expression = "a" } },
        new AlterTable(Table) { IsUnlogged = true },
    ];

    [Theory]
    [MemberData(nameof(Rewrites), DisableDiscoveryEnumeration = true)]
    public async Task A_table_with_rows_is_not_rewritten_without_a_word(Operation operation)
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync(Setup, TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<EfRollException>(() =>
            new RollEngine(database.DataSource, new RollOptions()).PlanAsync(new RolloutRequest([new Migration("1_a", [operation])]), TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.RewritesTable, refusal.Code);
        Assert.Contains(".InPlace()", refusal.Remedy, StringComparison.Ordinal);
    }
}
