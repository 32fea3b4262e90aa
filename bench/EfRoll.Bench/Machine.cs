using System.Globalization;
using System.Runtime.InteropServices;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Bench;

/// <summary>What everything was measured on.</summary>
static class Machine
{
    const string Settings = """
        SELECT 'PostgreSQL ' || current_setting('server_version') || ': '
            || string_agg(name || ' = ' || current_setting(name), ', ' ORDER BY position)
        FROM unnest(ARRAY['fsync', 'synchronous_commit', 'full_page_writes', 'wal_level', 'wal_compression', 'shared_buffers', 'max_wal_size',
            'checkpoint_timeout', 'autovacuum', 'max_connections']) WITH ORDINALITY AS wanted (name, position)
        """;

    /// <summary>The date, the machine, and the server with its settings, in one line each.</summary>
    public static async Task<string> DescribeAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection((await PostgresServer.GetAsync()).ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Settings, connection);
        var server = await command.ExecuteScalarAsync(cancellationToken);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-dd}, {Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GB, {RuntimeInformation.OSDescription}, .NET {Environment.Version}\n{server}");
    }

    static string Processor()
    {
        const string Facts = "/proc/cpuinfo";
        var line = File.Exists(Facts) ? File.ReadLines(Facts).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? $"{RuntimeInformation.ProcessArchitecture}";
    }
}
