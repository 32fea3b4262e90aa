using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class DropTypeTests
{
    [Fact]
    public Task Type_goes_with_complete_after_the_columns_of_it() => new OperationLife
    {
        Setup = $"CREATE SCHEMA {QuotesSql}; CREATE TYPE {QuotesSql}.{LongestSql} AS ENUM ('a'); CREATE TYPE r AS RANGE (SUBTYPE = integer); CREATE TABLE t (id int, e {QuotesSql}.{LongestSql}); CREATE TABLE gone (span r)",
        Operations =
        [
            new DropType(new RelationName(Quotes, Longest)),
            new DropType(new RelationName("r")),
            new DropColumn(new RelationName("t"), new Identifier("e")),
            new DropTable(new RelationName("gone")),
        ],
        Sql = $"ALTER TABLE t DROP COLUMN e; DROP TABLE gone; DROP TYPE {QuotesSql}.{LongestSql}; DROP TYPE r",
        WhileBothRun = async (oldVersion, _) =>
        {
            await oldVersion.ExecuteAsync("INSERT INTO t VALUES (1, 'a')");
            await oldVersion.ExecuteAsync("DELETE FROM t");
        },
    }.RunAsync();

    [Fact]
    public Task Type_that_is_dropped_and_made_anew_stays() => new OperationLife
    {
        Setup = "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (e e)",
        Migrations = [[new DropType(new RelationName("e"))], [new CreateEnumType(new RelationName("e"), ["a"])]],
        Sql = "SELECT",
    }.RunAsync();

    [Theory]
    [InlineData("CREATE TABLE t (c e)", "public.t.c")]
    [InlineData("CREATE TABLE t (c e[])", "public.t.c")]
    [InlineData("CREATE DOMAIN d AS e", "type public.d")]
    [InlineData("CREATE FUNCTION f(e) RETURNS int LANGUAGE sql AS 'SELECT 1'", "function public.f(public.e)")]
    [InlineData("CREATE VIEW v AS SELECT 'a'::e AS x", "view public.v")]
    public async Task Type_in_use_is_refused_by_name(string setup, string user)
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync($"CREATE TYPE e AS ENUM ('a'); {setup}", TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", [new DropType(new RelationName("e"))])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.ObjectInUse, exception.Code);
        Assert.Contains(user, exception.Message, StringComparison.Ordinal);
    }
}
