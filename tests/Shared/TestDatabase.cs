using Npgsql;

namespace EfRoll.TestSupport;

/// <summary>A database of one test's own, dropped at its end.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    readonly PostgresServer _server;

    TestDatabase(PostgresServer server, string name)
    {
        _server = server;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Database = name,
            IncludeErrorDetail = true,
        }.ConnectionString;
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    /// <summary>Its name on the server.</summary>
    public string Name { get; }

    /// <summary>Connects to it as superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>Connections to it as superuser.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>15 for PostgreSQL 15.18.</summary>
    public int ServerMajorVersion => _server.MajorVersion;

    /// <summary>Makes an empty database.</summary>
    public static async Task<TestDatabase> CreateAsync(CancellationToken cancellationToken = default) =>
        await CreateAsync(await PostgresServer.GetAsync(), cancellationToken);

    /// <summary>Makes an empty database on a server other than the one of all tests.</summary>
    public static Task<TestDatabase> CreateAsync(PostgresServer server, CancellationToken cancellationToken) => CreateAsync(server, template: "template0", cancellationToken);

    /// <summary>The database of this name on another server: a replica of this one's.</summary>
    public TestDatabase On(PostgresServer replica) => new(replica, Name);

    /// <summary>Makes another database with the same content. Ends all connections to this one.</summary>
    public async Task<TestDatabase> CopyAsync(CancellationToken cancellationToken = default)
    {
        DataSource.Clear();
        await OnServerAsync(_server, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Name}'", cancellationToken);
        return await CreateAsync(_server, Name, cancellationToken);
    }

    /// <summary>Runs statements; returns the number of rows they wrote.</summary>
    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken = default)
    {
        await using var command = DataSource.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first column of the first row; default if that is NULL or there is no row.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, CancellationToken cancellationToken = default)
    {
        await using var command = DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }

    /// <summary>All rows; NULL is null.</summary>
    public async Task<IReadOnlyList<object?[]>> QueryAsync(string sql, CancellationToken cancellationToken = default)
    {
        await using var command = DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<object?[]>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = await reader.IsDBNullAsync(i, cancellationToken) ? null : reader.GetValue(i);
            }

            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Ends all connections to it and drops it.</summary>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await OnServerAsync(_server, $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)", CancellationToken.None);
    }

    static async Task<TestDatabase> CreateAsync(PostgresServer server, string template, CancellationToken cancellationToken)
    {
        // Several test processes share a server, so a counter would not do.
        var name = $"test_{Guid.NewGuid():n}";
        await OnServerAsync(server, $"CREATE DATABASE {name} TEMPLATE {template}", cancellationToken);
        return new(server, name);
    }

    static async Task OnServerAsync(PostgresServer server, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
