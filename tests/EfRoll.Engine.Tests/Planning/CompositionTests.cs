using EfRoll.Engine.Operations;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using EfRoll.Engine.Tests.Operations;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>Several changes, of one migration or of several, on the same table and column.</summary>
public sealed class CompositionTests
{
    const string People = """
        CREATE TABLE people (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, first text NOT NULL, last text NOT NULL, age int);
        INSERT INTO people (first, last, age) VALUES ('Ada', 'Lovelace', 36), ('Alan', 'Turing', NULL);
        """;

    static readonly RelationName PeopleTable = new("people");

    static Identifier Id(string name) => new(name);

    // EF Core writes drops before adds; the expressions still see both sides.
    [Fact]
    public Task Two_columns_merge_into_one() => new OperationLife
    {
        Setup = People,
        Operations =
        [
            new DropColumn(PeopleTable, Id("first")) { Down = new Expression("split_part(\"Full\", ' ', 1)") },
            new DropColumn(PeopleTable, Id("last")) { Down = new Expression("split_part(\"Full\", ' ', 2)") },
            new AddColumn(PeopleTable, new ColumnDefinition(Id("Full"), "text") { IsNullable = false, Default = "''" }) { Up = new Expression("first || ' ' || last") },
        ],
        Sql = "ALTER TABLE people DROP COLUMN first, DROP COLUMN last, ADD COLUMN \"Full\" text NOT NULL DEFAULT ''",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT \"Full\" FROM people WHERE id = 1", "Ada Lovelace");
            await newVersion.ExecuteAsync("UPDATE people SET \"Full\" = 'Augusta King' WHERE id = 1");
            await oldVersion.ReadsAsync("SELECT first, last FROM people WHERE id = 1", "Augusta", "King");
            await oldVersion.ExecuteAsync("UPDATE people SET last = 'Byron' WHERE id = 1");
            await newVersion.ReadsAsync("SELECT \"Full\" FROM people WHERE id = 1", "Augusta Byron");
            await newVersion.ExecuteAsync("INSERT INTO people (\"Full\") VALUES ('Grace Hopper')");
            await oldVersion.ReadsAsync("SELECT first, last FROM people WHERE id = 3", "Grace", "Hopper");
            await oldVersion.ExecuteAsync("INSERT INTO people (first, last) VALUES ('Kurt', 'Gödel')");
            await newVersion.ReadsAsync("SELECT \"Full\" FROM people WHERE id = 4", "Kurt Gödel");
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT \"Full\" FROM people WHERE id = 4", "Kurt Gödel"),
    }.RunAsync();

    // The old version's value follows by way of columns that the rollout made and dropped again.
    [Fact]
    public Task One_column_splits_into_two_and_merges_again() => new OperationLife
    {
        Setup = "CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL); INSERT INTO people VALUES (1, 'Ada Lovelace');",
        Migrations =
        [
            [
                new AddColumn(PeopleTable, new ColumnDefinition(Id("first"), "text") { IsNullable = false }) { Up = new Expression("split_part(name, ' ', 1)") },
                new AddColumn(PeopleTable, new ColumnDefinition(Id("last"), "text") { IsNullable = false }) { Up = new Expression("split_part(name, ' ', 2)") },
                new AddColumn(PeopleTable, new ColumnDefinition(Id("title"), "text") { Default = "'Dr'" }),
                new DropColumn(PeopleTable, Id("name")) { Down = new Expression("first || ' ' || last || left(title, 0)") },
            ],
            [
                new AddColumn(PeopleTable, new ColumnDefinition(Id("name"), "text") { IsNullable = false }) { Up = new Expression("last || ', ' || first") },
                new DropColumn(PeopleTable, Id("first")) { Down = new Expression("split_part(name, ', ', 2)") },
                new DropColumn(PeopleTable, Id("last")) { Down = new Expression("split_part(name, ', ', 1)") },
                new DropColumn(PeopleTable, Id("title")),
            ],
        ],
        Sql = "DELETE FROM people; ALTER TABLE people DROP COLUMN name, ADD COLUMN name text NOT NULL",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT name FROM people", "Lovelace, Ada");
            await newVersion.ExecuteAsync("UPDATE people SET name = 'King, Augusta'");
            await oldVersion.ReadsAsync("SELECT name FROM people", "Augusta King");
            await newVersion.ExecuteAsync("INSERT INTO people (id, name) VALUES (2, 'Hopper, Grace')");
            await oldVersion.ReadsAsync("SELECT name FROM people WHERE id = 2", "Grace Hopper");
            await oldVersion.ExecuteAsync("UPDATE people SET name = 'Ada Byron' WHERE id = 1");
            await newVersion.ReadsAsync("SELECT name FROM people WHERE id = 1", "Byron, Ada");
        },
    }.RunAsync();

    [Fact]
    public Task One_column_splits_into_two() => new OperationLife
    {
        Setup = "CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL); INSERT INTO people VALUES (1, 'Ada Lovelace');",
        Operations =
        [
            new DropColumn(PeopleTable, Id("name")) { Down = new Expression("people.first || ' ' || people.last") },
            new AddColumn(PeopleTable, new ColumnDefinition(Id("first"), "text") { IsNullable = false, Default = "''" }) { Up = new Expression("split_part(people.name, ' ', 1)") },
            new AddColumn(PeopleTable, new ColumnDefinition(Id("last"), "text") { IsNullable = false, Default = "''" }) { Up = new Expression("split_part(name, ' ', 2)") },
        ],
        Sql = "ALTER TABLE people DROP COLUMN name, ADD COLUMN first text NOT NULL DEFAULT '', ADD COLUMN last text NOT NULL DEFAULT ''",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync("UPDATE people SET last = 'King'");
            await oldVersion.ReadsAsync("SELECT name FROM people", "Ada King");
            await oldVersion.ExecuteAsync("UPDATE people SET name = 'Augusta Byron'");
            await newVersion.ReadsAsync("SELECT first, last FROM people", "Augusta", "Byron");
        },
    }.RunAsync();

    [Fact]
    public Task Column_changes_in_every_migration() => new OperationLife
    {
        Setup = $"{People} CREATE INDEX \"IX_age\" ON people (age) WHERE age > 0;",
        Migrations =
        [
            [new AlterColumn(PeopleTable, Id("age")) { IsNullable = false, UpFill = new Expression("0"), Down = new Expression("NULLIF(age, 0)") }],
            [new RenameColumn(PeopleTable, Id("age"), Id("years")), new AlterColumn(PeopleTable, Id("years")) { Type = "bigint" }],
            [new RenameTable(PeopleTable, new RelationName("persons")), new AlterColumn(new RelationName("persons"), Id("years")) { Type = "numeric", Up = new Expression("years + 0.5"), Down = new Expression("floor(years)::bigint") }],
        ],
        Sql = """
            UPDATE people SET age = 0 WHERE age IS NULL;
            ALTER TABLE people ALTER COLUMN age SET NOT NULL;
            ALTER TABLE people RENAME COLUMN age TO years;
            ALTER TABLE people ALTER COLUMN years TYPE numeric;
            ALTER TABLE people RENAME TO persons;
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT years FROM persons WHERE id = 2", 0.5m);
            await newVersion.ExecuteAsync("UPDATE persons SET years = 41.9 WHERE id = 2");
            await oldVersion.ReadsAsync("SELECT age FROM people WHERE id = 2", 41);
            await oldVersion.ExecuteAsync("UPDATE people SET age = NULL WHERE id = 1");
            await newVersion.ReadsAsync("SELECT years FROM persons WHERE id = 1", 0.5m);
            await newVersion.ExecuteAsync("INSERT INTO persons (first, last, years) VALUES ('x', 'y', 0.2)");
            await oldVersion.ReadsAsync("SELECT age FROM people WHERE id = 3", [null]);
        },
    }.RunAsync();

    [Fact]
    public async Task A_table_is_filled_and_validated_once_for_all_its_changes()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync(People, TestContext.Current.CancellationToken);
        var plan = await new RollEngine(database.DataSource, new RollOptions()).PlanAsync(new RolloutRequest(
        [
            new Migration("1_a", [new AlterColumn(PeopleTable, Id("age")) { IsNullable = false, UpFill = new Expression("0"), Down = new Expression("age") }]),
            new Migration("2_b", [new AlterColumn(PeopleTable, Id("age")) { Type = "bigint" }, new AddColumn(PeopleTable, new ColumnDefinition(Id("full"), "text") { IsNullable = false }) { Up = new Expression("first || last") }]),
        ]), TestContext.Current.CancellationToken);

        Assert.Single(plan!.Expand.OfType<BackfillTable>());
        Assert.Single(plan.Expand.OfType<ValidateConstraint>());
    }

    [Fact]
    public Task What_the_rollout_made_is_folded() => new OperationLife
    {
        Setup = People,
        Migrations =
        [
            [
                new CreateTable(new RelationName("draft"), [new ColumnDefinition(Id("a"), "integer"), new ColumnDefinition(Id("gone"), "text")]),
                new CreateTable(new RelationName("passing"), [new ColumnDefinition(Id("a"), "integer")]),
                new AddColumn(PeopleTable, new ColumnDefinition(Id("temp"), "text")),
                new AddColumn(PeopleTable, new ColumnDefinition(Id("score"), "integer") { IsNullable = false, Default = "3" }),
                new CreateIndex(PeopleTable, Id("IX_temp"), [IndexKey.On(Id("temp"))]),
                new CreateIndex(PeopleTable, Id("IX_score"), [IndexKey.On(Id("score"))]),
            ],
            [
                new RenameTable(new RelationName("draft"), new RelationName("final")),
                new RenameColumn(new RelationName("final"), Id("a"), Id("b")),
                new DropColumn(new RelationName("final"), Id("gone")),
                new AlterColumn(new RelationName("final"), Id("b")) { Type = "bigint", IsNullable = false },
                new DropTable(new RelationName("passing")),
                new DropColumn(PeopleTable, Id("temp")),
                new AlterColumn(PeopleTable, Id("score")) { Type = "text", Default = new Setting(null) },
                new RenameColumn(PeopleTable, Id("score"), Id("grade")),
                new RenameIndex(new RelationName("IX_score"), Id("IX_grade")),
            ],
        ],
        Sql = """
            CREATE TABLE final (b bigint NOT NULL);
            ALTER TABLE people ADD COLUMN score text NOT NULL DEFAULT '3';
            ALTER TABLE people ALTER COLUMN score DROP DEFAULT;
            ALTER TABLE people RENAME COLUMN score TO grade;
            CREATE INDEX "IX_grade" ON people (grade);
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT grade FROM people WHERE id = 1", "3");
            await oldVersion.ExecuteAsync("INSERT INTO people (first, last) VALUES ('x', 'y')");
            await newVersion.ReadsAsync("SELECT grade FROM people WHERE id = 3", "3");
            await newVersion.ExecuteAsync("INSERT INTO people (first, last, grade) VALUES ('n', 'n', 'A')");
        },
    }.RunAsync();

    [Fact]
    public Task Default_keeps_the_type_that_it_was_written_with() => new OperationLife
    {
        Setup = "CREATE TABLE old (id int PRIMARY KEY)",
        Operations =
        [
            new CreateTable(new RelationName("made"), [new ColumnDefinition(Id("a"), "varchar(5)") { Default = "'it''s'" }, new ColumnDefinition(Id("n"), "int") { Default = "5" }]),
            new AlterColumn(new RelationName("made"), Id("a")) { Type = "text" },
            new AlterColumn(new RelationName("made"), Id("n")) { Type = "bigint" },
            new AddColumn(new RelationName("old"), new ColumnDefinition(Id("b"), "varchar(5)") { Default = "'x'" }),
            new AlterColumn(new RelationName("old"), Id("b")) { Type = "text" },
        ],
        Sql = """
            CREATE TABLE made (a varchar(5) DEFAULT 'it''s', n int DEFAULT 5);
            ALTER TABLE made ALTER a TYPE text, ALTER n TYPE bigint;
            ALTER TABLE old ADD b varchar(5) DEFAULT 'x';
            ALTER TABLE old ALTER b TYPE text
            """,
    }.RunAsync();

    // One table is dropped and made anew, one is renamed after it was made, a third takes that name.
    [Fact]
    public Task Foreign_key_on_columns_that_change_afterwards() => new OperationLife
    {
        Setup = """
            CREATE TABLE parents (id int PRIMARY KEY);
            CREATE TABLE children (id int PRIMARY KEY, parent int);
            INSERT INTO parents VALUES (1), (2);
            INSERT INTO children VALUES (1, 1), (2, NULL);
            """,
        Operations =
        [
            new AddForeignKey(new RelationName("children"), new ForeignKeyDefinition(Id("fk"), [Id("parent")], new RelationName("parents"), [Id("id")])),
            new AlterColumn(new RelationName("parents"), Id("id")) { Type = "bigint" },
            new AlterColumn(new RelationName("children"), Id("parent")) { Type = "bigint" },
        ],
        Sql = """
            ALTER TABLE children ADD CONSTRAINT fk FOREIGN KEY (parent) REFERENCES parents (id);
            ALTER TABLE parents ALTER COLUMN id TYPE bigint;
            ALTER TABLE children ALTER COLUMN parent TYPE bigint;
            """,
    }.RunAsync();

    [Fact]
    public Task Sequences_have_the_names_that_they_were_made_with() => new OperationLife
    {
        Setup = "CREATE TABLE a (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY); CREATE TABLE s (id serial PRIMARY KEY);",
        Operations =
        [
            new DropTable(new RelationName("a")),
            new CreateTable(new RelationName("a"), [new ColumnDefinition(Id("id"), "int") { Identity = IdentityKind.ByDefault }]),
            new DropTable(new RelationName("s")),
            new CreateTable(new RelationName("s"), [new ColumnDefinition(Id("id"), "serial")]),
            new CreateTable(new RelationName("b"), [new ColumnDefinition(Id("id"), "int") { Identity = IdentityKind.Always, IdentityOptions = "START WITH 7" }, new ColumnDefinition(Id("n"), "serial")]),
            new RenameTable(new RelationName("b"), new RelationName("c")),
            new RenameColumn(new RelationName("c"), Id("n"), Id("m")),
            new CreateTable(new RelationName("b"), [new ColumnDefinition(Id("id"), "int") { Identity = IdentityKind.Always }]),
        ],
        Sql = """
            DROP TABLE a; CREATE TABLE a (id int NOT NULL GENERATED BY DEFAULT AS IDENTITY);
            DROP TABLE s; CREATE TABLE s (id serial);
            CREATE TABLE b (id int NOT NULL GENERATED ALWAYS AS IDENTITY (START WITH 7), n serial);
            ALTER TABLE b RENAME TO c; ALTER TABLE c RENAME n TO m;
            CREATE TABLE b (id int NOT NULL GENERATED ALWAYS AS IDENTITY)
            """,
    }.RunAsync();

    [Fact]
    public Task Column_may_take_the_name_of_one_that_goes() => new OperationLife
    {
        Setup = People,
        Operations =
        [
            new DropColumn(PeopleTable, Id("age")),
            new AddColumn(PeopleTable, new ColumnDefinition(Id("age"), "text") { IsNullable = false, Default = "'?'" }),
        ],
        Sql = "ALTER TABLE people DROP COLUMN age, ADD COLUMN age text NOT NULL DEFAULT '?'",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT age FROM people WHERE id = 1", "?");
            await oldVersion.ReadsAsync("SELECT age FROM people WHERE id = 1", 36);
        },
    }.RunAsync();

    [Fact]
    public Task Views_for_all_tables_stay_and_change_with_them() => new OperationLife
    {
        Setup = $"{People} CREATE TABLE other (id int); GRANT SELECT, INSERT ON people TO PUBLIC; CREATE ROLE efroll_reader; GRANT UPDATE (age) ON people TO efroll_reader;"
            .Replace("CREATE ROLE efroll_reader;", "DO $$ BEGIN CREATE ROLE efroll_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;", StringComparison.Ordinal),
        Operations = [new AlterColumn(PeopleTable, Id("age")) { Type = "bigint" }],
        Sql = "ALTER TABLE people ALTER COLUMN age TYPE bigint",
        Views = ViewPolicy.All,
        WhileBothRun = (_, newVersion) => newVersion.ReadsAsync("SELECT count(*) FROM pg_views WHERE schemaname LIKE 'public\\_%'", 2L),
        AfterComplete = async newVersion =>
        {
            await newVersion.ReadsAsync("SELECT count(*) FROM pg_views WHERE schemaname LIKE 'public\\_%'", 2L);
            await newVersion.ExecuteAsync("UPDATE people SET age = 5000000000 WHERE id = 1");
            await newVersion.ReadsAsync("SELECT age FROM people WHERE id = 1", 5000000000L);
        },
    }.RunAsync();

    [Fact]
    public async Task Complete_waits_for_nobody_at_tables_that_it_does_not_change()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync($"{People} CREATE TABLE other (id int);", token);
        var request = new RolloutRequest([new Migration("m", [new RenameColumn(PeopleTable, Id("age"), Id("years"))])]) { Views = ViewPolicy.All };
        var engine = new RollEngine(database.DataSource, new RollOptions { LockDeadline = TimeSpan.FromSeconds(1) });
        await engine.ExpandAsync(request, token);
        await using var reader = await database.DataSource.OpenConnectionAsync(token);
        await using var transaction = await reader.BeginTransactionAsync(token);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM other, public_m.other AS seen", reader, transaction);
        await command.ExecuteScalarAsync(token);

        await engine.ContractAsync(token);

        Assert.Equal(36, await database.ScalarAsync<int>("SELECT years FROM public_m.people WHERE id = 1", token));
    }

    [Fact]
    public Task Json_and_case_insensitive_values_are_compared_by_image() => new OperationLife
    {
        Setup = "CREATE TABLE docs (id int PRIMARY KEY, body json, price numeric); INSERT INTO docs VALUES (1, '{\"a\":1}', 1.0);",
        Operations =
        [
            new AlterColumn(new RelationName("docs"), Id("body")) { Type = "jsonb" },
            new AddColumn(new RelationName("docs"), new ColumnDefinition(Id("label"), "text")) { Up = new Expression("'costs ' || price") },
        ],
        Sql = "ALTER TABLE docs ALTER COLUMN body TYPE jsonb, ADD COLUMN label text",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync("UPDATE docs SET body = '{\"b\": 2}', price = 1.00");
            await newVersion.ReadsAsync("SELECT body ->> 'b', label FROM docs", "2", "costs 1.00");
            await newVersion.ExecuteAsync("UPDATE docs SET body = '{\"c\": 3}'");
            await oldVersion.ReadsAsync("SELECT body ->> 'c' FROM docs", "3");
        },
    }.RunAsync();
}
