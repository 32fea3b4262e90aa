using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class DropCollationTests
{
    [Fact]
    public Task Collation_goes_with_complete_after_the_columns_with_it() => new OperationLife
    {
        Setup = $"CREATE COLLATION {QuotesSql} (LOCALE = 'C'); CREATE TABLE t (id int, name text COLLATE {QuotesSql}); CREATE INDEX ix ON t (name)",
        Operations = [new DropCollation(new RelationName(Quotes)), new DropColumn(new RelationName("t"), new Identifier("name"))],
        Sql = $"ALTER TABLE t DROP COLUMN name; DROP COLLATION {QuotesSql}",
        WhileBothRun = (oldVersion, _) => oldVersion.ReadsAsync("SELECT count(*) FROM t WHERE name > 'a'", 0L),
    }.RunAsync();

    [Theory]
    [InlineData("CREATE TABLE t (c text COLLATE \"Own\")", "public.t.c")]
    [InlineData("CREATE TABLE t (c text); CREATE INDEX ix ON t (c COLLATE \"Own\")", "index ix")]
    [InlineData("CREATE DOMAIN d AS text COLLATE \"Own\"", "type public.d")]
    public async Task Collation_in_use_is_refused_by_name(string setup, string user)
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync($"CREATE COLLATION \"Own\" (LOCALE = 'C'); {setup}", TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", [new DropCollation(new RelationName("Own"))])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.ObjectInUse, exception.Code);
        Assert.Contains(user, exception.Message, StringComparison.Ordinal);
    }
}
