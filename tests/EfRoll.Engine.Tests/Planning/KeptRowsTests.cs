using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>Rows that raw SQL changes without saying how that is undone: a rollback puts them back.</summary>
public sealed class KeptRowsTests
{
    const string Shop = """
        CREATE TABLE items (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, doc json, at timestamptz, big double precision, twice int GENERATED ALWAYS AS (id * 2) STORED);
        CREATE TABLE parts (a int, b text, item_id int REFERENCES items ON DELETE CASCADE, PRIMARY KEY (a, b));
        CREATE TABLE links (id int PRIMARY KEY, item_id int REFERENCES items);
        INSERT INTO items (name, doc, at, big) SELECT 'item ' || n, '{"b": 1,  "a":2}', timestamptz '2020-02-03 04:05:06.789+02' + n * interval '1 day', n / 3.0 FROM generate_series(1, 5) AS n;
        INSERT INTO parts SELECT n, 'p''q', n FROM generate_series(1, 5) AS n;
        CREATE TABLE keyless (n int);
        """;

    static readonly RelationName Items = new("items");

    static RunSql Sql(string sql) => new(sql);

    [Fact]
    public async Task A_rollback_restores_them()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Shop, token);
        await using var untouched = await database.CopyAsync(token);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        await engine.ExpandAsync(Request(
            Sql("UPDATE items SET name = 'changed' WHERE id < 3; UPDATE items SET name = name || '!', doc = '{}', at = now() WHERE id = 2"),
            new RenameColumn(Items, new Identifier("name"), new Identifier("title")),
            new AlterColumn(Items, new Identifier("big")) { Type = "numeric", Up = new Expression("big::numeric"), Down = new Expression("big::double precision") },
            Sql("DELETE FROM items WHERE title = 'item 3'; INSERT INTO items (title) VALUES ('made'), ('used'); UPDATE items SET big = 100 WHERE id = 4"),
            Sql("DO $$ BEGIN DELETE FROM parts WHERE a = 5; INSERT INTO parts VALUES (5, 'p''q', 4); END $$")), token);
        Assert.Equal("changed!", await database.ScalarAsync<string>("SELECT name FROM items WHERE id = 2", token));
        Assert.Equal(100, await database.ScalarAsync<double>("SELECT big FROM items WHERE id = 4", token));
        Assert.Equal(4L, await database.ScalarAsync<long>("SELECT count(*) FROM parts", token));

        await engine.RollbackAsync(token);

        const string Rows = "SELECT 'i', i::text FROM items AS i UNION ALL SELECT 'p', p::text FROM parts AS p ORDER BY 1, 2";
        Assert.Equal(await untouched.QueryAsync(Rows, token), await database.QueryAsync(Rows, token));
        SchemaDump.AssertSame(await SchemaDump.ReadAsync(untouched, token), await SchemaDump.ReadAsync(database, token), "after rollback");
    }

    [Fact]
    public async Task What_the_old_version_did_since_stays()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Shop, token);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        await engine.ExpandAsync(Request(Sql("UPDATE items SET name = 'changed', big = 0; INSERT INTO items (name) VALUES ('used')")), token);
        await database.ExecuteAsync("UPDATE items SET name = 'by old' WHERE id = 1; INSERT INTO links VALUES (1, 6)", token);

        await engine.RollbackAsync(token);

        Assert.Equal(["by old|0.3333333333333333", "item 2|0.6666666666666666"], (await database.QueryAsync("SELECT name || '|' || big FROM items WHERE id < 3 ORDER BY id", token)).Select(row => row[0]));
        Assert.Equal("used", await database.ScalarAsync<string>("SELECT name FROM items WHERE id = 6", token));
    }

    [Fact]
    public async Task Nothing_is_kept_of_what_the_rollout_made()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Shop, token);
        var plan = await new RollEngine(database.DataSource, new RollOptions()).PlanAsync(Request(
            new AddColumn(new RelationName("keyless"), new ColumnDefinition(new Identifier("twice"), "integer")),
            Sql("UPDATE keyless SET twice = n * 2")), token);

        Assert.DoesNotContain(plan!.Expand, step => step.Id.EndsWith("-keep", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_table_without_key_needs_a_word()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Shop, token);
        var engine = new RollEngine(database.DataSource, new RollOptions());

        var refusal = await Assert.ThrowsAsync<EfRollException>(() => engine.PlanAsync(Request(Sql("DELETE FROM keyless")), token));

        Assert.Equal(ErrorCode.SqlNeedsUndo, refusal.Code);
        Assert.NotNull(await engine.PlanAsync(Request(Sql("DELETE FROM keyless") with { Down = "" }), token));
    }

    static RolloutRequest Request(params Operation[] operations) => new([new Migration("20260101000000_m", operations.ToEquatableList())]);
}
