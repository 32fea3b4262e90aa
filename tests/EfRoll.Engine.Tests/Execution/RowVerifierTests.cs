using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Sessions;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Execution;

/// <summary>Complete proves that everything is in place, and, when asked, that rows are what the migrations demand: each proof is broken by hand.</summary>
public sealed class RowVerifierTests
{
    static readonly RelationName People = new("people");

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ALTER TABLE people DISABLE TRIGGER \"~efroll_update\"", "trigger ~efroll_update of people")]
    [InlineData("ALTER TABLE people DISABLE TRIGGER USER", "2 in all: trigger ~efroll_insert of people, trigger ~efroll_update of people")]
    [InlineData("DROP TRIGGER \"~efroll_insert\" ON people", "trigger ~efroll_insert of people")]
    [InlineData("ALTER TABLE people ENABLE REPLICA TRIGGER \"~efroll_insert\"", "trigger ~efroll_insert of people")]
    [InlineData("UPDATE pg_index SET indisvalid = false WHERE indexrelid = '_efroll_new_people_age'::regclass", "index \"public\".\"_efroll_new_people_age\"")]
    [InlineData("ALTER TABLE people DROP CONSTRAINT _efroll_filled; UPDATE people SET _efroll_origin = 'b' WHERE id = 7", "constraint _efroll_filled of \"public\".\"people\"")]
    [InlineData("ALTER TABLE people DROP CONSTRAINT _efroll_filled, ADD CONSTRAINT _efroll_filled CHECK (_efroll_origin <> 'b') NOT VALID", "constraint _efroll_filled of \"public\".\"people\"")]
    [InlineData("DROP VIEW \"public_20260101000000_Verify\".people", "view \"public_20260101000000_Verify\".\"people\"")]
    public async Task What_start_made_and_somebody_broke_is_named_and_rolled_back_all_the_same(string broken, string named)
    {
        await using var database = await PeopleAsync();
        var before = await SchemaDump.ReadAsync(database, Cancelled);
        await Engine(database).ExpandAsync(Request(), Cancelled);
        await database.ExecuteAsync(broken, Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(() => Engine(database, new RollOptions { AcceptsDrift = true }).ContractAsync(Cancelled));

        Assert.Equal(ErrorCode.NotInPlace, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        await Engine(database).RollbackAsync(Cancelled);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Cancelled), "after rollback");
    }

    [Fact]
    public async Task A_row_cannot_be_set_back_while_its_check_is_there()
    {
        await using var database = await PeopleAsync();
        await Engine(database).ExpandAsync(Request(), Cancelled);

        var error = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => database.ExecuteAsync("UPDATE people SET _efroll_origin = 'b' WHERE id = 7", Cancelled));

        Assert.Equal("_efroll_filled", error.ConstraintName);
    }

    [Fact]
    public async Task A_trigger_switched_off_for_one_partition_is_named()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync("""
            CREATE TABLE people (id int PRIMARY KEY, name text, age int) PARTITION BY RANGE (id);
            CREATE TABLE people_1 PARTITION OF people FOR VALUES FROM (0) TO (100);
            CREATE TABLE people_2 PARTITION OF people FOR VALUES FROM (100) TO (200);
            CREATE INDEX people_age ON people (age);
            INSERT INTO people SELECT n, 'n' || n, n FROM generate_series(1, 150) AS n;
            """, Cancelled);
        await Engine(database).ExpandAsync(Request(), Cancelled);
        await database.ExecuteAsync("SET session_replication_role = replica; UPDATE people SET age = 1000 WHERE id = 120; RESET session_replication_role", Cancelled);
        Assert.Contains("id = 120", (await RefusedAsync(database, RowVerification.Full)).Message, StringComparison.Ordinal);
        await database.ExecuteAsync("ALTER TABLE people_2 DISABLE TRIGGER \"~efroll_update\"", Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(() => Engine(database).ContractAsync(Cancelled));

        Assert.Equal(ErrorCode.NotInPlace, error.Code);
        Assert.Contains("1 in all: trigger ~efroll_update of people_2", error.Message, StringComparison.Ordinal);
        await Engine(database).RollbackAsync(Cancelled);
    }

    [Fact]
    public async Task Rows_that_the_triggers_missed_are_named()
    {
        await using var database = await PeopleAsync();
        await Engine(database).ExpandAsync(Request(), Cancelled);
        await using (var newVersion = new Operations.Version(database, "\"public_20260101000000_Verify\", public"))
            await newVersion.ExecuteAsync("UPDATE people SET age = 4000 WHERE id IN (30, 40); INSERT INTO people (id, name, age) VALUES (2000, 'new', 5)");
        // As a replica would, behind the triggers' backs: of the old version first, then of the new one.
        await database.ExecuteAsync("""
            SET session_replication_role = replica;
            UPDATE people SET age = 7777 WHERE id IN (7, 8) OR id > 900 AND id < 920;
            UPDATE people SET _efroll_new_age = 9999 WHERE id = 40;
            """, Cancelled);

        var error = await RefusedAsync(database, RowVerification.Full);

        Assert.Equal(ErrorCode.RowsDiffer, error.Code);
        Assert.Contains("public.people.age, as the new version has it, is not what follows in 21 rows: id = ", error.Message, StringComparison.Ordinal);
        Assert.Contains("public.people.age, as the old version has it, is not what follows in 1 rows: id = 40", error.Message, StringComparison.Ordinal);
        Assert.Equal(Phase.Expanded, (await Engine(database).StatusAsync(Cancelled)).Open?.Phase);

        // Written anew from the version that is right.
        await database.ExecuteAsync("RESET session_replication_role; UPDATE people SET age = age + 1 WHERE age = 7777", Cancelled);
        await using (var newVersion = new Operations.Version(database, "\"public_20260101000000_Verify\", public"))
            await newVersion.ExecuteAsync("UPDATE people SET age = 41 WHERE id = 40");
        await Engine(database, new RollOptions { Verification = RowVerification.Full }).ContractAsync(Cancelled);
    }

    [Fact]
    public async Task A_sample_reads_some_pages_and_finds_what_is_wrong_everywhere()
    {
        await using var database = await PeopleAsync();
        await database.ExecuteAsync("INSERT INTO people SELECT n, repeat('x', 900), n FROM generate_series(10001, 30000) AS n", Cancelled);
        await Engine(database).ExpandAsync(Request(), Cancelled);
        await database.ExecuteAsync("SET session_replication_role = replica; UPDATE people SET age = age + 1", Cancelled);
        var reported = new Reported();

        var error = await Assert.ThrowsAsync<EfRollException>(
            () => new RollEngine(database.DataSource, new RollOptions { Verification = RowVerification.Sample }, reported).ContractAsync(Cancelled));

        Assert.Equal(ErrorCode.RowsDiffer, error.Code);
        var told = Assert.Single(reported.All.OfType<NoticeProgress>(), notice => notice.Text.EndsWith("rows of public.people compared, a sample", StringComparison.Ordinal)).Text;
        Assert.InRange(int.Parse(told.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), 1, 20_000);
    }

    [Theory]
    [InlineData("age + (random() * 0)::int", "its expression calls random, which may give another value each time")]
    [InlineData("age + extract(year from now())::int - extract(year from now())::int", "its expression calls now, which changes")]
    [InlineData("(SELECT age + count(*) * 0 FROM pg_catalog.pg_am)", "its expression reads other rows, which may have changed")]
    [InlineData("7", "it follows from nothing in the row")]
    public async Task What_cannot_be_compared_is_named_and_passed_over(string up, string reason)
    {
        await using var database = await PeopleAsync();
        await Engine(database).ExpandAsync(Request(up), Cancelled);
        await database.ExecuteAsync("SET session_replication_role = replica; UPDATE people SET age = age + 1", Cancelled);
        var reported = new Reported();

        await new RollEngine(database.DataSource, new RollOptions { Verification = RowVerification.Full }, reported).ContractAsync(Cancelled);

        Assert.Contains(reported.All.OfType<NoticeProgress>(), notice => notice.Text == $"public.people.age, as the new version has it, is not compared: {reason}");
    }

    // A lossy way back may not be taken for an error: the other column was written by the new version, and nobody has touched it since.
    [Fact]
    public async Task A_value_of_the_other_version_is_right_as_well()
    {
        await using var database = await PeopleAsync();
        var request = new RolloutRequest([new Migration("20260101000000_Verify",
        [
            new AlterColumn(People, new Identifier("age")) { Type = "bigint" },
            new AlterColumn(People, new Identifier("name")) { Type = "varchar(90)", Up = new Expression("upper(name)"), Down = new Expression("lower(name)") },
        ])]);
        await Engine(database).ExpandAsync(request, Cancelled);
        await using (var newVersion = new Operations.Version(database, "\"public_20260101000000_Verify\", public"))
            await newVersion.ExecuteAsync("UPDATE people SET name = 'MiXed' WHERE id = 5");
        await database.ExecuteAsync("UPDATE people SET age = 3 WHERE id = 5", Cancelled);
        await database.ExecuteAsync("SET session_replication_role = replica; UPDATE people SET name = 'wrong' WHERE id = 6", Cancelled);

        var error = await RefusedAsync(database, RowVerification.Full);

        Assert.Contains("public.people.name, as the new version has it, is not what follows in 1 rows: id = 6", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("age", error.Message, StringComparison.Ordinal);
    }

    static Task<EfRollException> RefusedAsync(TestDatabase database, RowVerification how) =>
        Assert.ThrowsAsync<EfRollException>(() => Engine(database, new RollOptions { Verification = how }).ContractAsync(Cancelled));

    static RolloutRequest Request(string? up = null) => new([new Migration("20260101000000_Verify",
        [new AlterColumn(People, new Identifier("age")) { Type = "bigint", Up = up is null ? null : new Expression(up), Down = up is null ? null : new Expression("age::int") }])]);

    static RollEngine Engine(TestDatabase database, RollOptions? options = null) => new(database.DataSource, options ?? new RollOptions());

    static async Task<TestDatabase> PeopleAsync()
    {
        var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync("""
            CREATE TABLE people (id int PRIMARY KEY, name text, age int);
            CREATE INDEX people_age ON people (age);
            INSERT INTO people SELECT n, 'n' || n, n FROM generate_series(1, 1000) AS n;
            """, Cancelled);
        return database;
    }
}
