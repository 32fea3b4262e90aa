using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class CreateSequenceTests
{
    [Fact]
    public Task Sequence_with_all_options_is_there_at_once() => new OperationLife
    {
        Setup = $"CREATE SCHEMA {QuotesSql}",
        Operations =
        [
            new CreateSequence(new RelationName(Quotes, Longest)) { Type = "smallint", Start = 100, Increment = -5, Minimum = -50, Maximum = 200, IsCyclic = true },
            new CreateSequence(new RelationName("order")),
        ],
        Ef = migration =>
        {
            migration.CreateSequence<short>(Longest, Quotes, startValue: 100, incrementBy: -5, minValue: -50, maxValue: 200, cyclic: true);
            migration.CreateSequence("order");
        },
        WhileBothRun = async (_, newVersion) =>
        {
            await newVersion.ReadsAsync($"SELECT nextval('{QuotesSql.Replace("'", "''", StringComparison.Ordinal)}.{LongestSql}')", 100L);
            await newVersion.ReadsAsync("SELECT nextval('\"order\"')", 1L);
        },
    }.RunAsync();

    [Fact]
    public Task New_columns_and_tables_take_values_from_it() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new CreateSequence(new RelationName(Quotes)) { Start = 10 },
            new AddColumn(new RelationName(Table), new ColumnDefinition(new Identifier("number"), "bigint")
            {
                IsNullable = false,
                Default = "nextval('\"We\"\"ird Col''umn\"')",
            }),
            new CreateTable(new RelationName("made"), [new ColumnDefinition(new Identifier("id"), "bigint") { IsNullable = false, Default = "nextval('\"We\"\"ird Col''umn\"')" }]),
        ],
        Ef = migration =>
        {
            migration.CreateSequence(Quotes, startValue: 10);
            migration.AddColumn<long>("number", Table, nullable: false, defaultValueSql: "nextval('\"We\"\"ird Col''umn\"')");
            migration.CreateTable("made", table => new { id = table.Column<long>(nullable: false, defaultValueSql: "nextval('\"We\"\"ird Col''umn\"')") });
        },
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('new')");
            await oldVersion.ExecuteAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('old')");
            await newVersion.ExecuteAsync("INSERT INTO made DEFAULT VALUES");
            await newVersion.ReadsAsync($"SELECT count(*), count(DISTINCT number), min(number) FROM {TableSql}", 4L, 4L, 10L);
            await newVersion.ExecuteAsync($"DELETE FROM {TableSql} WHERE {LongestSql} IN ('new', 'old')");
        },
        AfterComplete = newVersion => newVersion.ReadsAsync($"SELECT count(DISTINCT number) FROM {TableSql}", 2L),
    }.RunAsync();

    [Fact]
    public Task Sequence_that_is_changed_and_dropped_again_is_never_made() => new OperationLife
    {
        Setup = "CREATE TABLE t (id int)",
        Migrations =
        [
            [new CreateSequence(new RelationName("a")), new CreateSequence(new RelationName("b"))],
            [
                new AlterSequence(new RelationName("a")) { Increment = 10, Maximum = new SequenceBound(1000) },
                new RestartSequence(new RelationName("a"), 5),
                new RenameSequence(new RelationName("a"), new RelationName("c")),
                new DropSequence(new RelationName("b")),
            ],
        ],
        Sql = "CREATE SEQUENCE c START 5 INCREMENT 10 MAXVALUE 1000",
        WhileBothRun = (_, newVersion) => newVersion.ReadsAsync("SELECT nextval('c'), nextval('c')", 5L, 15L),
    }.RunAsync();

    [Fact]
    public Task Sequence_that_is_dropped_and_made_anew_goes_on() => new OperationLife
    {
        Setup = "CREATE SEQUENCE s AS int MAXVALUE 1000; SELECT setval('s', 41)",
        Operations = [new DropSequence(new RelationName("s")), new CreateSequence(new RelationName("s")) { Increment = 2 }],
        Sql = "DROP SEQUENCE s; CREATE SEQUENCE s INCREMENT 2",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ReadsAsync("SELECT nextval('s')", 43L);
            await newVersion.ReadsAsync("SELECT nextval('s')", 45L);
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT nextval('s')", 47L),
    }.RunAsync();

    [Theory]
    [InlineData("taken", "bigint", 1, null, ErrorCode.RelationExists)]
    [InlineData("s", "text", 1, null, ErrorCode.InvalidSequence)]
    [InlineData("s", "bigint", 0, null, ErrorCode.InvalidSequence)]
    [InlineData("s", "smallint", 1, 40000L, ErrorCode.InvalidSequence)]
    [InlineData("s", "bigint", 1, 0L, ErrorCode.InvalidSequence)]
    public async Task What_is_no_sequence_is_refused(string name, string type, int increment, long? maximum, ErrorCode code)
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync("CREATE TABLE taken (id int)", TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", [new CreateSequence(new RelationName(name)) { Type = type, Increment = increment, Maximum = maximum }])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(code, exception.Code);
        Assert.NotNull(exception.Location);
    }
}
