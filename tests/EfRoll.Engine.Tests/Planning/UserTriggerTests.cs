using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Operations;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>Users' own triggers fire for the writes of both versions as before, and not for ours.</summary>
public sealed class UserTriggerTests
{
    static readonly RelationName Orders = new("orders");

    // Trims what is written, refuses what is missing, and keeps an audit.
    const string Setup = """
        CREATE TABLE orders (id int PRIMARY KEY, code text NOT NULL, qty int NOT NULL, note text);
        CREATE TABLE audit (seq serial, line text);
        CREATE FUNCTION clean() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.qty IS NULL OR NEW.qty > 1000 THEN RAISE 'quantity' USING ERRCODE = 'P0001'; END IF;
            NEW.code := lower(NEW.code);
            IF NEW.qty < 0 THEN NEW.qty := 0; END IF;
            RETURN NEW;
        END $$;
        CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit (line) VALUES (TG_NAME || ' ' || TG_OP || ' ' || NEW.id); RETURN NULL; END $$;
        INSERT INTO orders VALUES (1, 'one', 1, NULL), (2, 'two', 2, 'n');
        """;

    const string Triggers = """
        CREATE TRIGGER clean BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION clean();
        CREATE TRIGGER "qty changes" AFTER UPDATE OF note, qty ON orders FOR EACH ROW WHEN (OLD.qty <> NEW.qty) EXECUTE FUNCTION note_it();
        CREATE TRIGGER all_writes AFTER INSERT OR UPDATE OF code, qty, note ON orders FOR EACH ROW EXECUTE FUNCTION note_it();
        ALTER TABLE orders ENABLE ALWAYS TRIGGER "qty changes";
        COMMENT ON TRIGGER "qty changes" ON orders IS 'counts';
        CREATE TRIGGER off AFTER UPDATE OF qty ON orders FOR EACH ROW EXECUTE FUNCTION note_it();
        ALTER TABLE orders DISABLE TRIGGER off;
        """;

    [Fact]
    public Task Triggers_fire_for_both_versions_and_not_for_the_backfill() => new OperationLife
    {
        Setup = Setup + Triggers,
        Operations =
        [
            new AlterColumn(Orders, new Identifier("qty")) { Type = "bigint" },
            new AlterColumn(Orders, new Identifier("code")) { Type = "varchar(12)", Up = new Expression("left(code, 10) || '.'"), Down = new Expression("rtrim(code, '.')") },
        ],
        Sql = $"""
            DROP TRIGGER "qty changes" ON orders; DROP TRIGGER all_writes ON orders; DROP TRIGGER off ON orders; DROP TRIGGER clean ON orders;
            ALTER TABLE orders ALTER COLUMN qty TYPE bigint, ALTER COLUMN code TYPE varchar(12) USING left(code, 10) || '.';
            {Triggers}
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ReadsAsync("SELECT count(*) FROM audit", 0L);
            await newVersion.ExecuteAsync("INSERT INTO orders (id, code, qty) VALUES (3, 'ABC', 7)");
            await oldVersion.ReadsAsync("SELECT code, qty FROM orders WHERE id = 3", "abc", 7);
            await newVersion.ReadsAsync("SELECT code, qty FROM orders WHERE id = 3", "abc.", 7L);
            await newVersion.ExecuteAsync("UPDATE orders SET qty = -5 WHERE id = 3");
            await oldVersion.ReadsAsync("SELECT qty FROM orders WHERE id = 3", 0);
            await newVersion.ReadsAsync("SELECT code, qty FROM orders WHERE id = 3", "abc.", 0L);
            await newVersion.FailsAsync("UPDATE orders SET qty = 5000 WHERE id = 3", "P0001");
            await newVersion.FailsAsync("INSERT INTO orders (id, code, qty) VALUES (4, 'x', 5000)", "P0001");
            await oldVersion.ReadsAsync("SELECT string_agg(line, ',' ORDER BY seq) FROM audit", "all_writes INSERT 3,all_writes UPDATE 3,qty changes UPDATE 3");
            await oldVersion.ExecuteAsync("TRUNCATE audit; UPDATE orders SET qty = 9, code = 'OLD' WHERE id = 3");
            await newVersion.ReadsAsync("SELECT code, qty FROM orders WHERE id = 3", "old.", 9L);
            await newVersion.ExecuteAsync("UPDATE orders SET qty = 10, note = 'both' WHERE id = 3");
            await oldVersion.ReadsAsync("SELECT string_agg(line, ',' ORDER BY seq) FROM audit", "all_writes UPDATE 3,qty changes UPDATE 3,all_writes UPDATE 3,qty changes UPDATE 3");
            await oldVersion.ExecuteAsync("DELETE FROM orders WHERE id = 3; TRUNCATE audit");
        },
        AfterComplete = async newVersion =>
        {
            await newVersion.ExecuteAsync("UPDATE orders SET qty = 11 WHERE id = 1");
            await newVersion.ReadsAsync("SELECT string_agg(line, ',' ORDER BY seq) FROM audit", "all_writes UPDATE 1,qty changes UPDATE 1");
        },
    }.RunAsync();

    // What the old version sees is then what it saw before, and yet it is not what the new version wrote.
    [Fact]
    public Task Trigger_that_puts_back_what_the_new_version_changed_has_the_last_word() => new OperationLife
    {
        Setup = Setup + "CREATE TRIGGER clean BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION clean();",
        Operations = [new AlterColumn(Orders, new Identifier("code")) { Type = "varchar(12)", Up = new Expression("left(code, 10) || '.'"), Down = new Expression("rtrim(code, '.')") }],
        Sql = "ALTER TABLE orders ALTER COLUMN code TYPE varchar(12) USING left(code, 10) || '.'",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync("UPDATE orders SET code = 'ONE.' WHERE id = 1");
            await oldVersion.ReadsAsync("SELECT code FROM orders WHERE id = 1", "one");
            await newVersion.ReadsAsync("SELECT code FROM orders WHERE id = 1", "one.");
        },
    }.RunAsync();

    // PL/pgSQL remembers for a session what types the columns of a trigger's row have.
    [Theory]
    [InlineData("int", "bigint", "7", "8")]
    [InlineData("varchar(10)", "text", "'a'", "'b'")]
    public async Task Sessions_that_have_run_a_trigger_go_on_when_a_column_of_its_row_has_another_type(string before, string after, string first, string second)
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync($"""
            CREATE TABLE things (id int PRIMARY KEY, value {before});
            CREATE TABLE seen (line text);
            CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (TG_NAME || NEW.value); RETURN NULL; END $$;
            CREATE TRIGGER see AFTER INSERT ON things FOR EACH ROW EXECUTE FUNCTION see();
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION see();
            COMMENT ON TRIGGER late ON things IS 'looks last';
            """, token);
        await using var oracle = await database.CopyAsync(token);
        await oracle.ExecuteAsync($"ALTER TABLE things ALTER value TYPE {after}", token);
        var migration = new Migration("20260101000000_Types", [new AlterColumn(new RelationName("things"), new Identifier("value")) { Type = after }]);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        await using var oldSession = await OpenAsync("public");
        await RunAsync(oldSession, $"INSERT INTO things VALUES (1, {first})");
        await engine.ExpandAsync(new RolloutRequest([migration]), token);
        await RunAsync(oldSession, $"INSERT INTO things VALUES (2, {second})");
        await using var newSession = await OpenAsync($"{HelperNames.VersionSchemaOf(new Identifier("public"), migration.Id)}, public");
        await RunAsync(newSession, $"INSERT INTO things (id, value) VALUES (3, {first})");

        await engine.ContractAsync(token);

        await RunAsync(newSession, $"INSERT INTO things (id, value) VALUES (4, {second})");
        Assert.Equal(8, await database.ScalarAsync<long>("SELECT count(*) FROM seen", token));
        SchemaDump.AssertSame(await SchemaDump.ReadAsync(oracle, token), await SchemaDump.ReadAsync(database, token), "after complete");

        async Task<NpgsqlConnection> OpenAsync(string path)
        {
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { SearchPath = path, Pooling = false }.ConnectionString);
            await connection.OpenAsync(token);
            return connection;
        }

        async Task RunAsync(NpgsqlConnection connection, string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(token);
        }
    }

    // A statement that does not name the changed column has it changed all the same.
    [Fact]
    public Task Trigger_of_one_partition_changes_what_no_statement_names() => new OperationLife
    {
        Setup = """
            CREATE TABLE parts (id int PRIMARY KEY, code text, note text) PARTITION BY RANGE (id);
            CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
            CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (100) TO (200);
            CREATE FUNCTION follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.code := 'of ' || NEW.note; RETURN NEW; END $$;
            CREATE TRIGGER follow BEFORE UPDATE OF note ON parts_2 FOR EACH ROW EXECUTE FUNCTION follow();
            INSERT INTO parts VALUES (1, 'a', 'x'), (101, NULL, 'y');
            """,
        Operations = [new AlterColumn(new RelationName("parts"), new Identifier("code")) { IsNullable = false, Up = new Expression("coalesce(upper(code), '?')") }],
        Sql = "UPDATE parts SET code = 'A'; ALTER TABLE parts ALTER COLUMN code SET NOT NULL;",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync("UPDATE parts SET note = 'z'");
            await newVersion.ReadsAsync("SELECT string_agg(code, ',' ORDER BY id) FROM parts", "A,OF Z");
            await newVersion.ExecuteAsync("UPDATE parts SET note = 'new'");
            await oldVersion.ReadsAsync("SELECT string_agg(code, ',' ORDER BY id) FROM parts", "a,of new");
            await newVersion.ReadsAsync("SELECT string_agg(code, ',' ORDER BY id) FROM parts", "A,OF NEW");
        },
    }.RunAsync();

    [Fact]
    public Task Table_without_a_key_changes_like_others() => new OperationLife
    {
        Setup = "CREATE TABLE log (line text, at int); INSERT INTO log VALUES ('a', 1), ('a', 1), (NULL, 2);",
        Operations =
        [
            new AlterColumn(new RelationName("log"), new Identifier("at")) { Type = "bigint" },
            new AlterColumn(new RelationName("log"), new Identifier("line")) { IsNullable = false, Up = new Expression("COALESCE(line, '-')") },
        ],
        Sql = "UPDATE log SET line = '-' WHERE line IS NULL; ALTER TABLE log ALTER COLUMN at TYPE bigint, ALTER COLUMN line SET NOT NULL;",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT string_agg(line || at, ',' ORDER BY at, line) FROM log", "a1,a1,-2");
            await newVersion.ExecuteAsync("INSERT INTO log VALUES ('n', 3)");
            await oldVersion.ExecuteAsync("UPDATE log SET at = 4 WHERE at = 3");
            await newVersion.ExecuteAsync("DELETE FROM log WHERE at = 4");
        },
    }.RunAsync();
}
