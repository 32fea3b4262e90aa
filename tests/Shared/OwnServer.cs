using System.Globalization;
using Npgsql;
using Xunit;

namespace EfRoll.TestSupport;

/// <summary>A server of one test's own, of the same version as that of all tests, for what the others would feel. It ends with the test, or with the process.</summary>
public sealed class OwnServer : IAsyncDisposable
{
    readonly string _folder;

    OwnServer(string folder, PostgresServer server)
    {
        _folder = folder;
        Server = server;
    }

    /// <summary>The server.</summary>
    public PostgresServer Server { get; }

    /// <summary>Starts one, with lines for its configuration (<c>name=value</c>).</summary>
    public static async Task<OwnServer> StartAsync(CancellationToken cancellationToken, params string[] settings)
    {
#if TESTCONTAINERS
        Assert.Skip("A server of one's own needs binaries on this machine.");
#endif
        var shared = await PostgresServer.GetAsync();
        return await StartAsync(["--major", shared.MajorVersion.ToString(CultureInfo.InvariantCulture), .. Set(settings)], cancellationToken);
    }

    /// <summary>Starts a replica of it. Where the server's binaries lack the tool for that, the test is skipped.</summary>
    public async Task<OwnServer> StartStandbyAsync(CancellationToken cancellationToken, params string[] settings)
    {
        try
        {
            await ServerScript.RunAsync(cancellationToken, "copy-tool", _folder);
        }
        catch (InvalidOperationException error)
        {
            Assert.Skip($"No replica: {error.Message}");
        }

        return await StartAsync(["--standby-of", _folder, .. Set(settings)], cancellationToken);
    }

    /// <summary>Runs a statement in the database <c>postgres</c>.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first value of a query in the database <c>postgres</c>.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }

    /// <summary>Waits until a query says so.</summary>
    public async Task UntilAsync(string condition, CancellationToken cancellationToken)
    {
        while (!await ScalarAsync<bool>(condition, cancellationToken))
            await Task.Delay(10, cancellationToken);
    }

    /// <summary>Stops it as a crash would, without a checkpoint, and starts it again under the same connection string.</summary>
    public async Task CrashAsync()
    {
        await ServerScript.RunAsync(CancellationToken.None, "crash", _folder);
        // Its pooled connections are dead.
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    /// <summary>Stops it as a crash would, for good.</summary>
    public Task StopAsync() => ServerScript.RunAsync(CancellationToken.None, "stop", _folder, "--immediate");

    /// <summary>Makes a replica a server of its own, and waits until it is.</summary>
    public async Task PromoteAsync(CancellationToken cancellationToken) => Assert.True(await ScalarAsync<bool>("SELECT pg_promote(true, 60)", cancellationToken));

    /// <summary>Stops it and deletes its files.</summary>
    public async ValueTask DisposeAsync() => await ServerScript.RunAsync(CancellationToken.None, "remove", _folder);

    static IEnumerable<string> Set(IEnumerable<string> settings) => settings.SelectMany(setting => new[] { "--set", setting });

    static async Task<OwnServer> StartAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("efroll-").FullName;
        var connectionString = await ServerScript.RunAsync(cancellationToken, ["start", folder, "--fast", "--while", $"{Environment.ProcessId}", .. arguments]);
        return new(folder, await PostgresServer.AtAsync(connectionString));
    }
}
