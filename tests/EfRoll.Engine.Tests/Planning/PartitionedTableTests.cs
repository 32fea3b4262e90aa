using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Operations;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>Partitioned tables are changed like others, partition by partition, also while partitions come and go.</summary>
public sealed class PartitionedTableTests
{
    static readonly RelationName Events = new("events");

    // By range, one of the partitions by hash, a default one, and one in another schema with its columns in another order.
    const string Setup = """
        CREATE SCHEMA archive;
        CREATE TABLE events (id int NOT NULL, day date NOT NULL, qty int NOT NULL DEFAULT 1, note text, gone int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
        CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01') PARTITION BY HASH (id);
        CREATE TABLE events_1a PARTITION OF events_1 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE events_1b PARTITION OF events_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        CREATE TABLE archive."Ev'ents" (note text, day date NOT NULL, dropped int, gone int, id int NOT NULL, qty int NOT NULL DEFAULT 1, PRIMARY KEY (id, day));
        ALTER TABLE archive."Ev'ents" DROP COLUMN dropped;
        ALTER TABLE events ATTACH PARTITION archive."Ev'ents" FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
        CREATE TABLE events_rest PARTITION OF events DEFAULT;
        CREATE INDEX ix_qty ON events (qty DESC, day);
        CREATE INDEX ix_note ON events (lower(note)) WHERE qty > 0;
        CREATE INDEX ix_old ON events (gone, id);
        CREATE INDEX ix_old2 ON events (id);
        INSERT INTO events SELECT i, date '2025-12-25' + i, i, CASE WHEN i % 2 = 0 THEN 'n' || i END, i FROM generate_series(1, 80) AS i;
        """;

    [Fact]
    public Task Columns_change_on_every_partition() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new AlterColumn(Events, new Identifier("qty")) { Type = "bigint" },
            new AlterColumn(Events, new Identifier("note")) { IsNullable = false, Up = new Expression("COALESCE(note, 'none of ' || id)") },
            new AddColumn(Events, new ColumnDefinition(new Identifier("stamp"), "uuid") { IsNullable = false, Default = "gen_random_uuid()" }),
            new AddColumn(Events, new ColumnDefinition(new Identifier("plain"), "int") { Default = "5" }),
            new DropColumn(Events, new Identifier("gone")),
            new RenameColumn(Events, new Identifier("day"), new Identifier("on_day")),
            new RenameTable(Events, new RelationName("happenings")),
        ],
        Sql = """
            ALTER TABLE events DROP COLUMN gone;
            ALTER TABLE events ALTER COLUMN qty TYPE bigint;
            UPDATE events SET note = 'none of ' || id WHERE note IS NULL;
            ALTER TABLE events ALTER COLUMN note SET NOT NULL;
            ALTER TABLE events ADD COLUMN stamp uuid NOT NULL DEFAULT gen_random_uuid(), ADD COLUMN plain int DEFAULT 5;
            ALTER TABLE events RENAME COLUMN day TO on_day;
            ALTER TABLE events RENAME TO happenings;
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT count(*), count(DISTINCT stamp), sum(qty), count(note), min(plain) FROM happenings", 80L, 80L, 3240m, 80L, 5);
            await oldVersion.ExecuteAsync("INSERT INTO events (id, day, qty) VALUES (100, '2026-01-05', 7), (101, '2026-02-05', 7), (102, '2027-01-05', 7)");
            await newVersion.ReadsAsync("SELECT string_agg(note || qty, ',' ORDER BY id), count(stamp) FROM happenings WHERE id >= 100", "none of 1007,none of 1017,none of 1027", 3L);
            await newVersion.ExecuteAsync("INSERT INTO happenings (id, on_day, note) VALUES (103, '2026-01-06', 'new'); UPDATE happenings SET qty = 8 WHERE id IN (101, 103)");
            await oldVersion.ReadsAsync("SELECT string_agg(qty || coalesce(note, '-'), ',' ORDER BY id) FROM events WHERE id >= 100", "7-,8-,7-,8new");

            // Rows that move to another partition keep what either version wrote.
            await newVersion.ExecuteAsync("UPDATE happenings SET note = 'mine', qty = 9 WHERE id = 100; UPDATE happenings SET note = 'mine too' WHERE id = 100");
            await oldVersion.ExecuteAsync("UPDATE events SET note = NULL WHERE id = 103");
            var stamps = await newVersion.ScalarAsync<string>("SELECT string_agg(stamp::text, ',' ORDER BY id) FROM happenings");
            await oldVersion.ExecuteAsync("UPDATE events SET day = day + 60");
            await newVersion.ExecuteAsync("UPDATE happenings SET on_day = on_day - 30");
            await newVersion.ReadsAsync("SELECT string_agg(stamp::text, ',' ORDER BY id) FROM happenings", stamps);
            await newVersion.ReadsAsync("SELECT string_agg(note || qty, ',' ORDER BY id) FROM happenings WHERE id IN (100, 103)", "mine too9,none of 1038");
            await oldVersion.ReadsAsync("SELECT string_agg(coalesce(note, '-') || qty, ',' ORDER BY id) FROM events WHERE id IN (100, 103)", "mine too9,-8");
            await newVersion.ExecuteAsync("UPDATE happenings SET on_day = on_day - 30; DELETE FROM happenings WHERE id >= 100");
        },
        AfterComplete = newVersion => newVersion.ExecuteAsync("INSERT INTO happenings (id, on_day, note, qty) VALUES (200, '2026-01-07', 'x', 5000000000)"),
    }.RunAsync();

    [Fact]
    public Task Indexes_are_built_on_every_partition_and_attached() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new CreateIndex(Events, new Identifier("ix_new"), [IndexKey.On(new Identifier("note")), new IndexKey { Expression = new Expression("qty + 1") }]) { Include = [new Identifier("gone")] },
            new CreateIndex(Events, new Identifier("ux_new"), [IndexKey.On(new Identifier("id")), IndexKey.On(new Identifier("day"))]) { IsUnique = true },
            new DropIndex(new RelationName("ix_old")),
            new RenameIndex(new RelationName("ix_qty"), new Identifier("ix_quantity")),
            new DropIndex(new RelationName("ix_note")),
            new CreateIndex(Events, new Identifier("ix_note"), [IndexKey.On(new Identifier("note"))]),
            new AddCheckConstraint(Events, new CheckDefinition(new Identifier("ck_qty"), new Expression("qty > 0"))),
        ],
        Sql = """
            CREATE INDEX ix_new ON events (note, (qty + 1)) INCLUDE (gone);
            CREATE UNIQUE INDEX ux_new ON events (id, day);
            DROP INDEX ix_old;
            ALTER INDEX ix_qty RENAME TO ix_quantity;
            DROP INDEX ix_note;
            CREATE INDEX ix_note ON events (note);
            ALTER TABLE events ADD CONSTRAINT ck_qty CHECK (qty > 0);
            """,
    }.RunAsync();

    [Fact]
    public Task Foreign_key_to_a_partitioned_table_and_dropping_one() => new OperationLife
    {
        Setup = $"""
            {Setup}
            CREATE TABLE child (event int, day date);
            INSERT INTO child SELECT id, day FROM events;
            CREATE TABLE other (id int) PARTITION BY LIST (id);
            CREATE TABLE other_1 PARTITION OF other FOR VALUES IN (1);
            """,
        Operations =
        [
            new AddForeignKey(new RelationName("child"), new ForeignKeyDefinition(new Identifier("fk"), [new Identifier("event"), new Identifier("day")], Events, []) { OnDelete = "CASCADE" }),
            new DropTable(new RelationName("other")),
        ],
        Sql = "ALTER TABLE child ADD CONSTRAINT fk FOREIGN KEY (event, day) REFERENCES events (id, day) ON DELETE CASCADE; DROP TABLE other;",
    }.RunAsync();

    [Fact]
    public async Task Partitions_may_be_made_and_dropped_while_both_versions_run()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync($"{Setup} DELETE FROM events WHERE day >= '2026-03-01'", token);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        await engine.ExpandAsync(new RolloutRequest([new Migration("1_a",
            [new AlterColumn(Events, new Identifier("qty")) { Type = "bigint" }, new CreateIndex(Events, new Identifier("ix_new"), [IndexKey.On(new Identifier("note"))])])]), token);

        await database.ExecuteAsync("""
            CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
            CREATE TABLE events_4 PARTITION OF events FOR VALUES FROM ('2026-04-01') TO ('2026-05-01');
            INSERT INTO events (id, day, qty) VALUES (300, '2026-03-02', 3);
            INSERT INTO public_1_a.events (id, day, qty, note) VALUES (400, '2026-04-02', 4, 'n');
            DROP TABLE archive."Ev'ents";
            """, token);
        Assert.Equal("3,4", await database.ScalarAsync<string>("SELECT string_agg(qty::text, ',' ORDER BY id) FROM public_1_a.events WHERE id >= 300", token));
        Assert.Equal("3,4", await database.ScalarAsync<string>("SELECT string_agg(qty::text, ',' ORDER BY id) FROM events WHERE id >= 300", token));
        await engine.ContractAsync(token);

        Assert.Equal("3,4", await database.ScalarAsync<string>("SELECT string_agg(qty::text, ',' ORDER BY id) FROM events WHERE id >= 300", token));
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM pg_class AS c JOIN pg_index AS i ON i.indexrelid = c.oid WHERE c.relname LIKE '\\_efroll%' OR NOT i.indisvalid", token));
    }

    [Fact]
    public async Task Index_that_a_stopped_build_left_on_a_partition_goes_with_a_rollback()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Setup, token);
        var before = await SchemaDump.ReadAsync(database, token);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        await engine.ExpandAsync(new RolloutRequest([new Migration("1_a", [new CreateIndex(Events, new Identifier("ix_new"), [IndexKey.On(new Identifier("note"))])])]), token);
        var left = HelperNames.OnPartition(await database.ScalarAsync<long>("SELECT 'events_1b'::regclass::oid::bigint", token));
        await database.ExecuteAsync($"CREATE INDEX {left} ON events_1b (note)", token);

        await engine.RollbackAsync(token);

        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, token), "after rollback");
    }

    // Complete would take it away with the column, and nobody would hear of it.
    [Fact]
    public async Task What_one_partition_has_on_a_column_that_is_exchanged_is_refused_by_name()
    {
        var token = TestContext.Current.CancellationToken;
        (string Change, string Before, string SinceStart)[] cases =
        [
            ("CREATE INDEX own ON events_1a (qty)", "index public.own", "index own of"),
            ("ALTER TABLE events_1a ADD CONSTRAINT own CHECK (qty > 0)", "constraint own", "constraint own of"),
            ("CREATE STATISTICS own ON qty, gone FROM events_1a", "statistics object public.own", "statistics public.own of"),
            ("CREATE TRIGGER own AFTER UPDATE OF qty ON events_1a FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()", "trigger own on table public.events_1a", "trigger own of"),
            ("CREATE POLICY own ON events_1a USING (qty > 0)", "policy own on table public.events_1a", "policy own of"),
            ("GRANT SELECT (qty) ON events_1a TO PUBLIC", "the rights of column qty of", "right SELECT (qty) of PUBLIC of"),
            ("ALTER TABLE events_1a ALTER qty SET DEFAULT 7", "the default of column qty of", "default of column qty of"),
            ("ALTER TABLE events_1a ALTER qty SET STATISTICS 7", "the statistics target of column qty of", "statistics target of column qty of"),
            ("ALTER TABLE events_1a ALTER qty SET (n_distinct = 7)", "the parameters of column qty of", "parameter n_distinct of column qty of"),
            ("COMMENT ON COLUMN events_1a.qty IS 'how many'", "the comment of column qty of", "comment of column qty of"),
        ];
        var changes = string.Join("; ", cases.Select(one => one.Change));
        var request = new RolloutRequest([new Migration("1_a", [new AlterColumn(Events, new Identifier("qty")) { Type = "bigint" }, new DropColumn(Events, new Identifier("gone"))])]);

        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Setup, token);
        foreach (var some in new[] { cases[..5], cases[5..] })
        {
            await using var before = await database.CopyAsync(token);
            await before.ExecuteAsync(string.Join("; ", some.Select(one => one.Change)), token);
            var refused = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(before.DataSource, new RollOptions()).PlanAsync(request, token));
            Assert.Equal(ErrorCode.ColumnHasDependents, refused.Code);
            Assert.All(some, one => Assert.Contains(one.Before, refused.Message, StringComparison.Ordinal));
        }

        var engine = new RollEngine(database.DataSource, new RollOptions());
        await engine.ExpandAsync(request, token);
        await database.ExecuteAsync($"CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM ('2027-03-01') TO ('2027-04-01'); {changes}", token);
        var drifted = await Assert.ThrowsAsync<EfRollException>(() => engine.ContractAsync(token));
        Assert.Equal(ErrorCode.Drifted, drifted.Code);
        Assert.All(cases, one => Assert.Contains($"{one.SinceStart} public.events_1a", drifted.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("events_3", drifted.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_partitioned_tables_cannot_do_is_refused()
    {
        await RefusesAsync(Setup, new AlterColumn(Events, new Identifier("day")) { Type = "timestamp" }, ErrorCode.ColumnHasDependents, "the key by which public.events is partitioned");
        await RefusesAsync(Setup, new AlterColumn(Events, new Identifier("id")) { Type = "bigint" }, ErrorCode.ColumnHasDependents, "the key by which public.events_1 is partitioned");
        await RefusesAsync(Setup, new CreateIndex(Events, new Identifier("ux"), [IndexKey.On(new Identifier("id"))]) { IsUnique = true }, ErrorCode.NotOnPartitionedTable, "day");
        await RefusesAsync(Setup, new AddUniqueConstraint(Events, new KeyDefinition(null, [new Identifier("id"), new Identifier("day")])), ErrorCode.NotOnPartitionedTable, "on an index that is there already");
        await RefusesAsync(Setup, new DropColumn(new RelationName("events_1"), new Identifier("gone")), ErrorCode.TableKindNotSupported, "is a partition;");
        await RefusesAsync($"{Setup} CREATE VIEW v AS SELECT qty FROM events_1a", new AlterColumn(Events, new Identifier("qty")) { Type = "bigint" }, ErrorCode.ColumnHasDependents, "rule _RETURN on view public.v");
        await RefusesAsync("CREATE TABLE parent (a int); CREATE TABLE child () INHERITS (parent);", new DropColumn(new RelationName("parent"), new Identifier("a")), ErrorCode.TableKindNotSupported, "inherits");
        await RefusesAsync("CREATE TABLE parent (a int); CREATE TABLE child () INHERITS (parent);", new DropColumn(new RelationName("child"), new Identifier("a")), ErrorCode.TableKindNotSupported, "inherits");
    }

    static async Task RefusesAsync(string setup, Operation operation, ErrorCode code, string named)
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(setup, token);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(new RolloutRequest([new Migration("1_a", [operation])]), token));
        Assert.Equal(code, exception.Code);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }
}
