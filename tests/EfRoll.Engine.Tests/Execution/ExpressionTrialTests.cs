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
}
