using EfRoll.Engine.Execution;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Execution;

public sealed class ForewarningsTests
{
    static readonly QualifiedName Table = new("public", "Or\"ders");

    static readonly Plan Plan = new()
    {
        Migrations = ["1_Change"],
        VersionSchemas = [],
        Expand = [new TransactionStep("room", "Make room", [new RelationLock(Table, LockMode.AccessExclusive)], [])],
        Contract = [],
    };

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Long_transactions_are_named_with_what_they_hold_up()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync($"CREATE TABLE {Table} (a integer)", Cancelled);
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);
        Assert.Empty(await Forewarnings.OfAsync(session, Plan, TimeSpan.Zero, Cancelled));

        await using var reader = await BeginAsync(database, $"SELECT count(*) FROM {Table}");
        await using var other = await BeginAsync(database, "SELECT 1");

        var warnings = await Forewarnings.OfAsync(session, Plan, TimeSpan.Zero, Cancelled);
        Assert.Equal(2, warnings.Count);
        Assert.StartsWith($"a long transaction has a table that will change, which will have to be waited for: pid {reader.ProcessID}", warnings[0], StringComparison.Ordinal);
        Assert.StartsWith($"a long transaction will hold up the building of indexes, and keeps old rows in their pages: pid {other.ProcessID}", warnings[1], StringComparison.Ordinal);
        Assert.Empty(await Forewarnings.OfAsync(session, Plan, TimeSpan.FromHours(1), Cancelled));
    }

    static async Task<NpgsqlConnection> BeginAsync(TestDatabase database, string sql)
    {
        var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand("BEGIN; " + sql, connection);
        await command.ExecuteNonQueryAsync(Cancelled);
        return connection;
    }
}
