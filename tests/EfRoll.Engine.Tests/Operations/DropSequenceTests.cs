using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class DropSequenceTests
{
    [Fact]
    public Task Old_version_counts_until_complete() => new OperationLife
    {
        Setup = "CREATE SCHEMA \"We\"\"ird Col'umn\"; CREATE SEQUENCE \"We\"\"ird Col'umn\".\"select\"; CREATE SEQUENCE b; CREATE TABLE t (id bigint DEFAULT nextval('b'), other int)",
        Operations =
        [
            new DropSequence(new RelationName(Quotes, Keyword)),
            new DropColumn(new RelationName("t"), new Identifier("id")),
            new DropSequence(new RelationName("b")),
        ],
        Ef = migration =>
        {
            migration.DropSequence(Keyword, Quotes);
            migration.DropColumn("id", "t");
            migration.DropSequence("b");
        },
        WhileBothRun = (oldVersion, _) => oldVersion.ReadsAsync("SELECT nextval('\"We\"\"ird Col''umn\".\"select\"')", 1L),
        AfterComplete = newVersion => newVersion.FailsAsync("SELECT nextval('b')", "42P01"),
    }.RunAsync();

    [Fact]
    public Task Sequence_of_a_dropped_column_goes_with_it() => new OperationLife
    {
        Setup = "CREATE TABLE t (id serial, other int)",
        Operations = [new DropColumn(new RelationName("t"), new Identifier("id")), new DropSequence(new RelationName("t_id_seq"))],
        Sql = "ALTER TABLE t DROP COLUMN id",
    }.RunAsync();

    [Fact]
    public Task Sequence_whose_default_is_taken_away_can_go() => new OperationLife
    {
        Setup = "CREATE SEQUENCE n; CREATE TABLE t (id bigint DEFAULT nextval('n'))",
        Operations = [new DropSequence(new RelationName("n")), new AlterColumn(new RelationName("t"), new Identifier("id")) { Default = new Setting(null) }],
        Sql = "ALTER TABLE t ALTER id DROP DEFAULT; DROP SEQUENCE n",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ReadsAsync("INSERT INTO t DEFAULT VALUES RETURNING id", 1L);
            await newVersion.ReadsAsync("INSERT INTO t DEFAULT VALUES RETURNING id", [null]);
            await oldVersion.ExecuteAsync("DELETE FROM t");
        },
    }.RunAsync();

    [Theory]
    [InlineData("CREATE TABLE t (id bigint DEFAULT nextval('n'))", "public.t.id")]
    [InlineData("CREATE TABLE t (); ALTER TABLE t ADD id int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME m)", "public.t.id", "m")]
    [InlineData("CREATE VIEW v AS SELECT nextval('n')", "view public.v")]
    public async Task Sequence_in_use_is_refused_by_name(string setup, string user, string sequence = "n")
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync($"CREATE SEQUENCE n; {setup}", TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("m", [new DropSequence(new RelationName(sequence)) { Source = new SourceLocation("m", "file.cs", 7) }])]);
        var exception = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.ObjectInUse, exception.Code);
        Assert.Contains(user, exception.Message, StringComparison.Ordinal);
        Assert.Equal(7, exception.Location?.Line);
    }
}
