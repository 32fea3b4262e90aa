using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Execution;

public sealed class ExpressionTrialTests
{
    const int Rows = 30_000;

    const int BadRow = 17_123;

    [Theory]
    [InlineData("amount::integer", "invalid input syntax")]
    [InlineData("NULLIF(amount, 'x17123')::text", "null value in column \"amount\"")]
    public async Task Row_that_fails_is_named_before_anything_is_touched(string up, string reason)
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync($"""
            CREATE TABLE bills ("Id" int, part int, amount text, PRIMARY KEY ("Id", part));
            INSERT INTO bills SELECT i, 2, CASE WHEN i = {BadRow} THEN 'x' ELSE '' END || i FROM generate_series(1, {Rows}) AS i;
            """, token);
        var before = await SchemaDump.ReadAsync(database, token);
        var request = new RolloutRequest([new Migration("m",
        [
            new AlterColumn(new RelationName("bills"), new Identifier("amount"))
            {
                Type = reason.StartsWith("null", StringComparison.Ordinal) ? null : "integer",
                IsNullable = false,
                Up = new Expression(up),
                Down = new Expression("amount::text"),
            },
        ])]);
        var engine = new RollEngine(database.DataSource, new RollOptions());

        var exception = await Assert.ThrowsAsync<EfRollException>(() => engine.ExpandAsync(request, token));

        Assert.Equal(ErrorCode.BackfillRowFailed, exception.Code);
        Assert.Contains($"Id = {BadRow}, part = 2", exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, token), "after the refusal");

        // The old version goes on with that row, and once it is mended so does the rollout.
        await database.ExecuteAsync($"UPDATE bills SET amount = '5' WHERE \"Id\" = {BadRow}", token);
        await engine.ExpandAsync(request, token);
        await engine.RollbackAsync(token);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, token), "after rollback");
    }

    [Theory]
    [InlineData("query_canceled")]
    [InlineData("disk_full")]
    [InlineData("lock_not_available")]
    public async Task No_row_is_blamed_for_what_the_server_cannot_do(string state)
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync($"""
            CREATE TABLE bills (id int PRIMARY KEY, amount text NOT NULL);
            INSERT INTO bills SELECT i, i FROM generate_series(1, 100) AS i;
            CREATE FUNCTION weary(amount text) RETURNS text STABLE LANGUAGE plpgsql AS $$BEGIN RAISE '{state} it is' USING ERRCODE = '{state}'; END$$;
            """, token);
        var before = await SchemaDump.ReadAsync(database, token);
        var request = new RolloutRequest([new Migration("m",
            [new AddColumn(new RelationName("bills"), new ColumnDefinition(new Identifier("copy"), "text") { IsNullable = false }) { Up = new Expression("weary(amount)") }])]);
        var engine = new RollEngine(database.DataSource, new RollOptions());

        var exception = await Assert.ThrowsAsync<EfRollException>(() => engine.ExpandAsync(request, token));

        // Npgsql closes the connection where the disk is full.
        Assert.Equal(state == "disk_full" ? ErrorCode.ConnectionLost : ErrorCode.StepFailed, exception.Code);
        Assert.Contains($"{state} it is", exception.Message, StringComparison.Ordinal);
        await database.ExecuteAsync("CREATE OR REPLACE FUNCTION weary(amount text) RETURNS text STABLE LANGUAGE sql RETURN amount", token);
        await engine.ExpandAsync(request, token);
        await engine.RollbackAsync(token);
        await database.ExecuteAsync($"CREATE OR REPLACE FUNCTION weary(amount text) RETURNS text STABLE LANGUAGE plpgsql AS $$BEGIN RAISE '{state} it is' USING ERRCODE = '{state}'; END$$", token);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, token), "after rollback");
    }
}
