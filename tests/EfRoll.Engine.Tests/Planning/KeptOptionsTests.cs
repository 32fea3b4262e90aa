using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Operations;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>What is set on a table, its columns and indexes, and what else hangs on it, is there again when the rollout is complete, and when it was taken back.</summary>
public sealed class KeptOptionsTests
{
    const string Orders = """
        CREATE TABLE orders (id int PRIMARY KEY, amount int NOT NULL, kind varchar(10), note text);
        INSERT INTO orders SELECT i, i * 10, 'k' || i, 'n' FROM generate_series(1, 5) AS i;
        CREATE INDEX "By half" ON orders ((amount / 2), id, (amount % 7)) WITH (fillfactor = 60);
        CREATE UNIQUE INDEX ident ON orders (amount, id);
        ALTER INDEX "By half" ALTER COLUMN 1 SET STATISTICS 77, ALTER COLUMN 3 SET STATISTICS 78;
        ALTER TABLE orders SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, toast.autovacuum_enabled = off), REPLICA IDENTITY USING INDEX ident, CLUSTER ON ident;
        ALTER TABLE orders ALTER COLUMN amount SET STATISTICS 500, ALTER COLUMN amount SET (n_distinct = -0.5, n_distinct_inherited = 3), ALTER COLUMN note SET STORAGE EXTERNAL;
        ALTER TABLE orders ALTER COLUMN kind SET STATISTICS 9, ALTER COLUMN kind SET STORAGE EXTERNAL, ALTER COLUMN kind SET COMPRESSION pglz, ALTER COLUMN kind SET (n_distinct = 4);
        CREATE STATISTICS pair (mcv) ON amount, kind FROM orders;
        CREATE RULE keep AS ON DELETE TO orders WHERE OLD.amount > 1000 DO INSTEAD NOTHING;
        COMMENT ON TABLE orders IS 'all'; COMMENT ON COLUMN orders.amount IS 'in cents'; COMMENT ON COLUMN orders.kind IS 'of them';
        COMMENT ON INDEX "By half" IS 'half'; COMMENT ON RULE keep ON orders IS 'the big ones'; COMMENT ON STATISTICS pair IS 'both';
        """;

    static readonly RelationName Table = new("orders");

    // Another column takes its place: as with ALTER COLUMN … TYPE, and what PostgreSQL itself would drop stays as well.
    [Fact]
    public Task Column_of_another_type_keeps_all_that_was_set() => new OperationLife
    {
        Setup = Orders,
        Operations = [new AlterColumn(Table, new Identifier("amount")) { Type = "bigint" }],
        Sql = """
            DROP RULE keep ON orders;
            ALTER TABLE orders ALTER COLUMN amount TYPE bigint;
            CREATE RULE keep AS ON DELETE TO orders WHERE OLD.amount > 1000 DO INSTEAD NOTHING;
            COMMENT ON RULE keep ON orders IS 'the big ones';
            ALTER INDEX "By half" ALTER COLUMN 1 SET STATISTICS 77, ALTER COLUMN 3 SET STATISTICS 78;
            """,
    }.RunAsync();

    [Fact]
    public Task Column_that_becomes_required_keeps_all_that_was_set() => new OperationLife
    {
        Setup = Orders,
        Operations = [new AlterColumn(Table, new Identifier("kind")) { IsNullable = false, Up = new Expression("coalesce(kind, '')") }],
        Sql = "ALTER TABLE orders ALTER COLUMN kind SET NOT NULL",
    }.RunAsync();

    // PostgreSQL takes storage and compression of the new type; the old version loses nothing by it, whether the rollout is completed or not.
    [Fact]
    public async Task Column_that_becomes_wider_in_place_keeps_all_that_was_set()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Orders, token);
        await using var oracle = await database.CopyAsync(token);
        await oracle.ExecuteAsync("ALTER TABLE orders ALTER COLUMN kind TYPE varchar(20), ALTER COLUMN kind SET STORAGE EXTERNAL, ALTER COLUMN kind SET COMPRESSION pglz", token);
        var wider = await SchemaDump.ReadAsync(oracle, token);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        var request = new RolloutRequest([new Migration("20260101000000_Wider", [new AlterColumn(Table, new Identifier("kind")) { Type = "varchar(20)" }])]);

        await engine.ExpandAsync(request, token);
        Assert.Empty((await engine.StatusAsync(token)).Open!.Drift);
        await engine.RollbackAsync(token);
        SchemaDump.AssertSame(wider, await SchemaDump.ReadAsync(database, token), "after rollback");
    }

    [Fact]
    public async Task Indexes_stay_in_their_tablespace()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        Assert.SkipWhen(database.ServerMajorVersion < 15, "Before PostgreSQL 15 a tablespace takes a folder of the server's own.");
        var space = $"Ta\"ble {Guid.NewGuid():n}";
        var quoted = new Identifier(space);
        await using var server = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Options = "-c allow_in_place_tablespaces=on", Pooling = false });
        await using (var create = server.CreateCommand($"CREATE TABLESPACE {quoted} LOCATION ''"))
            await create.ExecuteNonQueryAsync(token);
        try
        {
            await database.ExecuteAsync($"""
                CREATE TABLE things (id int PRIMARY KEY USING INDEX TABLESPACE {quoted}, size int);
                CREATE INDEX things_size ON things (size) TABLESPACE {quoted} WHERE size > 5;
                CREATE INDEX elsewhere ON things (size, id);
                CREATE TABLE parts (id int, size int) PARTITION BY LIST (id); CREATE TABLE part PARTITION OF parts DEFAULT;
                CREATE INDEX parts_size ON parts (size) TABLESPACE {quoted};
                """, token);
            var engine = new RollEngine(database.DataSource, new RollOptions());

            await engine.ExpandAsync(new RolloutRequest([new Migration("20260101000000_Space",
            [
                new AlterColumn(new RelationName("things"), new Identifier("id")) { Type = "bigint" },
                new AlterColumn(new RelationName("things"), new Identifier("size")) { Type = "bigint" },
                new AlterColumn(new RelationName("parts"), new Identifier("size")) { Type = "bigint" },
                new CreateIndex(new RelationName("things"), new Identifier("new"), [IndexKey.On(new Identifier("size"))]),
            ])]), token);
            await engine.ContractAsync(token);

            Assert.Equal(
                ["elsewhere -", "new -", "part_size_idx space", "parts_size space", "things_pkey space", "things_size space"],
                (await database.QueryAsync($"SELECT c.relname || CASE WHEN t.spcname = '{space}' THEN ' space' ELSE ' -' END FROM pg_class AS c LEFT JOIN pg_tablespace AS t ON t.oid = c.reltablespace WHERE c.relkind IN ('i', 'I') AND c.relnamespace = 'public'::regnamespace ORDER BY 1", token)).Select(row => row[0]));
        }
        finally
        {
            await database.ExecuteAsync("DROP TABLE things, parts", CancellationToken.None);
            await database.ExecuteAsync($"DROP TABLESPACE {quoted}", CancellationToken.None);
        }
    }
}
