using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class CreateEnumTypeTests
{
    [Fact]
    public Task Enum_and_columns_of_it_are_there_at_once() => new OperationLife
    {
        Setup = $"CREATE SCHEMA {QuotesSql}; CREATE TABLE t (id int, state text); INSERT INTO t VALUES (1, 'on')",
        Operations =
        [
            new CreateEnumType(new RelationName(Quotes, Longest), ["it's", "b", ""]),
            new CreateEnumType(new RelationName("switch"), ["off", "on"]),
            new AddColumn(new RelationName("t"), new ColumnDefinition(new Identifier("one"), $"{QuotesSql}.{LongestSql}") { IsNullable = false, Default = "'it''s'" }),
            new AddColumn(new RelationName("t"), new ColumnDefinition(new Identifier("many"), $"{QuotesSql}.{LongestSql}[]")),
            new AddColumn(new RelationName("t"), new ColumnDefinition(new Identifier("switched"), "switch") { IsNullable = false }) { Up = new Expression("state::switch") },
            new CreateTable(new RelationName("made"), [new ColumnDefinition(new Identifier("state"), "switch") { Default = "'on'::switch" }]),
        ],
        Sql = $"""
            CREATE TYPE {QuotesSql}.{LongestSql} AS ENUM ('it''s', 'b', '');
            CREATE TYPE switch AS ENUM ('off', 'on');
            ALTER TABLE t ADD one {QuotesSql}.{LongestSql} NOT NULL DEFAULT 'it''s', ADD many {QuotesSql}.{LongestSql}[], ADD switched switch;
            UPDATE t SET switched = state::switch;
            ALTER TABLE t ALTER switched SET NOT NULL;
            CREATE TABLE made (state switch DEFAULT 'on'::switch)
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync("INSERT INTO t VALUES (2, 'off')");
            await newVersion.ReadsAsync("SELECT one::text, switched::text FROM t WHERE id = 2", "it's", "off");
            await newVersion.ExecuteAsync("UPDATE t SET many = ARRAY['b', '']::\"We\"\"ird Col'umn\".\"" + Longest + "\"[]");
            await newVersion.ExecuteAsync("DELETE FROM t WHERE id = 2");
        },
    }.RunAsync();

    [Fact]
    public Task Enum_that_is_changed_in_a_later_migration_is_made_once() => new OperationLife
    {
        Setup = "CREATE TABLE t (id int)",
        Migrations =
        [
            [new CreateEnumType(new RelationName("a"), ["one", "gone", "three"]), new CreateEnumType(new RelationName("b"), ["x"])],
            [new AlterEnumType(new RelationName("a"), ["zero", "one", "two", "three", "four"]), new DropType(new RelationName("b"))],
        ],
        Sql = "CREATE TYPE a AS ENUM ('zero', 'one', 'two', 'three', 'four')",
    }.RunAsync();

    [Theory]
    [InlineData("CREATE TYPE e AS ENUM ('a')")]
    [InlineData("CREATE TYPE e AS RANGE (SUBTYPE = integer)")]
    public async Task Type_that_is_there_is_refused(string setup)
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync(setup, TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", [new CreateEnumType(new RelationName("e"), ["a"])])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.RelationExists, exception.Code);
    }

    [Fact]
    public async Task Labels_that_PostgreSQL_refuses_are_refused_before_anything_is_touched()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", [new CreateEnumType(new RelationName("e"), [new string('x', 64)])])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.InvalidDefinition, exception.Code);
    }
}
