using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Operations;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>Raw SQL that defines things, and whose author does not say when it is to run.</summary>
public sealed class RawDefinitionTests
{
    const string Shop = """
        CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, price text, "Tag" text);
        CREATE TABLE parts (id int PRIMARY KEY, item_id int);
        INSERT INTO items VALUES (1, 'one', '10', 'a'), (2, 'two', '20', NULL);
        INSERT INTO parts VALUES (1, 1);
        CREATE INDEX ix_old ON items (name);
        CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
        CREATE VIEW cheap AS SELECT id FROM items WHERE id < 2;
        """;

    static readonly RelationName Items = new("items");

    static Identifier Id(string name) => new(name);

    static RunSql Sql(string sql, string? down = null) => new(sql) { Moment = SqlMoment.Chosen, Down = down };

    [Fact]
    public Task What_an_operation_says_too_is_planned_as_that() => new OperationLife
    {
        Setup = Shop,
        Migrations =
        [
            [
                Sql("""
                    -- An expression, which EF Core has no words for
                    CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_lower ON items (lower(name)) WHERE id > 0;
                    CREATE UNIQUE INDEX "IX_Tag" ON public.items USING btree ("Tag" DESC NULLS LAST);
                    ALTER TABLE parts ADD CONSTRAINT fk_parts FOREIGN KEY (item_id) REFERENCES items (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
                    ALTER TABLE ONLY items ADD CONSTRAINT ck_price CHECK (price <> ''), ADD COLUMN IF NOT EXISTS extra varchar(5) NOT NULL DEFAULT 'x';
                    DROP INDEX ix_old;
                    """),
                Sql("ALTER TABLE items ALTER COLUMN price TYPE integer USING price::integer"),
            ],
            [
                new RenameIndex(new RelationName("ix_lower"), Id("ix_lower_name")),
                new DropIndex(new RelationName("IX_Tag")),
                new RenameColumn(Items, Id("extra"), Id("more")),
                new DropConstraint(Items, Id("ck_price")),
                Sql("ALTER TABLE items RENAME COLUMN name TO title; ALTER TABLE items ALTER title SET DEFAULT 'none'"),
            ],
        ],
        Sql = """
            CREATE INDEX ix_lower_name ON items (lower(name)) WHERE id > 0;
            ALTER TABLE parts ADD CONSTRAINT fk_parts FOREIGN KEY (item_id) REFERENCES items (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
            ALTER TABLE items ADD COLUMN extra varchar(5) NOT NULL DEFAULT 'x';
            ALTER TABLE items RENAME COLUMN extra TO more;
            DROP INDEX ix_old;
            ALTER TABLE items ALTER COLUMN price TYPE integer USING price::integer;
            ALTER TABLE items RENAME COLUMN name TO title;
            ALTER TABLE items ALTER title SET DEFAULT 'none';
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT price, more FROM items WHERE id = 2", 20, "x");
            await oldVersion.ReadsAsync("SELECT price FROM items WHERE id = 2", "20");
            await oldVersion.ExecuteAsync("INSERT INTO items (id, name, price) VALUES (30, 'n', '5')");
        },
    }.RunAsync();

    [Fact]
    public Task What_only_adds_is_there_from_the_start() => new OperationLife
    {
        Setup = Shop,
        Operations =
        [
            new AddColumn(Items, new ColumnDefinition(Id("stamp"), "integer")),
            Sql("""
                CREATE SEQUENCE numbers START 5;
                CREATE FUNCTION stamp_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.stamp := 7; RETURN NEW; END $$;
                CREATE FUNCTION add_up(a int, b int DEFAULT (1 + 2)) RETURNS int LANGUAGE sql RETURN a + b;
                CREATE TRIGGER stamp_it BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION stamp_item();
                CREATE TYPE mood AS ENUM ('good', 'bad');
                CREATE DOMAIN positive AS int CHECK (VALUE > 0);
                CREATE VIEW stamped AS SELECT id, stamp FROM items;
                CREATE TABLE notes (id int PRIMARY KEY, item_id int REFERENCES items (id));
                """),
        ],
        Sql = """
            ALTER TABLE items ADD COLUMN stamp integer;
            CREATE SEQUENCE numbers START 5;
            CREATE FUNCTION stamp_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.stamp := 7; RETURN NEW; END $$;
            CREATE FUNCTION add_up(a int, b int DEFAULT (1 + 2)) RETURNS int LANGUAGE sql RETURN a + b;
            CREATE TRIGGER stamp_it BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION stamp_item();
            CREATE TYPE mood AS ENUM ('good', 'bad');
            CREATE DOMAIN positive AS int CHECK (VALUE > 0);
            CREATE VIEW stamped AS SELECT id, stamp FROM items;
            CREATE TABLE notes (id int PRIMARY KEY, item_id int REFERENCES items (id));
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync("INSERT INTO items (id, name) VALUES (40, 'n')");
            await newVersion.ReadsAsync("SELECT stamp, add_up(stamp) FROM stamped WHERE id = 40", 7, 10);
            await newVersion.ExecuteAsync("DELETE FROM items WHERE id = 40");
        },
    }.RunAsync();

    [Fact]
    public Task What_the_old_version_uses_is_replaced_at_the_end() => new OperationLife
    {
        Setup = Shop,
        Operations =
        [
            new RenameColumn(Items, Id("Tag"), Id("label")),
            Sql("CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 3'", down: "SELECT this would fail"),
            Sql("DROP VIEW cheap; CREATE VIEW cheap AS SELECT id, label FROM items WHERE id < 3; COMMENT ON COLUMN items.label IS 'What it is called'; GRANT SELECT ON items TO PUBLIC"),
            Sql("CREATE VIEW all_items AS SELECT * FROM items"),
            new RenameTable(Items, new RelationName("goods")),
            new RenameColumn(new RelationName("goods"), Id("label"), Id("mark")),
        ],
        Sql = """
            CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 3';
            ALTER TABLE items RENAME COLUMN "Tag" TO label;
            DROP VIEW cheap; CREATE VIEW cheap AS SELECT id, label FROM items WHERE id < 3; COMMENT ON COLUMN items.label IS 'What it is called'; GRANT SELECT ON items TO PUBLIC;
            CREATE VIEW all_items AS SELECT * FROM items;
            ALTER TABLE items RENAME TO goods;
            ALTER TABLE goods RENAME COLUMN label TO mark;
            """,
        WhileBothRun = (oldVersion, newVersion) => oldVersion.ReadsAsync("SELECT twice(id), (SELECT count(*) FROM cheap) FROM items WHERE id = 2", 4, 1L),
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT twice(id) FROM all_items WHERE id = 2", 6),
    }.RunAsync();

    [Fact]
    public Task Later_operations_may_use_what_raw_sql_makes() => new OperationLife
    {
        Setup = Shop,
        Operations =
        [
            Sql("CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE SEQUENCE ticket START 100; CREATE TABLE extra (id int); ALTER TABLE ONLY extra ADD PRIMARY KEY (id); CREATE INDEX ix_extra ON extra (id); CREATE TABLE more (id int PRIMARY KEY); ALTER TABLE ONLY extra ADD CONSTRAINT fk_more FOREIGN KEY (id) REFERENCES more (id);"),
            new AddColumn(Items, new ColumnDefinition(Id("mood"), "mood")),
            new AddColumn(Items, new ColumnDefinition(Id("ticket"), "bigint") { IsNullable = false, Default = "nextval('ticket')" }),
            Sql("UPDATE items SET mood = 'good'; INSERT INTO more VALUES (1); INSERT INTO extra VALUES (1)"),
        ],
        Sql = """
            CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE SEQUENCE ticket START 100;
            CREATE TABLE extra (id int); ALTER TABLE ONLY extra ADD PRIMARY KEY (id); CREATE INDEX ix_extra ON extra (id); CREATE TABLE more (id int PRIMARY KEY); ALTER TABLE ONLY extra ADD CONSTRAINT fk_more FOREIGN KEY (id) REFERENCES more (id);
            ALTER TABLE items ADD COLUMN mood mood, ADD COLUMN ticket bigint NOT NULL DEFAULT nextval('ticket');
            """,
        WhileBothRun = async (_, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT mood::text, ticket >= 100 FROM items WHERE id = 1", "good", true);
            await newVersion.ReadsAsync("SELECT count(*) FROM pg_index WHERE indrelid = 'extra'::regclass", 2L);
        },
    }.RunAsync();

    [Fact]
    public Task Table_is_dropped_and_made_anew_with_its_names() => new OperationLife
    {
        Setup = $"{Shop} CREATE INDEX ix_parts ON parts (item_id);",
        Operations =
        [
            Sql("DROP TABLE IF EXISTS parts, nothing;"),
            new CreateTable(new RelationName("parts"), [new ColumnDefinition(Id("id"), "text") { IsNullable = false }, new ColumnDefinition(Id("item_id"), "text")]) { PrimaryKey = new KeyDefinition(Id("parts_pkey"), [Id("id")]) },
            new CreateIndex(new RelationName("parts"), Id("ix_parts"), [IndexKey.On(Id("item_id"))]),
            new RenameIndex(new RelationName("items_pkey"), Id("items_key")),
        ],
        Sql = "DROP TABLE parts; CREATE TABLE parts (id text NOT NULL, item_id text, CONSTRAINT parts_pkey PRIMARY KEY (id)); CREATE INDEX ix_parts ON parts (item_id); ALTER INDEX items_pkey RENAME TO items_key;",
        WhileBothRun = (oldVersion, newVersion) => oldVersion.ReadsAsync("SELECT item_id FROM parts", 1),
    }.RunAsync();

    [Fact]
    public Task Columns_of_raw_sql_are_added_with_all_that_is_said_of_them() => new OperationLife
    {
        Setup = Shop,
        Operations =
        [
            Sql("""
                ALTER TABLE items ADD COLUMN title text DEFAULT NULL, ADD note text COLLATE "C" NULL, ADD COLUMN n int GENERATED BY DEFAULT AS IDENTITY (START 5),
                    ADD parent int REFERENCES items ON DELETE SET NULL, ADD code text UNIQUE CONSTRAINT ck_code CHECK (code <> '');
                UPDATE items SET title = name;
                """),
            Sql("ALTER TABLE parts ADD FOREIGN KEY (item_id) REFERENCES items (id), ADD UNIQUE (item_id)"),
        ],
        Sql = """
            ALTER TABLE items ADD COLUMN title text DEFAULT NULL, ADD note text COLLATE "C" NULL, ADD COLUMN n int GENERATED BY DEFAULT AS IDENTITY (START 5),
                ADD parent int REFERENCES items ON DELETE SET NULL, ADD code text UNIQUE CONSTRAINT ck_code CHECK (code <> '');
            UPDATE items SET title = name;
            ALTER TABLE parts ADD FOREIGN KEY (item_id) REFERENCES items (id), ADD UNIQUE (item_id);
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT title FROM items WHERE id = 1", "one");
            await oldVersion.ExecuteAsync("INSERT INTO items (id, name) VALUES (50, 'n')");
            await newVersion.ReadsAsync("SELECT n >= 5 FROM items WHERE id = 50", true);
            await newVersion.ExecuteAsync("DELETE FROM items WHERE id = 50");
        },
    }.RunAsync();

    [Fact]
    public Task Table_of_raw_sql_is_changed_by_later_operations() => new OperationLife
    {
        Setup = Shop,
        Migrations =
        [
            [
                Sql("""
                    CREATE TABLE IF NOT EXISTS public.orders (
                        id bigserial PRIMARY KEY, item_id int NOT NULL REFERENCES items (id) ON DELETE CASCADE, parent bigint,
                        state varchar(10) DEFAULT 'new'::character varying NOT NULL, at timestamptz(3) DEFAULT now(), amount numeric(10, 2) CONSTRAINT ck_amount CHECK (amount >= 0),
                        "Key" uuid NOT NULL UNIQUE, labels text[] NOT NULL DEFAULT '{}', total numeric GENERATED ALWAYS AS (amount * 2) STORED,
                        FOREIGN KEY (parent) REFERENCES orders, CONSTRAINT uq_order UNIQUE (item_id, parent));
                    CREATE TABLE IF NOT EXISTS orders (id int);
                    CREATE INDEX ix_orders ON orders (state);
                    INSERT INTO orders (item_id, "Key") VALUES (1, '00000000-0000-0000-0000-000000000001');
                    """),
            ],
            [
                new RenameTable(new RelationName("orders"), new RelationName("purchases")),
                new AddColumn(new RelationName("purchases"), new ColumnDefinition(Id("note"), "text")),
                new DropIndex(new RelationName("ix_orders")),
                new AlterColumn(new RelationName("purchases"), Id("state")) { Type = "text" },
            ],
        ],
        Sql = """
            CREATE TABLE orders (
                id bigserial PRIMARY KEY, item_id int NOT NULL REFERENCES items (id) ON DELETE CASCADE, parent bigint,
                state varchar(10) DEFAULT 'new'::character varying NOT NULL, at timestamptz(3) DEFAULT now(), amount numeric(10, 2) CONSTRAINT ck_amount CHECK (amount >= 0),
                "Key" uuid NOT NULL UNIQUE, labels text[] NOT NULL DEFAULT '{}', total numeric GENERATED ALWAYS AS (amount * 2) STORED,
                FOREIGN KEY (parent) REFERENCES orders, CONSTRAINT uq_order UNIQUE (item_id, parent));
            ALTER TABLE orders RENAME TO purchases;
            ALTER TABLE purchases ADD note text, ALTER state TYPE text;
            """,
        WhileBothRun = async (_, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT id, state, note FROM purchases", 1L, "new", null);
            await newVersion.ExecuteAsync("""INSERT INTO purchases (item_id, "Key", note) VALUES (2, gen_random_uuid(), 'n')""");
        },
    }.RunAsync();

    [Fact]
    public Task Schema_of_raw_sql_holds_what_raw_sql_makes_in_it() => new OperationLife
    {
        Setup = Shop,
        Operations = [Sql("CREATE SCHEMA IF NOT EXISTS apart; CREATE TABLE apart.orders (id int PRIMARY KEY); CREATE INDEX ix_apart ON apart.orders (id); CREATE COLLATION apart.plain (LOCALE = 'C')")],
        Sql = "CREATE SCHEMA apart; CREATE TABLE apart.orders (id int PRIMARY KEY); CREATE INDEX ix_apart ON apart.orders (id); CREATE COLLATION apart.plain (LOCALE = 'C')",
        WhileBothRun = (_, newVersion) => newVersion.ReadsAsync("SELECT count(*) FROM apart.orders", 0L),
    }.RunAsync();

    [Fact]
    public Task Index_without_a_name_gets_the_one_that_postgresql_chooses() => new OperationLife
    {
        Setup = Shop,
        Operations =
        [
            Sql("""
                CREATE INDEX ON items (name, "Tag" DESC);
                CREATE INDEX ON items (name, "Tag" DESC);
                CREATE UNIQUE INDEX ON items USING btree (lower(name)) INCLUDE (price) WHERE id > 0;
                """),
        ],
        Sql = """CREATE INDEX ON items (name, "Tag" DESC); CREATE INDEX ON items (name, "Tag" DESC); CREATE UNIQUE INDEX ON items USING btree (lower(name)) INCLUDE (price) WHERE id > 0;""",
        WhileBothRun = (oldVersion, _) => oldVersion.ReadsAsync("SELECT count(*) FROM pg_index WHERE indrelid = 'items'::regclass", 5L),
    }.RunAsync();

    // What they did to the views that raw SQL over rows sees at start would be gone with these.
    [Fact]
    public Task Blocks_that_define_something_are_definitions() => new OperationLife
    {
        Setup = Shop,
        Operations =
        [
            new AlterColumn(Items, Id("price")) { Type = "integer", Up = new Expression("price::integer"), Down = new Expression("price::text") },
            new RenameColumn(new RelationName("parts"), Id("item_id"), Id("item")),
            Sql(Blocks),
        ],
        Sql = $"ALTER TABLE items ALTER price TYPE integer USING price::integer; ALTER TABLE parts RENAME item_id TO item; {Blocks}",
    }.RunAsync();

    const string Blocks = """
        DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = current_user) THEN GRANT SELECT ON items TO PUBLIC; END IF; END $$;
        DO $$ BEGIN EXECUTE format('GRANT UPDATE (%I) ON parts TO PUBLIC', 'item'); END $$;
        DO $$ BEGIN EXECUTE 'CREATE INDEX ix_price ON items (price)'; END $$;
        DO $$ BEGIN COMMENT ON TABLE items IS 'to sell'; END $$;
        DO $$ BEGIN UPDATE items SET name = 'create, alter or drop' WHERE id = 2; END $$;
        """;

    [Fact]
    public async Task Plan_says_what_raw_sql_costs_and_what_it_does_not_reach()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Shop, token);
        var plan = await new RollEngine(database.DataSource, new RollOptions()).PlanAsync(new RolloutRequest([new Migration("m",
        [
            Sql("UPDATE items SET name = upper(name)"),
            Sql("DO $$ BEGIN ALTER TABLE parts SET (fillfactor = 90); END $$"),
            Sql("CREATE INDEX ON items ((price || name))"),
            new AddColumn(new RelationName("parts"), new ColumnDefinition(Id("size"), "int")) { Up = new Expression("1") },
            Sql("UPDATE parts SET size = 1"),
        ])]), token);
        Assert.Contains(plan!.Notes, note => note.StartsWith("Raw SQL changes rows of public.items once", StringComparison.Ordinal));
        var hazard = Assert.Single(plan.Contract.SelectMany(step => step.Hazards));
        Assert.Contains("DO $$", hazard, StringComparison.Ordinal);
        Assert.Contains("CREATE INDEX ON items ((price", hazard, StringComparison.Ordinal);
    }

    [Fact]
    public Task Function_lives_as_long_as_the_rows_between_need_it() => new OperationLife
    {
        Setup = Shop,
        Operations =
        [
            Sql("""
                CREATE OR REPLACE FUNCTION louder(t text) RETURNS text LANGUAGE sql AS 'SELECT upper(t)';
                UPDATE items SET name = louder(name) WHERE id = 1;
                CREATE OR REPLACE FUNCTION louder(t text) RETURNS text LANGUAGE sql AS 'SELECT upper(t) || ''!''';
                UPDATE items SET name = louder(name) WHERE id = 2;
                DROP FUNCTION louder(text);
                """),
            Sql("CREATE TABLE queue (id int); CREATE FUNCTION waiting() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM queue'"),
        ],
        Sql = "CREATE TABLE queue (id int); CREATE FUNCTION waiting() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM queue'",
        WhileBothRun = async (_, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT string_agg(name, ',' ORDER BY id) FROM items WHERE id < 3", "ONE,TWO!");
            await newVersion.ReadsAsync("SELECT waiting()", 0L);
        },
    }.RunAsync();

    [Fact]
    public Task Rows_wait_for_the_definitions_that_they_need() => new OperationLife
    {
        Setup = $"{Shop} CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'; CREATE TRIGGER no_change BEFORE UPDATE ON parts FOR EACH ROW EXECUTE FUNCTION refuse();",
        Operations =
        [
            Sql("""
                ALTER TABLE items ADD COLUMN size int CHECK (size > 0);
                UPDATE items SET size = twice(id);
                ALTER TABLE parts DISABLE TRIGGER no_change;
                UPDATE parts SET item_id = 2;
                ALTER TABLE parts ENABLE TRIGGER no_change;
                """),
        ],
        Sql = "ALTER TABLE items ADD COLUMN size int CHECK (size > 0);",
        WhileBothRun = (oldVersion, _) => oldVersion.ReadsAsync("SELECT item_id FROM parts", 1),
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT size, item_id FROM items CROSS JOIN parts WHERE items.id = 2", 4, 2),
    }.RunAsync();

    [Fact]
    public Task Definitions_and_rows_in_one_text_have_their_own_moments() => new OperationLife
    {
        Setup = Shop,
        Operations =
        [
            Sql("""
                CREATE TABLE saved AS SELECT * FROM items;
                UPDATE items SET name = upper(name);
                DROP FUNCTION twice;
                CREATE INDEX ix_upper ON items (upper(name));
                """, down: "this fits none of them"),
        ],
        Sql = "CREATE TABLE saved AS SELECT * FROM items; DROP FUNCTION twice; CREATE INDEX ix_upper ON items (upper(name));",
        WhileBothRun = (oldVersion, newVersion) => newVersion.ReadsAsync("SELECT items.name, saved.name, twice(3) FROM items JOIN saved USING (id) WHERE id = 1", "ONE", "one", 6),
    }.RunAsync();

    [Fact]
    public Task What_empties_renames_or_forbids_waits_for_complete() => new OperationLife
    {
        Setup = $"{Shop} CREATE DOMAIN amount AS int; CREATE SCHEMA sales; CREATE TABLE sales.orders (id int); CREATE TYPE state AS ENUM ('open', 'done'); CREATE TABLE tasks (id int, state state); INSERT INTO tasks VALUES (1, 'done');",
        Operations = [Sql("TRUNCATE parts CASCADE; ALTER TYPE state RENAME VALUE 'done' TO 'completed'; ALTER SCHEMA sales RENAME TO trade; ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (VALUE > 0)")],
        Sql = "ALTER TYPE state RENAME VALUE 'done' TO 'completed'; ALTER SCHEMA sales RENAME TO trade; ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (VALUE > 0)",
        WhileBothRun = (oldVersion, _) => oldVersion.ReadsAsync("SELECT (SELECT count(*) FROM parts), (SELECT count(*) FROM sales.orders), '-1'::amount FROM tasks WHERE state = 'done'", 1L, 0L, -1),
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT state::text, (SELECT count(*) FROM parts) FROM tasks", "completed", 0L),
    }.RunAsync();
}
