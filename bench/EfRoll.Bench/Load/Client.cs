using Npgsql;
using NpgsqlTypes;

namespace EfRoll.Bench.Load;

/// <summary>A connection of one version of the application, with its statements prepared.</summary>
sealed class Client : IAsyncDisposable
{
    readonly NpgsqlConnection _connection;
    readonly Dictionary<Deed, NpgsqlCommand> _commands = [];

    Client(string connectionString) => _connection = new NpgsqlConnection(connectionString);

    /// <summary>Connects.</summary>
    /// <param name="connectionString">To where.</param>
    /// <param name="searchPath">Which version sees its tables there; null for the one that uses the plain tables.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Client> ConnectAsync(string connectionString, string? searchPath, CancellationToken cancellationToken)
    {
        var client = new Client(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, SearchPath = searchPath, ApplicationName = "bench" }.ConnectionString);
        await client._connection.OpenAsync(cancellationToken);
        return client;
    }

    /// <summary>Does it once.</summary>
    public async Task DoAsync(Deed deed, int number, CancellationToken cancellationToken)
    {
        if (!_commands.TryGetValue(deed, out var command))
        {
            command = new NpgsqlCommand(deed.Sql, _connection) { Parameters = { new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Integer } } };
            await command.PrepareAsync(cancellationToken);
            _commands.Add(deed, command);
        }

        command.Parameters[0].Value = number;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in _commands.Values)
            await command.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
