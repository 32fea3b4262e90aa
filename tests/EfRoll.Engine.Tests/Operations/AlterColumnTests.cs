using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class AlterColumnTests
{
    static readonly RelationName ThingTable = new(Table);
    static readonly RelationName Given = new("given");

    [Fact]
    public Task Required_column_takes_over_all_that_hung_on_it() => new OperationLife
    {
        Setup = $"""
            {Setup}
            CREATE UNIQUE INDEX "IX part" ON {TableSql} (lower({QuotesSql}) DESC NULLS LAST, id) INCLUDE ("{Keyword}") WHERE {QuotesSql} <> '';
            CREATE INDEX "IX ops" ON {TableSql} USING btree ({QuotesSql} text_pattern_ops);
            ALTER TABLE {TableSql} ADD CONSTRAINT "CK len" CHECK (length({QuotesSql}) < 50), ADD CONSTRAINT "UQ def" UNIQUE ({QuotesSql}) DEFERRABLE INITIALLY DEFERRED;
            COMMENT ON COLUMN {TableSql}.{QuotesSql} IS 'it''s said';
            COMMENT ON INDEX "IX part" IS 'partial';
            COMMENT ON CONSTRAINT "CK len" ON {TableSql} IS 'checked';
            ALTER TABLE {TableSql} ALTER COLUMN {QuotesSql} SET STATISTICS 321, ALTER COLUMN {QuotesSql} SET STORAGE EXTERNAL, ALTER COLUMN {QuotesSql} SET DEFAULT 'dflt';
            """,
        Operations = [new AlterColumn(ThingTable, new Identifier(Quotes)) { IsNullable = false, Up = new Expression($"COALESCE({QuotesSql}, 'none of ' || {LongestSql}) -- why not") }],
        Sql = $"UPDATE {TableSql} SET {QuotesSql} = 'none of two' WHERE {QuotesSql} IS NULL; ALTER TABLE {TableSql} ALTER COLUMN {QuotesSql} SET NOT NULL;",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync($"SELECT {QuotesSql} FROM {TableSql} WHERE id = 2", "none of two");
            await oldVersion.ReadsAsync($"SELECT {QuotesSql} FROM {TableSql} WHERE id = 2", [null]);
            await oldVersion.ExecuteAsync($"INSERT INTO {TableSql} ({QuotesSql}, {LongestSql}) VALUES (NULL, 'o')");
            await newVersion.ReadsAsync($"SELECT {QuotesSql} FROM {TableSql} WHERE {LongestSql} = 'o'", "none of o");
            await newVersion.ExecuteAsync($"INSERT INTO {TableSql} ({QuotesSql}, {LongestSql}) VALUES ('by new', 'n')");
            await oldVersion.ReadsAsync($"SELECT {QuotesSql} FROM {TableSql} WHERE {LongestSql} = 'n'", "by new");
            await newVersion.FailsAsync($"INSERT INTO {TableSql} ({QuotesSql}, {LongestSql}) VALUES (NULL, 'x')", "23514");
            await newVersion.FailsAsync($"INSERT INTO {TableSql} ({QuotesSql}, {LongestSql}) VALUES ('by new', 'y')", "23505");
            await newVersion.ExecuteAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('d')");
            await newVersion.ReadsAsync($"SELECT {QuotesSql} FROM {TableSql} WHERE {LongestSql} = 'd'", "dflt");
        },
    }.RunAsync();

    [Fact]
    public Task Expressions_are_queries_or_read_columns_that_are_called_like_variables() => new OperationLife
    {
        Setup = """
            CREATE TABLE given (id int PRIMARY KEY, found text COLLATE "C", new text, tg_op varchar(9), given int, old int);
            CREATE TABLE word (id int PRIMARY KEY, text text); INSERT INTO word VALUES (1, 'one');
            INSERT INTO given VALUES (1, 'B', NULL, 'x', NULL, 1), (2, 'a', 'two', 'y', 3, 2);
            """,
        Operations =
        [
            new AlterColumn(Given, new Identifier("found")) { IsNullable = false, Up = new Expression("given.found || tg_op || (found < 'a')") },
            new AlterColumn(Given, new Identifier("new")) { IsNullable = false, Up = new Expression("COALESCE(given.new, (SELECT text FROM word WHERE id = given.id), 'none')") },
            new AlterColumn(Given, new Identifier("tg_op")) { IsNullable = false, Up = new Expression("to_jsonb(given.*) ->> 'id'") },
            new AlterColumn(Given, new Identifier("given")) { IsNullable = false, Up = new Expression("coalesce(given, old)") },
        ],
        Sql = """
            UPDATE given SET new = 'one', tg_op = '1', given = 1 WHERE id = 1;
            ALTER TABLE given ALTER COLUMN found SET NOT NULL, ALTER COLUMN new SET NOT NULL, ALTER COLUMN tg_op SET NOT NULL, ALTER COLUMN given SET NOT NULL;
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT found, new, tg_op, given FROM given WHERE id = 1", "Bxtrue", "one", "1", 1);
            await oldVersion.ExecuteAsync("INSERT INTO given VALUES (3, 'C', 'n', 'y', NULL, 4)");
            await newVersion.ReadsAsync("SELECT found, new, tg_op, given FROM given WHERE id = 3", "Cytrue", "n", "3", 4);
            await oldVersion.ExecuteAsync("UPDATE given SET found = 'b', new = NULL, given = 7 WHERE id = 3");
            await newVersion.ReadsAsync("SELECT found, new, tg_op, given FROM given WHERE id = 3", "byfalse", "none", "3", 7);
            await newVersion.ExecuteAsync("UPDATE given SET found = 'z' WHERE id = 3");
            await oldVersion.ReadsAsync("SELECT found, new, given FROM given WHERE id = 3", "z", null, 7);
            await newVersion.ExecuteAsync("DELETE FROM given WHERE id = 3");
        },
    }.RunAsync();

    [Fact]
    public Task Required_column_uses_the_default_value() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AlterColumn(ThingTable, new Identifier(Quotes)) { IsNullable = false, Default = new Setting("''"), UpFill = new Expression("''") }],
        Ef = migration => migration.AlterColumn<string>(Quotes, Table, "text", nullable: false, defaultValue: "", oldClrType: typeof(string), oldType: "text", oldNullable: true),
        WhileBothRun = (_, newVersion) => newVersion.ReadsAsync($"SELECT {QuotesSql} FROM {TableSql} WHERE id = 2", ""),
        AfterComplete = newVersion => newVersion.ReadsAsync($"SELECT {QuotesSql} FROM {TableSql} WHERE id = 2", ""),
    }.RunAsync();

    [Fact]
    public Task Old_version_never_sees_null_where_it_expects_none() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AlterColumn(ThingTable, new Identifier(Longest)) { IsNullable = true, DownFill = new Expression("'?'") }],
        Ef = migration => migration.AlterColumn<string>(Longest, Table, "character varying(20)", nullable: true, oldClrType: typeof(string), oldType: "character varying(20)"),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync($"UPDATE {TableSql} SET {LongestSql} = NULL WHERE id = 1");
            await oldVersion.ReadsAsync($"SELECT {LongestSql} FROM {TableSql} WHERE id = 1", "?");
            await newVersion.ReadsAsync($"SELECT {LongestSql} FROM {TableSql} WHERE id = 1", [null]);
            await oldVersion.ExecuteAsync($"UPDATE {TableSql} SET {QuotesSql} = 'other' WHERE id = 1");
            await newVersion.ReadsAsync($"SELECT {LongestSql} FROM {TableSql} WHERE id = 1", [null]);
        },
    }.RunAsync();

    [Fact]
    public Task Type_changes_by_cast_both_ways() => new OperationLife
    {
        Setup = $"{Setup} CREATE INDEX \"IX\" ON {TableSql} (\"{Keyword}\" DESC);",
        Operations = [new AlterColumn(ThingTable, new Identifier(Keyword)) { Type = "bigint" }],
        Ef = migration => migration.AlterColumn<long>(Keyword, Table, "bigint", nullable: false, defaultValue: 7L, oldClrType: typeof(int), oldType: "integer", oldDefaultValue: 7),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync($"SELECT \"{Keyword}\" FROM {TableSql} WHERE id = 1", 7L);
            await newVersion.ExecuteAsync($"UPDATE {TableSql} SET \"{Keyword}\" = 8 WHERE id = 1");
            await oldVersion.ReadsAsync($"SELECT \"{Keyword}\" FROM {TableSql} WHERE id = 1", 8);
            await oldVersion.ExecuteAsync($"UPDATE {TableSql} SET \"{Keyword}\" = \"{Keyword}\" + 1 WHERE id = 1");
            await newVersion.ReadsAsync($"SELECT \"{Keyword}\" FROM {TableSql} WHERE id = 1", 9L);
        },
    }.RunAsync();

    [Fact]
    public Task Wider_text_is_free_and_stays_wide() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AlterColumn(ThingTable, new Identifier(Longest)) { Type = "text" }],
        Ef = migration => migration.AlterColumn<string>(Longest, Table, "text", nullable: false, oldClrType: typeof(string), oldType: "character varying(20)"),
        KeptAfterRollback = $"ALTER TABLE {TableSql} ALTER COLUMN {LongestSql} TYPE text",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync($"UPDATE {TableSql} SET {LongestSql} = repeat('x', 30) WHERE id = 1");
            await oldVersion.ReadsAsync($"SELECT length({LongestSql}) FROM {TableSql} WHERE id = 1", 30);
        },
    }.RunAsync();

    [Fact]
    public Task Default_and_comment_change_at_contract() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AlterColumn(ThingTable, new Identifier(Keyword)) { Default = new Setting("42"), Comment = new Setting("the \"answer\"") }],
        Ef = migration => migration.AlterColumn<int>(Keyword, Table, "integer", nullable: false, defaultValue: 42, comment: "the \"answer\"", oldClrType: typeof(int), oldType: "integer", oldDefaultValue: 7),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ReadsAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('o') RETURNING \"{Keyword}\"", 7);
            await newVersion.ReadsAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('n') RETURNING \"{Keyword}\"", 42);
        },
    }.RunAsync();

    [Fact]
    public Task Default_can_be_taken_away() => new OperationLife
    {
        Setup = "CREATE TABLE t (id int, a int DEFAULT 1);",
        Operations = [new AlterColumn(new RelationName("t"), new Identifier("a")) { Default = new Setting(null) }],
        Ef = migration => migration.AlterColumn<int>("a", "t", "integer", nullable: true, oldClrType: typeof(int), oldType: "integer", oldNullable: true, oldDefaultValue: 1),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ReadsAsync("INSERT INTO t (id) VALUES (1) RETURNING a", 1);
            await newVersion.ReadsAsync("INSERT INTO t (id) VALUES (2) RETURNING a", [null]);
        },
    }.RunAsync();

    [Fact]
    public Task Key_with_identity_and_foreign_keys_becomes_bigint() => new OperationLife
    {
        Setup = $"""
            {Setup}
            CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, thing int REFERENCES {TableSql} (id) ON DELETE CASCADE);
            INSERT INTO child (thing) VALUES (1), (2), (NULL);
            """,
        Operations =
        [
            new AlterColumn(ThingTable, new Identifier("id")) { Type = "bigint" },
            new AlterColumn(new RelationName("child"), new Identifier("thing")) { Type = "bigint" },
        ],
        Ef = migration =>
        {
            migration.AlterColumn<long>("id", Table, "bigint", nullable: false, oldClrType: typeof(int), oldType: "integer")
                .Annotation("Npgsql:ValueGenerationStrategy", Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.NpgsqlValueGenerationStrategy.IdentityByDefaultColumn)
                .OldAnnotation("Npgsql:ValueGenerationStrategy", Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);
            migration.AlterColumn<long>("thing", "child", "bigint", nullable: true, oldClrType: typeof(int), oldType: "integer", oldNullable: true);
        },
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            var id = await newVersion.ScalarAsync<long>($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('n') RETURNING id");
            await newVersion.ExecuteAsync($"INSERT INTO child (thing) VALUES ({id})");
            await oldVersion.ReadsAsync($"SELECT t.id FROM child AS c JOIN {TableSql} AS t ON t.id = c.thing WHERE t.{LongestSql} = 'n'", (int)id);
            var old = await oldVersion.ScalarAsync<int>($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('o') RETURNING id");
            await oldVersion.ExecuteAsync($"INSERT INTO child (thing) VALUES ({old})");
            await newVersion.ReadsAsync($"SELECT count(*) FROM child AS c JOIN {TableSql} AS t ON t.id = c.thing WHERE t.id IN ({id}, {old})", 2L);
            await newVersion.ExecuteAsync($"DELETE FROM {TableSql} WHERE {LongestSql} IN ('n', 'o')");
            await oldVersion.ReadsAsync($"SELECT count(*) FROM child WHERE thing IN ({id}, {old})", 0L);
        },
        AfterComplete = async newVersion =>
            await newVersion.ReadsAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('after') RETURNING id > 4", true),
    }.RunAsync();

    [Fact]
    public Task Serial_key_becomes_bigint() => new OperationLife
    {
        Setup = "CREATE TABLE t (id serial PRIMARY KEY, a text); INSERT INTO t (a) VALUES ('x'), ('y');",
        Operations = [new AlterColumn(new RelationName("t"), new Identifier("id")) { Type = "bigint" }],
        Sql = "ALTER TABLE t ALTER COLUMN id TYPE bigint",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            var id = await newVersion.ScalarAsync<long>("INSERT INTO t (a) VALUES ('n') RETURNING id");
            Assert.Equal((int)id + 1, await oldVersion.ScalarAsync<int>("INSERT INTO t (a) VALUES ('o') RETURNING id"));
            await newVersion.ExecuteAsync("INSERT INTO t (id, a) VALUES (1000, 'own'); DELETE FROM t WHERE id = 1000");
        },
    }.RunAsync();

    [Theory]
    [InlineData("UTC", null)]
    [InlineData("Europe/Berlin", ErrorCode.TimeZoneIsNotUtc)]
    public async Task Times_without_a_zone_are_those_of_UTC_or_the_author_says_which(string zone, ErrorCode? refused)
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync($"ALTER DATABASE {database.Name} SET TimeZone = '{zone}'; CREATE TABLE t (id int PRIMARY KEY, at timestamp)", token);
        var request = new RolloutRequest([new Migration("1_a", [new AlterColumn(new RelationName("t"), new Identifier("at")) { Type = "timestamptz" }])]);

        var refusal = await Record.ExceptionAsync(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, token));

        Assert.Equal(refused, (refusal as EfRollException)?.Code);
    }
}
