using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Operations;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>What hangs on a column is there again, over its successor, when the rollout is complete; what cannot be is refused by name.</summary>
public sealed class DependentTests
{
    static readonly RelationName Orders = new("orders");

    const string Setup = """
        CREATE TABLE orders (id int PRIMARY KEY, amount int NOT NULL, "Cust omer" text, note text);
        INSERT INTO orders SELECT i, i * 10, 'c' || i, 'n' FROM generate_series(1, 5) AS i;
        """;

    static AlterColumn ToBigint => new(Orders, new Identifier("amount")) { Type = "bigint" };

    [Fact]
    public Task Views_are_made_anew_with_all_that_belongs_to_them()
    {
        const string Views = """
            CREATE VIEW "Ord ers" WITH (security_barrier = true) AS SELECT id, amount AS "Amo'unt", "Cust omer" FROM orders WHERE amount > 0 WITH LOCAL CHECK OPTION;
            CREATE VIEW totals AS SELECT o.id, o.note, sum(v."Amo'unt") AS total FROM orders AS o JOIN "Ord ers" AS v USING (id) GROUP BY o.id;
            CREATE VIEW unrelated AS SELECT id, note FROM orders;
            CREATE VIEW top AS SELECT t.id, t.total::text AS total, u.note FROM totals AS t JOIN unrelated AS u USING (id);
            COMMENT ON VIEW "Ord ers" IS 'it''s a "view"';
            COMMENT ON COLUMN "Ord ers"."Amo'unt" IS 'how much';
            ALTER VIEW "Ord ers" ALTER COLUMN "Amo'unt" SET DEFAULT 3;
            GRANT SELECT ON totals TO PUBLIC;
            GRANT SELECT ("Amo'unt"), UPDATE ("Amo'unt") ON "Ord ers" TO pg_monitor WITH GRANT OPTION;
            CREATE FUNCTION instead() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE orders SET amount = NEW.total WHERE id = OLD.id; RETURN NEW; END';
            CREATE TRIGGER instead INSTEAD OF UPDATE ON totals FOR EACH ROW EXECUTE FUNCTION instead();
            COMMENT ON TRIGGER instead ON totals IS 'writes through';
            CREATE RULE keep AS ON DELETE TO top DO INSTEAD NOTHING;
            COMMENT ON RULE keep ON top IS 'stays';
            """;
        return new OperationLife
        {
            Setup = Setup + Views,
            Operations = [ToBigint],
            Sql = $"""DROP VIEW top, totals, unrelated, "Ord ers"; DROP FUNCTION instead; ALTER TABLE orders ALTER COLUMN amount TYPE bigint; {Views}""",
            WhileBothRun = async (oldVersion, newVersion) =>
            {
                await newVersion.ExecuteAsync("UPDATE orders SET amount = 77 WHERE id = 1");
                await oldVersion.ReadsAsync("SELECT total FROM top WHERE id = 1", "77");
                await oldVersion.ExecuteAsync("UPDATE totals SET total = 78 WHERE id = 1");
                await newVersion.ReadsAsync("SELECT amount FROM orders WHERE id = 1", 78L);
            },
            AfterComplete = async newVersion =>
            {
                await newVersion.ReadsAsync("""SELECT "Amo'unt" FROM "Ord ers" WHERE id = 2""", 20L);
                await newVersion.ExecuteAsync("UPDATE totals SET total = 5000000000 WHERE id = 2; DELETE FROM top");
                await newVersion.ReadsAsync("SELECT total FROM top WHERE id = 2", "5000000000");
            },
        }.RunAsync();
    }

    [Fact]
    public Task Column_that_is_renamed_as_well_is_found_by_its_new_name() => new OperationLife
    {
        Setup = $"""
            {Setup}
            CREATE VIEW v AS SELECT id, amount, note FROM orders;
            CREATE STATISTICS st ON amount, note FROM orders;
            CREATE STATISTICS gone ON amount, "Cust omer" FROM orders;
            """,
        Migrations =
        [
            [ToBigint, new RenameColumn(Orders, new Identifier("amount"), new Identifier("total")), new DropColumn(Orders, new Identifier("Cust omer"))],
            [new RenameColumn(Orders, new Identifier("note"), new Identifier("amount")), new RenameTable(Orders, new RelationName("sales"))],
        ],
        Sql = """
            ALTER TABLE orders DROP COLUMN "Cust omer";
            ALTER TABLE orders RENAME COLUMN amount TO total;
            ALTER TABLE orders RENAME COLUMN note TO amount;
            ALTER TABLE orders RENAME TO sales;
            DROP VIEW v;
            ALTER TABLE sales ALTER COLUMN total TYPE bigint;
            CREATE VIEW v AS SELECT id, total AS amount, amount AS note FROM sales;
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT total, amount FROM sales WHERE id = 1", 10L, "n");
            await oldVersion.ReadsAsync("SELECT amount, note FROM v WHERE id = 1", 10, "n");
        },
    }.RunAsync();

    [Fact]
    public Task Triggers_rules_and_statistics_are_made_anew()
    {
        const string Things = """
            CREATE TRIGGER "on Up" AFTER UPDATE OF amount ON orders FOR EACH ROW WHEN (OLD.amount IS DISTINCT FROM NEW.amount) EXECUTE FUNCTION log();
            ALTER TABLE orders ENABLE ALWAYS TRIGGER "on Up";
            COMMENT ON TRIGGER "on Up" ON orders IS 'logs';
            CREATE CONSTRAINT TRIGGER late AFTER UPDATE OF amount ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION log();
            ALTER TABLE orders DISABLE TRIGGER late;
            CREATE RULE big AS ON UPDATE TO orders WHERE NEW.amount > 1000000 DO ALSO INSERT INTO logged VALUES (-1);
            CREATE STATISTICS "St at" (dependencies) ON amount, note FROM orders;
            ALTER STATISTICS "St at" SET STATISTICS 55;
            COMMENT ON STATISTICS "St at" IS 'pair';
            CREATE STATISTICS expr ON (amount % 2), note FROM orders;
            """;
        return new OperationLife
        {
            Setup = $"""
                {Setup}
                CREATE TABLE logged (id int);
                CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO logged VALUES (NEW.id); RETURN NULL; END';
                {Things}
                """,
            Operations = [ToBigint],
            Sql = $"""
                DROP TRIGGER "on Up" ON orders; DROP TRIGGER late ON orders; DROP RULE big ON orders; DROP STATISTICS "St at", expr;
                ALTER TABLE orders ALTER COLUMN amount TYPE bigint;
                {Things}
                """,
            WhileBothRun = async (oldVersion, _) =>
            {
                await oldVersion.ExecuteAsync("UPDATE orders SET amount = 77 WHERE id = 1");
                await oldVersion.ReadsAsync("SELECT count(*) FROM logged", 1L);
                await oldVersion.ExecuteAsync("TRUNCATE logged; UPDATE orders SET amount = 10 WHERE id = 1; TRUNCATE logged");
            },
            AfterComplete = async newVersion =>
            {
                await newVersion.ExecuteAsync("UPDATE orders SET amount = 5000000000 WHERE id = 1");
                await newVersion.ReadsAsync("SELECT count(*) FROM logged WHERE id = 1", 1L);
                await newVersion.ReadsAsync("SELECT count(*) FROM logged WHERE id = -1", 1L);
            },
        }.RunAsync();
    }

    [Fact]
    public async Task Publications_keep_their_columns_and_filters()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        if (database.ServerMajorVersion < 15)
            return; // There are neither column lists nor filters.
        const string Publication = "CREATE PUBLICATION pub FOR TABLE orders (id, amount) WHERE (amount > 5);";
        await new OperationLife
        {
            Setup = $"{Setup} CREATE UNIQUE INDEX ident ON orders (id, amount); ALTER TABLE orders REPLICA IDENTITY USING INDEX ident; ALTER TABLE orders CLUSTER ON ident; {Publication}",
            Operations = [ToBigint],
            Sql = $"DROP PUBLICATION pub; ALTER TABLE orders ALTER COLUMN amount TYPE bigint; {Publication}",
            WhileBothRun = async (oldVersion, newVersion) =>
            {
                await newVersion.ExecuteAsync("UPDATE orders SET amount = amount + 1 WHERE id = 2");
                await oldVersion.ExecuteAsync("UPDATE orders SET amount = amount - 1 WHERE id = 2");
            },
        }.RunAsync();
    }

    [Fact]
    public async Task Column_that_no_list_names_is_refused_where_all_columns_tell_rows_apart()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        if (database.ServerMajorVersion < 15)
            return; // There are no column lists.
        await database.ExecuteAsync($"{Setup} ALTER TABLE orders REPLICA IDENTITY FULL; CREATE PUBLICATION pub FOR TABLE orders (id, amount, \"Cust omer\", note)", token);

        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(new RolloutRequest([new Migration("1_a", [ToBigint])]), token));

        Assert.Equal(ErrorCode.PublishedTable, exception.Code);
        Assert.Contains("REPLICA IDENTITY FULL", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task Policies_protect_both_versions_all_the_time()
    {
        const string Policies = """
            CREATE POLICY small ON orders AS RESTRICTIVE TO PUBLIC USING (amount < 1000) WITH CHECK (amount < 1000 AND amount <> (SELECT max(o.id) FROM orders AS o));
            CREATE POLICY anybody ON orders FOR SELECT TO pg_monitor, pg_read_all_data USING (true);
            CREATE POLICY other ON limits USING (top >= (SELECT min(amount) FROM orders));
            COMMENT ON POLICY small ON orders IS 'no big ones';
            """;
        return new OperationLife
        {
            Setup = $"{Setup} CREATE TABLE limits (top int); {Policies}",
            Operations = [ToBigint],
            Sql = $"DROP POLICY small ON orders; DROP POLICY anybody ON orders; DROP POLICY other ON limits; ALTER TABLE orders ALTER COLUMN amount TYPE bigint; {Policies}",
        }.RunAsync();
    }

    [Fact]
    public Task Wider_type_under_a_view_is_set_in_place()
    {
        const string View = "CREATE VIEW v AS SELECT code, code || '!' AS loud FROM t; CREATE RULE r AS ON INSERT TO t WHERE NEW.code = '' DO INSTEAD NOTHING;";
        const string Change = $"DROP VIEW v; DROP RULE r ON t; ALTER TABLE t ALTER COLUMN code TYPE varchar(20); {View}";
        return new OperationLife
        {
            Setup = $"CREATE TABLE t (id int PRIMARY KEY, code varchar(10)); {View}",
            Operations = [new AlterColumn(new RelationName("t"), new Identifier("code")) { Type = "varchar(20)" }],
            Sql = Change,
            KeptAfterRollback = Change,
            WhileBothRun = (_, newVersion) => newVersion.ExecuteAsync("INSERT INTO t VALUES (1, repeat('x', 20)); DELETE FROM t"),
        }.RunAsync();
    }

    [Theory]
    [InlineData("CREATE VIEW v AS SELECT id FROM orders WHERE amount = 5", "operator does not exist: text = integer")]
    [InlineData("CREATE POLICY p ON orders USING (amount > 5)", "operator does not exist: text > integer")]
    [InlineData("CREATE TABLE other (id int); CREATE POLICY p ON other USING (id IN (SELECT amount FROM orders))", "operator does not exist: integer = text")]
    [InlineData("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE TRIGGER t AFTER UPDATE ON orders FOR EACH ROW WHEN (NEW.amount > 5) EXECUTE FUNCTION f()", "operator does not exist: text > integer")]
    [InlineData("CREATE RULE r AS ON UPDATE TO orders WHERE NEW.amount > 5 DO INSTEAD NOTHING", "operator does not exist: text > integer")]
    public async Task What_does_not_go_with_the_new_type_is_refused_before_anything_is_touched(string sql, string message)
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Setup + sql, token);
        var before = await SchemaDump.ReadAsync(database, token);
        var toText = new AlterColumn(Orders, new Identifier("amount")) { Type = "text", Down = new Expression("amount::int") };

        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).ExpandAsync(new RolloutRequest([new Migration("1_a", [toText])]), token));

        Assert.Equal(ErrorCode.ColumnHasDependents, exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, token), "after refusal");
    }

    [Theory]
    [InlineData("CREATE MATERIALIZED VIEW mv AS SELECT amount FROM orders", "materialized view public.mv")]
    [InlineData("CREATE VIEW v AS SELECT amount FROM orders; CREATE MATERIALIZED VIEW mv AS SELECT * FROM v", "materialized view public.mv")]
    [InlineData("CREATE FUNCTION f() RETURNS bigint LANGUAGE sql RETURN (SELECT sum(amount) FROM orders)", "function public.f()")]
    [InlineData("CREATE VIEW v AS SELECT amount FROM orders; CREATE FUNCTION f() RETURNS SETOF v LANGUAGE sql AS 'SELECT * FROM v'", "function public.f()")]
    [InlineData("CREATE VIEW v AS SELECT amount FROM orders; CREATE TABLE holds (row v)", "column row of table public.holds")]
    [InlineData("ALTER TABLE orders ADD twice int GENERATED ALWAYS AS (amount * 2) STORED", "generated column twice of table public.orders")]
    [InlineData("CREATE EXTENSION btree_gist; ALTER TABLE orders ADD CONSTRAINT ex EXCLUDE USING gist (amount WITH =)", "exclusion constraint ex")]
    public async Task What_cannot_be_made_anew_is_refused_by_name(string sql, string named)
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Setup + sql, token);
        var before = await SchemaDump.ReadAsync(database, token);

        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).ExpandAsync(new RolloutRequest([new Migration("1_a", [ToBigint])]), token));

        Assert.Equal(ErrorCode.ColumnHasDependents, exception.Code);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, token), "after refusal");
    }
}
