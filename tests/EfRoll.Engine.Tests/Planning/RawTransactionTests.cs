using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Operations;
using EfRoll.Engine.Tests.Sessions;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>Raw SQL and transactions: its own, the one that it runs in, and none.</summary>
public sealed class RawTransactionTests
{
    const string Shop = """
        CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, price text);
        CREATE INDEX ix_name ON items (name);
        CREATE TABLE days (day int NOT NULL, note text) PARTITION BY LIST (day);
        CREATE TABLE days_1 PARTITION OF days FOR VALUES IN (1);
        INSERT INTO items VALUES (1, 'one', '10'), (2, 'two', '20');
        """;

    static readonly RelationName Items = new("items");

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    static RunSql Sql(string sql) => new(sql) { Moment = SqlMoment.Chosen };

    static RunSql Alone(string sql) => Sql(sql) with { IsTransactionSuppressed = true };

    [Fact]
    public Task What_PostgreSQL_refuses_in_a_transaction_gets_none() => new OperationLife
    {
        Setup = Shop,
        Operations =
        [
            new RenameColumn(Items, new Identifier("price"), new Identifier("cost")),
            Alone("REINDEX INDEX CONCURRENTLY ix_name"),
            Alone("CREATE INDEX CONCURRENTLY ON items ((name || id))"),
            Alone("ALTER TABLE days DETACH PARTITION days_1 CONCURRENTLY"),
            new RunSql("VACUUM items") { Down = "", Moment = SqlMoment.Complete, IsTransactionSuppressed = true },
        ],
        // What is detached concurrently keeps the bounds as a check.
        Sql = """
            ALTER TABLE items RENAME COLUMN price TO cost; CREATE INDEX ON items ((name || id));
            ALTER TABLE days DETACH PARTITION days_1; ALTER TABLE days_1 ADD CONSTRAINT days_1_day_check CHECK (day IS NOT NULL AND day = 1);
            """,
        WhileBothRun = (oldVersion, _) => oldVersion.ReadsAsync("SELECT count(*) FROM pg_inherits WHERE inhparent = 'days'::regclass", 1L),
    }.RunAsync();

    [Theory]
    [InlineData("REINDEX TABLE CONCURRENTLY items", true)]
    [InlineData("CREATE INDEX CONCURRENTLY ON items ((price || id))", true)]
    [InlineData("CREATE INDEX CONCURRENTLY ON items ((name || id))", false)]
    public async Task What_runs_after_complete_needs_the_names_of_the_end(string sql, bool isRenamed)
    {
        await using var database = await DatabaseAsync();
        var request = Request(Alone(sql), isRenamed ? new RenameTable(Items, new RelationName("goods")) : new RenameColumn(Items, new Identifier("name"), new Identifier("title")));

        var refusal = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, Cancelled));

        Assert.Equal(ErrorCode.SqlSeesPassingShape, refusal.Code);
    }

    [Fact]
    public async Task A_transaction_of_its_own_does_not_end_the_one_that_it_runs_in()
    {
        await using var database = await DatabaseAsync();
        var engine = new RollEngine(database.DataSource, new RollOptions());

        var failure = await Assert.ThrowsAsync<EfRollException>(() => engine.ExpandAsync(
            Request(Sql("BEGIN; UPDATE items SET name = 'changed'; COMMIT;"), Sql("START TRANSACTION; SELECT 1 / 0; END")), Cancelled));

        Assert.Equal(ErrorCode.StepFailed, failure.Code);
        Assert.Equal("one", await database.ScalarAsync<string>("SELECT name FROM items WHERE id = 1", Cancelled));
    }

    // A statement that waits for a lock makes everybody wait who comes after it.
    [Fact]
    public async Task It_gives_way_while_somebody_has_the_lock_that_it_needs()
    {
        await using var database = await DatabaseAsync();
        await using var writer = await database.DataSource.OpenConnectionAsync(Cancelled);
        await using var transaction = await writer.BeginTransactionAsync(Cancelled);
        await using var write = new NpgsqlCommand("UPDATE items SET name = 'written' WHERE id = 1", writer, transaction);
        await write.ExecuteNonQueryAsync(Cancelled);
        // Lets go when it is told that somebody had to give up waiting.
        var reported = new Reported(report =>
        {
            if (report is LockProgress)
                transaction.Rollback();
        });
        var engine = new RollEngine(database.DataSource, new RollOptions { LockTimeout = TimeSpan.FromMilliseconds(50) }, reported);

        await engine.ExpandAsync(Request(Sql("""
            CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER stamp_it BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION stamp();
            """)), Cancelled);

        Assert.NotEmpty(reported.All.OfType<LockProgress>());
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM pg_trigger WHERE tgname = 'stamp_it'", Cancelled));
    }

    static RolloutRequest Request(params Operation[] operations) => new([new Migration("20260101000000_m", operations.ToEquatableList())]);

    static async Task<TestDatabase> DatabaseAsync()
    {
        var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync(Shop, Cancelled);
        return database;
    }
}
