using EfRoll.Engine.Errors;
using EfRoll.Engine.Sessions;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Sessions;

public sealed class EngineLockTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Second_runner_is_refused_and_told_who_works()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await using var first = await AcquireAsync(database);
        var pid = await first.Session.ScalarAsync<int>($"SELECT pg_backend_pid()", [], Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(() => AcquireAsync(database));

        Assert.Equal(ErrorCode.EngineBusy, error.Code);
        Assert.Contains($"pid {pid} (efroll)", error.Message, StringComparison.Ordinal);
        Assert.Contains("since ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_runner_may_go_on_when_the_first_is_done()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        var first = await AcquireAsync(database);
        var second = AcquireAsync(database);
        Assert.False(second.IsCompleted);

        await first.DisposeAsync();

        await using var acquired = await second;
        Assert.Equal(1, await acquired.Session.ScalarAsync<int>($"SELECT 1", [], Cancelled));
    }

    [Fact]
    public async Task Who_lost_the_connection_can_run_nothing_any_more()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await using var first = await AcquireAsync(database);
        var pid = await first.Session.ScalarAsync<int>($"SELECT pg_backend_pid()", [], Cancelled);
        await database.ExecuteAsync($"SELECT pg_terminate_backend({pid}, 5000)", Cancelled);

        await using var second = await AcquireAsync(database);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => first.Session.ExecuteAsync($"SELECT 1", Cancelled));
    }

    [Fact]
    public async Task Session_is_free_of_other_peoples_timeouts()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync(
            $"""
            ALTER DATABASE {database.Name} SET statement_timeout = '1s';
            ALTER DATABASE {database.Name} SET lock_timeout = '1s';
            ALTER DATABASE {database.Name} SET default_transaction_isolation = 'serializable';
            CREATE SCHEMA "My App";
            ALTER DATABASE {database.Name} SET search_path = "none", "My App", public
            """, Cancelled);

        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);

        Assert.Equal("My App", session.BaseSchema.Value);
        Assert.Equal("0 0 read committed \"My App\", public", await session.ScalarAsync<string>(
            $"SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('default_transaction_isolation'), current_setting('search_path'))",
            [], Cancelled));
        Assert.Equal(ErrorCode.NoBaseSchema, (await Assert.ThrowsAsync<EfRollException>(() => Session.OpenAsync(database.DataSource, "nowhere", Cancelled))).Code);
    }

    static Task<EngineLock> AcquireAsync(TestDatabase database) => EngineLock.AcquireAsync(database.DataSource, new RollOptions(), TimeProvider.System, Cancelled);
}
