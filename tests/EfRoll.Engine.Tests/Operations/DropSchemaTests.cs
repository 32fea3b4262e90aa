using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class DropSchemaTests
{
    [Fact]
    public Task Schema_goes_at_complete_when_everything_has_left_it() => new OperationLife
    {
        Setup = $"CREATE SCHEMA {QuotesSql}; CREATE TABLE {QuotesSql}.kept (id serial PRIMARY KEY); CREATE TABLE {QuotesSql}.gone (id int); CREATE SEQUENCE {QuotesSql}.n",
        Operations =
        [
            new RenameTable(new RelationName(Quotes, "kept"), new RelationName("public", "kept")),
            new DropTable(new RelationName(Quotes, "gone")),
            new RenameSequence(new RelationName(Quotes, "n"), new RelationName("public", "n")),
            new DropSchema(new Identifier(Quotes)),
        ],
        Ef = migration =>
        {
            migration.RenameTable("kept", Quotes, "kept", "public");
            migration.DropTable("gone", Quotes);
            migration.RenameSequence("n", Quotes, "n", "public");
            migration.DropSchema(Quotes);
        },
        WhileBothRun = (oldVersion, _) => oldVersion.ExecuteAsync($"INSERT INTO {QuotesSql}.gone VALUES (1); INSERT INTO {QuotesSql}.kept DEFAULT VALUES"),
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT count(*) FROM kept", 1L),
    }.RunAsync();

    [Fact]
    public Task Schema_that_is_made_and_dropped_is_never_made() => new OperationLife
    {
        Setup = "CREATE SCHEMA s",
        Migrations =
        [
            [new CreateSchema(new Identifier("a")), new DropSchema(new Identifier("s"))],
            [new DropSchema(new Identifier("a")), new CreateSchema(new Identifier("s")), new CreateSequence(new RelationName("s", "n"))],
        ],
        Sql = "CREATE SEQUENCE s.n",
    }.RunAsync();

    [Theory]
    [InlineData("CREATE TABLE s.t (id int)", "table s.t")]
    [InlineData("CREATE SEQUENCE s.n", "sequence s.n")]
    [InlineData("CREATE VIEW s.v AS SELECT 1", "view s.v")]
    [InlineData("CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "function s.f()")]
    [InlineData("CREATE DOMAIN s.d AS text", "type s.d")]
    public async Task Schema_with_something_in_it_is_refused(string setup, string content)
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync($"CREATE SCHEMA s; {setup}", TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", [new DropSchema(new Identifier("s"))])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.ObjectInUse, exception.Code);
        Assert.Contains(content, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_schema_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", [new DropSchema(new Identifier("s"))])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.SchemaNotFound, exception.Code);
    }
}
