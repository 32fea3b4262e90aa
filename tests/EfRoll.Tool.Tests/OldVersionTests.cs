using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Tool.Tests;

/// <summary>The tool sees who runs on which version, and does not end one that is in use.</summary>
public sealed class OldVersionTests : IDisposable
{
    readonly MigrationFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Complete_is_refused_waits_or_is_forced_while_the_old_version_is_connected()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync("CREATE TABLE users (id int PRIMARY KEY)", Token);
        _folder.Write("01_name.yaml", "operations: [{add_column: {table: users, column: {name: name, type: text, nullable: true}}}]");
        _folder.Write("02_mail.yaml", "operations: [{add_column: {table: users, column: {name: mail, type: text, nullable: true}}}]");
        (await RunAsync("start", "01_name.yaml", "--complete")).Expect(ExitCode.Success);
        (await RunAsync("start", ".")).Expect(ExitCode.Success);
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, ApplicationName = "web" }.UseEfRoll("01_name");
        await using var web = new NpgsqlConnection(settings.ConnectionString);
        await web.OpenAsync(Token);

        foreach (var arguments in (string[][])[["complete"], ["complete", "--wait:1ms"]])
        {
            var refused = (await RunAsync(arguments)).Expect(ExitCode.Locked);
            Assert.Contains("error EFR1412: ", refused.Errors, StringComparison.Ordinal);
            Assert.Contains($"1 of web (role {settings.Username}, pid {web.ProcessID})", refused.Errors, StringComparison.Ordinal);
        }

        Assert.Contains("--force", (await RunAsync("complete", "--force", "--wait")).Expect(ExitCode.Usage).Errors, StringComparison.Ordinal);
        Assert.Contains($"sessions        1, 0 active: web, role {settings.Username}, on the old version (01_name)\n", (await RunAsync("status")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("\"version\": \"old\",\n      \"migration\": \"01_name\",\n      \"active\": false", (await RunAsync("status", "--json")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);

        var waiting = RunAsync("complete", "--wait");
        while (!waiting.IsCompleted && !await HasLookedAsync())
            await Task.Delay(50, Token);
        Assert.False(waiting.IsCompleted);
        await web.CloseAsync();
        var done = (await waiting).Expect(ExitCode.Success);
        Assert.Contains("waiting for the old version to end: 1 of web", done.Errors, StringComparison.Ordinal);

        // It has seen who is connected, and waits before it looks again.
        Task<bool> HasLookedAsync() => database.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'efroll' AND state = 'idle' AND query LIKE '-- Sessions of applications in this database%')", Token);

        Task<ToolProcess> RunAsync(params string[] arguments) => ToolProcess.RunInAsync(_folder.Path, database.ConnectionString, arguments);
    }

    public void Dispose() => _folder.Dispose();
}
