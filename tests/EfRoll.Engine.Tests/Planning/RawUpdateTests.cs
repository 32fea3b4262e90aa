using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Operations;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>What raw SQL gives a column once is what the old version's later rows get too, where somebody must have a value.</summary>
public sealed class RawUpdateTests
{
    const string Setup = """
        CREATE TABLE owners (id int PRIMARY KEY, name text);
        CREATE TABLE reviews (id int NOT NULL, posted date NOT NULL, "Owner" int NOT NULL, stars int);
        INSERT INTO owners VALUES (1, 'one'), (2, NULL);
        INSERT INTO reviews VALUES (1, '2020-01-01', 1, 3), (2, '2020-02-02', 2, NULL);
        """;

    static readonly RelationName Reviews = new("reviews");

    static Identifier Id(string name) => new(name);

    // These tables have no key: without an undo, the SQL would be refused.
    static RunSql Sql(string sql) => new(sql) { Moment = SqlMoment.Chosen, Down = "" };

    static AddColumn Add(string name, string type, string? @default = null) => new(Reviews, new ColumnDefinition(Id(name), type) { IsNullable = @default is null, Default = @default });

    [Fact]
    public Task New_column_that_an_update_fills_becomes_required() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            Add("updated", "date"),
            Sql("UPDATE reviews SET updated = posted + 1;"),
            new AlterColumn(Reviews, Id("updated")) { IsNullable = false },
            Add("level", "int"),
            Sql("UPDATE public.reviews SET level = 0 WHERE level IS NULL"),
            new AlterColumn(Reviews, Id("level")) { IsNullable = false },
        ],
        Sql = "ALTER TABLE reviews ADD updated date, ADD level int; UPDATE reviews SET updated = posted + 1, level = 0; ALTER TABLE reviews ALTER updated SET NOT NULL, ALTER level SET NOT NULL;",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT updated::text, level FROM reviews WHERE id = 2", "2020-02-03", 0);
            await oldVersion.ExecuteAsync("INSERT INTO reviews VALUES (10, '2021-01-01', 1)");
            await newVersion.ReadsAsync("SELECT updated::text, level FROM reviews WHERE id = 10", "2021-01-02", 0);
        },
    }.RunAsync();

    [Fact]
    public Task Column_without_values_gets_those_of_the_update() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new RenameColumn(Reviews, Id("stars"), Id("rating")),
            Sql("""UPDATE "reviews" SET rating = -1 WHERE rating IS NULL"""),
            new AddPrimaryKey(Reviews, new KeyDefinition(Id("pk"), [Id("id"), Id("rating")])),
        ],
        Sql = "ALTER TABLE reviews RENAME stars TO rating; UPDATE reviews SET rating = -1 WHERE rating IS NULL; ALTER TABLE reviews ADD CONSTRAINT pk PRIMARY KEY (id, rating);",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync("INSERT INTO reviews VALUES (10, '2021-01-01', 1)");
            await newVersion.ReadsAsync("SELECT rating FROM reviews WHERE id = 10", -1);
            await oldVersion.ReadsAsync("SELECT stars FROM reviews WHERE id = 10", [null]);
        },
    }.RunAsync();

    [Fact]
    public Task New_keys_hold_what_the_update_gives() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            Add("owner_id", "int", "0"),
            Sql("""UPDATE reviews SET owner_id = "Owner" """),
            new AddForeignKey(Reviews, new ForeignKeyDefinition(Id("fk"), [Id("owner_id")], new RelationName("owners"), [Id("id")])),
            Add("token", "text", "''"),
            Sql("UPDATE reviews SET token = md5(random()::text)"),
            new CreateIndex(Reviews, Id("ix_token"), [IndexKey.On(Id("token"))]) { IsUnique = true },
        ],
        Sql = """
            ALTER TABLE reviews ADD owner_id int NOT NULL DEFAULT 0, ADD token text NOT NULL DEFAULT '';
            UPDATE reviews SET owner_id = "Owner", token = id;
            ALTER TABLE reviews ADD CONSTRAINT fk FOREIGN KEY (owner_id) REFERENCES owners (id);
            CREATE UNIQUE INDEX ix_token ON reviews (token);
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync("INSERT INTO reviews VALUES (10, '2021-01-01', 2), (11, '2021-01-01', 2)");
            await newVersion.ReadsAsync("SELECT count(DISTINCT token), max(owner_id) FROM reviews WHERE id >= 10", 2L, 2);
        },
    }.RunAsync();

    [Theory]
    [InlineData("UPDATE reviews SET updated = posted, posted = '2000-01-01'", "what it is made of changes")]
    [InlineData("UPDATE reviews SET updated = posted; UPDATE reviews SET posted = '2000-01-01'", "and so it does later")]
    [InlineData("UPDATE reviews SET updated = posted WHERE id = 1", "other rows get nothing")]
    [InlineData("UPDATE reviews SET updated = posted; UPDATE reviews SET updated = NULL WHERE id = 2", "what comes later counts")]
    [InlineData("UPDATE reviews SET updated = (SELECT max(posted) FROM reviews)", "the old version's rows are not all of them")]
    public async Task What_says_nothing_of_later_rows_is_refused(string sql, string why)
    {
        Assert.NotEmpty(why);
        var refusal = await RefusalAsync([Add("updated", "date"), Sql(sql), new AlterColumn(Reviews, Id("updated")) { IsNullable = false }]);
        Assert.Equal(ErrorCode.AlteredColumnNeedsExpression, refusal.Code);
    }

    [Fact]
    public async Task Rows_that_would_all_be_equal_are_refused()
    {
        Assert.Equal(ErrorCode.OldInsertsAreEqual, (await RefusalAsync([Add("token", "text", "''"), new CreateIndex(Reviews, Id("ix"), [IndexKey.On(Id("token"))]) { IsUnique = true }])).Code);
        Assert.Equal(ErrorCode.OldInsertsAreEqual, (await RefusalAsync([Add("token", "text", "''"), new AddPrimaryKey(Reviews, new KeyDefinition(null, [Id("token")]))])).Code);
    }

    [Fact]
    public async Task Default_that_is_no_key_is_refused_before_anything_runs()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Setup, token);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        var source = new SourceLocation("m", "M.cs", 7);
        var refusal = await Assert.ThrowsAsync<EfRollException>(() => engine.ExpandAsync(new RolloutRequest([new Migration("m",
        [
            Sql("CREATE TABLE kinds (id int); UPDATE reviews SET stars = 9"),
            Add("owner_id", "int", "0"),
            Sql("UPDATE reviews SET owner_id = id WHERE id = 1"),
            new AddForeignKey(Reviews, new ForeignKeyDefinition(Id("fk"), [Id("owner_id")], new RelationName("owners"), [Id("id")])) { Source = source },
        ])]), token));
        Assert.Equal((ErrorCode.OldInsertsViolate, source), (refusal.Code, refusal.Location));
        Assert.Null((await engine.StatusAsync(token)).Open);
        Assert.Equal(3, await database.ScalarAsync<int>("SELECT stars FROM reviews WHERE id = 1", token));
    }

    static async Task<EfRollException> RefusalAsync(Operation[] operations)
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Setup, token);
        return await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(new RolloutRequest([new Migration("m", operations.ToEquatableList())]), token));
    }
}
