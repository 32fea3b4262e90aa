using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace EfRoll.Runtime.Tests;

/// <summary>A PgBouncer of a test's own in front of a database. https://www.pgbouncer.org/config.html</summary>
sealed class PgBouncer : IAsyncDisposable
{
    static readonly string? Executable = new[] { "/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer" }.FirstOrDefault(File.Exists);

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("efroll-pgbouncer-");
    readonly Process _process;

    PgBouncer(string server, string mode, bool ignoresPath, IReadOnlyDictionary<string, string> aliases)
    {
        var settings = new NpgsqlConnectionStringBuilder(server);
        var target = $"host={settings.Host} port={settings.Port} dbname={settings.Database} user={settings.Username} password={settings.Password}";
        Port = FreePort();
        var configuration = Path.Combine(_folder.FullName, "pgbouncer.ini");
        File.WriteAllText(configuration, $"""
            [databases]
            plain = {target}
            {string.Join('\n', aliases.Select(alias => $"{alias.Key} = {target} connect_query='SET search_path = {alias.Value}'"))}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {Port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            ignore_startup_parameters = extra_float_digits{(ignoresPath ? ",search_path" : "")}
            """);
        // It does not run as root.
        var isRoot = Environment.UserName == "root";
        if (isRoot && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        _process = Process.Start(new ProcessStartInfo(Executable!, isRoot ? ["-q", "-u", "nobody", configuration] : ["-q", configuration]) { RedirectStandardError = true })!;
        _process.BeginErrorReadLine();
    }

    int Port { get; }

    /// <summary>Starts one, or skips the test where there is none on the machine.</summary>
    /// <param name="server">What is behind it.</param>
    /// <param name="mode"><c>session</c> or <c>transaction</c>.</param>
    /// <param name="ignoresPath">Whether it drops the <c>search_path</c> that connections ask for, and does not refuse them.</param>
    /// <param name="aliases">Names of databases, and the path that the sessions of each get from it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<PgBouncer> StartAsync(
        string server, string mode, bool ignoresPath, IReadOnlyDictionary<string, string> aliases, CancellationToken cancellationToken)
    {
        Assert.SkipWhen(Executable is null, "PgBouncer is not on this machine.");
        var bouncer = new PgBouncer(server, mode, ignoresPath, aliases);
        while (!await AnswersAsync(bouncer.Port, cancellationToken))
        {
            Assert.False(bouncer._process.HasExited, "PgBouncer does not start.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }

        return bouncer;
    }

    /// <summary>Leads through it to one of its databases.</summary>
    public string ConnectionString(string database = "plain") => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Database = database,
        Username = "anybody",
        // PgBouncer clears sessions itself, or keeps them as they are.
        NoResetOnClose = true,
    }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
