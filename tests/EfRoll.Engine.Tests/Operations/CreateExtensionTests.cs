using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Operations;

public sealed class CreateExtensionTests
{
    [Fact]
    public Task Extension_and_its_types_are_there_at_once() => new OperationLife
    {
        Setup = "CREATE TABLE t (id int); INSERT INTO t VALUES (1)",
        Operations =
        [
            new CreateExtension(new Identifier("citext")),
            new AddColumn(new RelationName("t"), new ColumnDefinition(new Identifier("name"), "citext") { Default = "'Ann'" }),
            new CreateTable(new RelationName("made"), [new ColumnDefinition(new Identifier("names"), "citext[]")]),
        ],
        Ef = migration =>
        {
            migration.AlterDatabase().Annotation("Npgsql:PostgresExtension:citext", ",,");
            migration.AddColumn<string>("name", "t", "citext", nullable: true, defaultValueSql: "'Ann'");
            migration.CreateTable("made", table => new { names = table.Column<string[]>("citext[]", nullable: true) });
        },
        WhileBothRun = (_, newVersion) => newVersion.ReadsAsync("SELECT name = 'ANN' FROM t", true),
    }.RunAsync();

    [Fact]
    public Task What_it_requires_comes_and_goes_with_it() => new OperationLife
    {
        Setup = "SELECT",
        Operations =
        [
            new CreateSchema(new Identifier("Geo")),
            new CreateExtension(new Identifier("earthdistance")) { Schema = new Identifier("Geo") },
            new CreateExtension(new Identifier("cube")),
        ],
        Sql = "CREATE SCHEMA \"Geo\"; CREATE EXTENSION earthdistance SCHEMA \"Geo\" CASCADE",
    }.RunAsync();

    [Fact]
    public Task Extension_that_is_there_stays_as_it_is() => new OperationLife
    {
        Setup = "CREATE SCHEMA s; CREATE EXTENSION hstore SCHEMA s",
        Operations = [new CreateExtension(new Identifier("hstore")) { Version = "1.4" }],
        Ef = migration => migration.AlterDatabase().Annotation("Npgsql:PostgresExtension:hstore", ",,1.4"),
    }.RunAsync();

    [Fact]
    public async Task Extension_that_the_server_lacks_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", [new CreateExtension(new Identifier("no such thing"))])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.ExtensionNotAvailable, exception.Code);
    }

    [Fact]
    public async Task Version_that_the_server_lacks_is_refused_before_anything_is_touched()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", [new CreateExtension(new Identifier("citext")) { Version = "99" }])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.InvalidDefinition, exception.Code);
        Assert.Contains("citext", exception.Message, StringComparison.Ordinal);
    }
}
