using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class AlterEnumTypeTests
{
    [Fact]
    public Task Labels_are_added_where_the_list_has_them() => new OperationLife
    {
        Setup = $"CREATE SCHEMA {QuotesSql}; CREATE TYPE {QuotesSql}.{LongestSql} AS ENUM ('b', 'd'); CREATE TABLE t (state {QuotesSql}.{LongestSql}); INSERT INTO t VALUES ('b')",
        Operations = [new AlterEnumType(new RelationName(Quotes, Longest), ["it's", "b", "c", "d", "e"])],
        Ef = migration => migration.AlterDatabase()
            .OldAnnotation($"Npgsql:Enum:{Quotes}.{Longest}", "b,d")
            .Annotation($"Npgsql:Enum:{Quotes}.{Longest}", "it's,b,c,d,e"),
        KeptAfterRollback = $"ALTER TYPE {QuotesSql}.{LongestSql} ADD VALUE 'it''s' BEFORE 'b'; ALTER TYPE {QuotesSql}.{LongestSql} ADD VALUE 'c' AFTER 'b'; ALTER TYPE {QuotesSql}.{LongestSql} ADD VALUE 'e'",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync("INSERT INTO t VALUES ('c')");
            await oldVersion.ReadsAsync("SELECT count(*) FROM t WHERE state = 'c'", 1L);
            await oldVersion.ExecuteAsync("DELETE FROM t WHERE state = 'c'");
        },
    }.RunAsync();

    [Fact]
    public Task New_label_is_used_by_the_same_release() => new OperationLife
    {
        Setup = "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (id int PRIMARY KEY, mood mood NOT NULL DEFAULT 'sad'); INSERT INTO t VALUES (1)",
        Operations =
        [
            new AlterEnumType(new RelationName("mood"), ["sad", "happy"]),
            new AddColumn(new RelationName("t"), new ColumnDefinition(new Identifier("second"), "mood") { IsNullable = false, Default = "'happy'::mood" }),
            new AlterColumn(new RelationName("t"), new Identifier("mood")) { Default = new Setting("'happy'") },
            new AddColumn(new RelationName("t"), new ColumnDefinition(new Identifier("third"), "mood")) { Up = new Expression("CASE WHEN id > 0 THEN 'happy'::mood ELSE mood END") },
            new AddCheckConstraint(new RelationName("t"), new CheckDefinition(new Identifier("happy"), new Expression("second = 'happy'::mood"))),
            new CreateIndex(new RelationName("t"), new Identifier("ix"), [IndexKey.On(new Identifier("id"))]) { Filter = new Expression("mood <> 'happy'::mood") },
            new RunSql("UPDATE t SET mood = 'happy' WHERE id = 1") { Down = "UPDATE t SET mood = 'sad' WHERE id = 1" },
        ],
        Ef = migration =>
        {
            migration.AlterDatabase().OldAnnotation("Npgsql:Enum:mood", "sad").Annotation("Npgsql:Enum:mood", "sad,happy");
            migration.Sql("ALTER TABLE t ADD second mood NOT NULL DEFAULT 'happy', ALTER mood SET DEFAULT 'happy', ADD third mood");
            migration.AddCheckConstraint("happy", "t", "second = 'happy'::mood");
            migration.CreateIndex("ix", "t", "id", filter: "mood <> 'happy'::mood");
        },
        KeptAfterRollback = "ALTER TYPE mood ADD VALUE 'happy'",
        WhileBothRun = (oldVersion, _) => oldVersion.ReadsAsync("SELECT mood::text FROM t", "happy"),
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT mood::text, second::text, third::text FROM t", "happy", "happy", "happy"),
    }.RunAsync();

    [Fact]
    public Task Order_of_labels_stays_as_with_EF_Core() => new OperationLife
    {
        Setup = "CREATE TYPE e AS ENUM ('a', 'b')",
        Operations = [new AlterEnumType(new RelationName("e"), ["b", "a"])],
        Ef = migration => migration.AlterDatabase().OldAnnotation("Npgsql:Enum:e", "a,b").Annotation("Npgsql:Enum:e", "b,a"),
    }.RunAsync();

    [Fact]
    public Task Label_that_is_there_already_is_no_work() => new OperationLife
    {
        Setup = "CREATE TYPE e AS ENUM ('a', 'b')",
        Operations = [new AlterEnumType(new RelationName("e"), ["a", "b"])],
        Sql = "SELECT",
    }.RunAsync();

    [Fact]
    public Task Columns_change_to_an_enum_with_other_labels_under_a_new_name() => new OperationLife
    {
        Setup = """
            CREATE TYPE "Mood" AS ENUM ('sad', 'meh', 'happy');
            CREATE TABLE t (id int PRIMARY KEY, mood "Mood" NOT NULL DEFAULT 'sad', moods "Mood"[]);
            INSERT INTO t VALUES (1, 'meh', '{sad,happy}');
            CREATE INDEX ix ON t (mood);
            """,
        Operations =
        [
            new DropType(new RelationName("Mood")),
            new CreateEnumType(new RelationName("Mood2"), ["happy", "sad"]),
            new AlterColumn(new RelationName("t"), new Identifier("mood"))
            {
                Type = "\"Mood2\"",
                Default = new Setting("'happy'"),
                Up = new Expression("CASE mood WHEN 'meh' THEN 'sad' ELSE mood::text END::\"Mood2\""),
            },
            new AlterColumn(new RelationName("t"), new Identifier("moods")) { Type = "\"Mood2\"[]", Up = new Expression("array_remove(moods, 'meh')::text[]::\"Mood2\"[]") },
        ],
        Sql = """
            CREATE TYPE "Mood2" AS ENUM ('happy', 'sad');
            ALTER TABLE t ALTER mood DROP DEFAULT;
            UPDATE t SET mood = 'sad';
            ALTER TABLE t ALTER mood TYPE "Mood2" USING mood::text::"Mood2", ALTER mood SET DEFAULT 'happy', ALTER moods TYPE "Mood2"[] USING moods::text[]::"Mood2"[];
            DROP TYPE "Mood";
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync("INSERT INTO t VALUES (2, 'meh', '{meh,happy}')");
            await newVersion.ReadsAsync("SELECT mood::text, moods::text FROM t WHERE id = 2", "sad", "{happy}");
            await newVersion.ExecuteAsync("UPDATE t SET mood = 'happy' WHERE id = 2");
            await oldVersion.ReadsAsync("SELECT mood::text FROM t WHERE id = 2", "happy");
            await oldVersion.ExecuteAsync("DELETE FROM t WHERE id = 2");
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT mood::text, moods::text FROM t", "sad", "{sad,happy}"),
    }.RunAsync();

    [Fact]
    public Task Enum_with_more_labels_takes_the_values_of_another_by_itself() => new OperationLife
    {
        Setup = "CREATE TYPE a AS ENUM ('x', 'y'); CREATE TABLE t (id int PRIMARY KEY, e a, es a[]); INSERT INTO t VALUES (1, 'x', '{x,y}')",
        Operations =
        [
            new CreateEnumType(new RelationName("b"), ["z", "y", "x"]),
            new AlterColumn(new RelationName("t"), new Identifier("e")) { Type = "b" },
            new AlterColumn(new RelationName("t"), new Identifier("es")) { Type = "b[]" },
        ],
        Sql = "CREATE TYPE b AS ENUM ('z', 'y', 'x'); ALTER TABLE t ALTER e TYPE b USING e::text::b, ALTER es TYPE b[] USING es::text[]::b[]",
        WhileBothRun = (_, newVersion) => newVersion.ReadsAsync("SELECT e::text, es::text FROM t", "x", "{x,y}"),
    }.RunAsync();

    [Theory]
    [InlineData(ErrorCode.EnumLabelsRemoved, false)]
    [InlineData(ErrorCode.ValuesMayNotFit, true)]
    public async Task Labels_that_may_be_in_use_are_not_taken_away(ErrorCode code, bool isNewType)
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync("CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (c e)", TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", isNewType
            ? [new CreateEnumType(new RelationName("f"), ["a"]), new AlterColumn(new RelationName("t"), new Identifier("c")) { Type = "f" }]
            : [new AlterEnumType(new RelationName("e"), ["a"])])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(code, exception.Code);
    }
}
