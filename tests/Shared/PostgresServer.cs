using Npgsql;
using Xunit;

namespace EfRoll.TestSupport;

/// <summary>
/// The server that the tests of this process use: the one named by <c>EFROLL_TEST_POSTGRES</c>, else one that <c>eng/postgres.sh</c> starts
/// (version <c>EFROLL_PG_MAJOR</c>) and that ends with this process, else a container.
/// </summary>
public sealed class PostgresServer
{
    static readonly Lazy<Task<PostgresServer>> Current = new(StartAsync);

    PostgresServer(string connectionString, int majorVersion)
    {
        ConnectionString = connectionString;
        MajorVersion = majorVersion;
    }

    /// <summary>Connects as superuser to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>15 for PostgreSQL 15.18.</summary>
    public int MajorVersion { get; }

    /// <summary>The server. Without any the test is skipped; on a build server (<c>CI=true</c>) it fails.</summary>
    public static async Task<PostgresServer> GetAsync()
    {
        try
        {
            return await Current.Value;
        }
        catch (InvalidOperationException e) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip($"No PostgreSQL: {e.Message}");
            throw;
        }
    }

    /// <summary>The server that a connection string leads to.</summary>
    internal static async Task<PostgresServer> AtAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return new(connectionString, connection.PostgreSqlVersion.Major);
    }

    static async Task<PostgresServer> StartAsync()
    {
        var connectionString = Environment.GetEnvironmentVariable("EFROLL_TEST_POSTGRES");
        if (string.IsNullOrEmpty(connectionString))
        {
#if TESTCONTAINERS
            connectionString = await ContainerServer.StartAsync();
#else
            var folder = Directory.CreateTempSubdirectory("efroll-").FullName;
            connectionString = await ServerScript.RunAsync(CancellationToken.None, "start", folder, "--fast", "--while", $"{Environment.ProcessId}");
#endif
        }

        return await AtAsync(connectionString);
    }
}
