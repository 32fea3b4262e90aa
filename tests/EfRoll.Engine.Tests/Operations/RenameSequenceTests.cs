using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class RenameSequenceTests
{
    static readonly RelationName Old = new("old name");
    static readonly RelationName New = new(Quotes);
    const string OldNext = "SELECT nextval('\"old name\"')";
    const string NewNext = "SELECT nextval('\"We\"\"ird Col''umn\"')";

    [Fact]
    public Task Each_version_counts_by_its_own_name_and_no_number_comes_twice() => new OperationLife
    {
        Setup = """
            CREATE SEQUENCE "old name" INCREMENT 10;
            COMMENT ON SEQUENCE "old name" IS 'kept';
            GRANT USAGE ON SEQUENCE "old name" TO PUBLIC;
            CREATE TABLE t (id bigint NOT NULL DEFAULT nextval('"old name"'));
            SELECT nextval('"old name"');
            """,
        Operations = [new RenameSequence(Old, New)],
        Ef = migration => migration.RenameSequence("old name", newName: Quotes),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            long[] taken =
            [
                await newVersion.ScalarAsync<long>(NewNext), await oldVersion.ScalarAsync<long>(OldNext), await oldVersion.ScalarAsync<long>(OldNext),
                await newVersion.ScalarAsync<long>(NewNext), await newVersion.ScalarAsync<long>(NewNext),
                await newVersion.ScalarAsync<long>("INSERT INTO t DEFAULT VALUES RETURNING id"),
            ];
            Assert.Equal(taken.Length, taken.Where(value => value > 10).Select(value => (value - 1) / 10).Distinct().Count());
            await newVersion.ExecuteAsync("DELETE FROM t");
        },
        AfterComplete = async newVersion =>
        {
            var next = await newVersion.ScalarAsync<long>(NewNext);
            Assert.True(next > 51);
            await newVersion.ReadsAsync("INSERT INTO t DEFAULT VALUES RETURNING id", next + 10);
        },
    }.RunAsync();

    [Fact]
    public Task Sequence_moves_to_another_schema_and_defaults_follow() => new OperationLife
    {
        Setup = "CREATE SEQUENCE n; CREATE TABLE t (id bigint DEFAULT nextval('n'), other int);",
        Operations =
        [
            new CreateSchema(new Identifier(Quotes)),
            new RenameSequence(new RelationName("n"), new RelationName(Quotes, Longest)),
            new AlterColumn(new RelationName("t"), new Identifier("id")) { Default = new Setting($"nextval('\"We\"\"ird Col''umn\".{LongestSql}')") },
            new AddColumn(new RelationName("t"), new ColumnDefinition(new Identifier("second"), "bigint") { Default = $"nextval('\"We\"\"ird Col''umn\".{LongestSql}')" }),
        ],
        Ef = migration =>
        {
            migration.EnsureSchema(Quotes);
            migration.RenameSequence("n", newName: Longest, newSchema: Quotes);
            migration.AddColumn<long>("second", "t", nullable: true, defaultValueSql: $"nextval('\"We\"\"ird Col''umn\".{LongestSql}')");
        },
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync("INSERT INTO t (other) VALUES (1)");
            await newVersion.ExecuteAsync("INSERT INTO t (other) VALUES (2)");
            await newVersion.ReadsAsync("SELECT count(*) FROM (SELECT id FROM t UNION SELECT second FROM t) AS all_of_them", 4L);
            await newVersion.ExecuteAsync("DELETE FROM t");
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("INSERT INTO t (other) VALUES (3) RETURNING id > 4, second > id", true, true),
    }.RunAsync();

    [Fact]
    public Task Renamed_changed_and_restarted_in_several_migrations() => new OperationLife
    {
        Setup = "CREATE SEQUENCE a AS int INCREMENT 5 MAXVALUE 100 CYCLE; SELECT nextval('a')",
        Migrations =
        [
            [new RenameSequence(new RelationName("a"), new RelationName("b"))],
            [
                new AlterSequence(new RelationName("b")) { Increment = 10, Maximum = new SequenceBound(null), IsCyclic = false },
                new RenameSequence(new RelationName("b"), new RelationName("c")),
                new RestartSequence(new RelationName("c"), 500),
            ],
        ],
        Sql = "ALTER SEQUENCE a INCREMENT 10 NO MAXVALUE NO CYCLE START 500 RESTART; ALTER SEQUENCE a RENAME TO c",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            // Blocks of ten for both.
            var (first, second) = (await newVersion.ScalarAsync<long>("SELECT nextval('c')"), await oldVersion.ScalarAsync<long>("SELECT nextval('a')"));
            Assert.Equal(10, Math.Abs(first - second));
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT nextval('c')", 500L),
    }.RunAsync();

    [Fact]
    public Task Falling_sequence_is_renamed() => new OperationLife
    {
        Setup = "CREATE SEQUENCE a INCREMENT -1",
        Operations = [new RenameSequence(new RelationName("a"), new RelationName("b"))],
        Ef = migration => migration.RenameSequence("a", newName: "b"),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ReadsAsync("SELECT nextval('b') - nextval('b')", 2L);
            await oldVersion.ReadsAsync("SELECT nextval('a') - nextval('a')", 2L);
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT nextval('b')", -5L),
    }.RunAsync();

    [Fact]
    public Task Sequence_of_a_column_is_renamed_at_complete() => new OperationLife
    {
        Setup = "CREATE TABLE t (id serial, other int GENERATED ALWAYS AS IDENTITY); INSERT INTO t DEFAULT VALUES",
        Operations = [new RenameSequence(new RelationName("t_id_seq"), new RelationName("a")), new RenameSequence(new RelationName("t_other_seq"), new RelationName("b"))],
        Ef = migration =>
        {
            migration.RenameSequence("t_id_seq", newName: "a");
            migration.RenameSequence("t_other_seq", newName: "b");
        },
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ReadsAsync("INSERT INTO t DEFAULT VALUES RETURNING id, other", 2, 2);
            await newVersion.ReadsAsync("INSERT INTO t DEFAULT VALUES RETURNING id, other", 3, 3);
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("INSERT INTO t DEFAULT VALUES RETURNING id, other", 4, 4),
    }.RunAsync();

    [Fact]
    public async Task Nobody_fails_and_no_number_comes_twice_while_both_versions_count_without_pause()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync("CREATE SEQUENCE a; CREATE TABLE taken (n bigint PRIMARY KEY)", token);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        var request = new RolloutRequest([new Migration("m", [new RenameSequence(new RelationName("a"), new RelationName("b"))])]);

        using var oldEnds = CancellationTokenSource.CreateLinkedTokenSource(token);
        using var newEnds = CancellationTokenSource.CreateLinkedTokenSource(token);
        var old = CountAsync("a", oldEnds.Token);
        await engine.ExpandAsync(request, token);
        var others = Enumerable.Range(0, 3).Select(_ => CountAsync("b", newEnds.Token)).ToList();
        await WaitForAsync(500);
        await oldEnds.CancelAsync();
        await old;
        await engine.ContractAsync(token);
        await WaitForAsync(1000);
        await newEnds.CancelAsync();
        await Task.WhenAll(others);

        async Task CountAsync(string sequence, CancellationToken end)
        {
            await using var connection = await database.DataSource.OpenConnectionAsync(token);
            await using var command = new Npgsql.NpgsqlCommand($"INSERT INTO taken SELECT nextval('{sequence}')", connection);
            await command.PrepareAsync(token);
            while (!end.IsCancellationRequested)
                await command.ExecuteNonQueryAsync(token);
        }

        async Task WaitForAsync(long more)
        {
            var wanted = await CountedAsync() + more;
            while (await CountedAsync() < wanted)
                await Task.Yield();
        }

        async Task<long> CountedAsync() => (long)(await database.QueryAsync("SELECT count(*) FROM taken", token))[0][0]!;
    }
}
