using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class AlterSequenceTests
{
    [Fact]
    public Task Blocks_of_both_versions_do_not_overlap_when_they_grow() => new OperationLife
    {
        Setup = $"CREATE SEQUENCE {QuotesSql} INCREMENT 10; SELECT nextval('{QuotesSql.Replace("'", "''", StringComparison.Ordinal)}')",
        Operations = [new AlterSequence(new RelationName(Quotes)) { Increment = 25, Minimum = new SequenceBound(null), Maximum = new SequenceBound(null), IsCyclic = false }],
        Ef = migration => migration.AlterSequence(Quotes, incrementBy: 25, oldIncrementBy: 10),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            // The last one taken before was 1, so 1 to 10 are in use; from here on every value begins a block of up to 25.
            const string Next = "SELECT nextval('\"We\"\"ird Col''umn\"')";
            await newVersion.ReadsAsync(Next, 26L);
            await oldVersion.ReadsAsync(Next, 51L);
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT nextval('\"We\"\"ird Col''umn\"')", 76L),
    }.RunAsync();

    [Fact]
    public Task Blocks_of_both_versions_do_not_overlap_when_they_shrink() => new OperationLife
    {
        Setup = "CREATE SCHEMA s; CREATE SEQUENCE s.n INCREMENT 10; SELECT nextval('s.n')",
        Operations = [new AlterSequence(new RelationName("s", "n")) { Increment = 2 }],
        Ef = migration => migration.AlterSequence("n", "s", incrementBy: 2, oldIncrementBy: 10),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT nextval('s.n')", 11L);
            await oldVersion.ReadsAsync("SELECT nextval('s.n')", 21L);
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT nextval('s.n'), nextval('s.n')", 31L, 33L),
    }.RunAsync();

    [Fact]
    public Task Wider_limits_are_there_at_once_and_given_back_at_rollback() => new OperationLife
    {
        Setup = "CREATE SEQUENCE n AS smallint MAXVALUE 3 CYCLE; SELECT setval('n', 3)",
        Operations = [new AlterSequence(new RelationName("n")) { Maximum = new SequenceBound(1000), Minimum = new SequenceBound(-7), IsCyclic = false, Cache = 1 }],
        Ef = migration => migration.AlterSequence("n", minValue: -7, maxValue: 1000, cyclic: false, oldMaxValue: 3, oldCyclic: true),
        WhileBothRun = (_, newVersion) => newVersion.ReadsAsync("SELECT nextval('n')", 4L),
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT nextval('n')", 5L),
    }.RunAsync();

    [Fact]
    public Task Narrower_limits_come_with_complete() => new OperationLife
    {
        Setup = "CREATE SEQUENCE n; SELECT setval('n', 50)",
        Operations = [new AlterSequence(new RelationName("n")) { Maximum = new SequenceBound(100), IsCyclic = true }],
        Ef = migration => migration.AlterSequence("n", maxValue: 100, cyclic: true),
        WhileBothRun = (oldVersion, _) => oldVersion.ReadsAsync("SELECT setval('n', 100)", 100L),
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT nextval('n')", 1L),
    }.RunAsync();

    [Fact]
    public Task Falling_sequence_becomes_a_rising_one() => new OperationLife
    {
        Setup = "CREATE SEQUENCE n INCREMENT -1 MAXVALUE 100 START 100; SELECT nextval('n')",
        Operations = [new AlterSequence(new RelationName("n")) { Increment = 1, Minimum = new SequenceBound(null), Maximum = new SequenceBound(null) }],
        Ef = migration => migration.AlterSequence("n", incrementBy: 1, oldIncrementBy: -1, oldMaxValue: 100),
        WhileBothRun = (oldVersion, _) => oldVersion.ReadsAsync("SELECT nextval('n')", 99L),
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT nextval('n'), nextval('n')", 98L, 99L),
    }.RunAsync();

    [Fact]
    public async Task Sequence_beyond_its_new_limits_is_refused_before_anything_is_touched()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync("CREATE SEQUENCE n; SELECT setval('n', 101)", TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", [new AlterSequence(new RelationName("n")) { Maximum = new SequenceBound(100) }])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).ExpandAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.RowsViolate, exception.Code);
        Assert.Contains("101", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_sequence_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", [new AlterSequence(new RelationName("n")) { Increment = 2 }])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.ObjectNotFound, exception.Code);
    }
}
