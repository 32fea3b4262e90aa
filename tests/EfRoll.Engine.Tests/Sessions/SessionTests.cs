using EfRoll.Engine.Sessions;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Sessions;

public sealed class SessionTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(130023, false)]
    [InlineData(140003, false)]
    [InlineData(140004, true)]
    [InlineData(150000, true)]
    public void Servers_that_break_indexes_are_refused(int serverVersion, bool isSupported) => Assert.Equal(isSupported, Session.IsSupported(serverVersion));

    [Theory]
    // A full disk: Npgsql closes the connection.
    [InlineData("DO $$BEGIN RAISE 'No space left' USING ERRCODE = 'disk_full'; END$$", "No space left")]
    [InlineData("SELECT pg_terminate_backend(pg_backend_pid())", "terminating connection")]
    public async Task What_closed_the_connection_is_said_by_whatever_is_sent_then(string sql, string why)
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);

        await Assert.ThrowsAsync<PostgresException>(() => session.InTransactionAsync(() => session.ExecuteAsync(EfRoll.Engine.Sql.SqlText.Verbatim(sql), Cancelled), Cancelled));

        foreach (var next in new Func<Task>[]
        {
            () => session.ExecuteAsync($"SELECT 1", Cancelled),
            () => session.ScalarAsync<int>($"SELECT 1", [], Cancelled),
            () => session.BatchAsync([new BatchStatement($"SELECT 1", IsQuery: false)], [], Cancelled),
            () => session.InTransactionAsync(() => Task.CompletedTask, Cancelled),
        })
        {
            Assert.Contains(why, (await Assert.ThrowsAnyAsync<NpgsqlException>(next)).Message, StringComparison.Ordinal);
        }
    }
}
