using System.Data;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Sql;
using Npgsql;

namespace EfRoll.Engine.Sessions;

/// <summary>One connection, with or without its transaction: the only way to send SQL. A statement cannot miss the transaction it belongs to.</summary>
sealed partial class Session : IAsyncDisposable
{
    public const string ApplicationName = "efroll";

    // 14.0 to 14.3 may leave rows out of an index that is built concurrently.
    const int OldestServer = 140004;

    readonly NpgsqlConnection _connection;
    NpgsqlTransaction? _transaction;
    NpgsqlException? _lost;
    int _savepoints;
    List<Identifier> _path = [];
    bool _endsWithClient = true;

    Session(NpgsqlConnection connection) => _connection = connection;

    /// <summary>The schema of unqualified names.</summary>
    public Identifier BaseSchema { get; private set; }

    /// <summary>The server's process.</summary>
    public int ProcessId => _connection.ProcessID;

    /// <summary>Whether a transaction is open.</summary>
    public bool IsInTransaction => _transaction is not null;

    /// <summary>As <c>server_version_num</c>.</summary>
    public int ServerVersion { get; private set; }

    /// <summary>Opens a connection of our own: not pooled, without the timeouts that role, database or application set for theirs.</summary>
    public static async Task<Session> OpenAsync(NpgsqlDataSource dataSource, string? baseSchema, CancellationToken cancellationToken)
    {
        var connection = OwnConnection(dataSource);
        var session = new Session(connection);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await session.PrepareAsync(baseSchema, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch (Exception error)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            if (error is NpgsqlException or SocketException or TimeoutException)
                throw Explain(connection, error);
            throw;
        }
    }

    /// <summary>Runs a statement, or an author's text of several; returns the number of rows it changed.</summary>
    public Task<int> ExecuteAsync(SqlText sql, CancellationToken cancellationToken) => ExecuteAsync(sql, [], cancellationToken);

    /// <summary>Runs a statement with arguments for <c>$1</c>, <c>$2</c>, …; returns the number of rows it changed.</summary>
    public async Task<int> ExecuteAsync(SqlText sql, object?[] arguments, CancellationToken cancellationToken)
    {
        if (arguments.Length == 0 && AtomicBody().IsMatch(sql.ToString()))
            return await ExecuteWholeAsync(sql, cancellationToken).ConfigureAwait(false);
        return await SendAsync(async () =>
        {
            var command = Command(sql, arguments);
            await using (command.ConfigureAwait(false))
                return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Runs a query and reads each row.</summary>
    public Task<List<T>> QueryAsync<T>(SqlText sql, object?[] arguments, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) => SendAsync(async () =>
    {
        var command = Command(sql, arguments);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    rows.Add(read(reader));
                return rows;
            }
        }
    });

    /// <summary>Runs a query and returns its first value; the type's default where it is NULL or there is no row.</summary>
    public async Task<T?> ScalarAsync<T>(SqlText sql, object?[] arguments, CancellationToken cancellationToken)
    {
        var values = await QueryAsync(sql, arguments, reader => reader.IsDBNull(0) ? default : reader.GetFieldValue<T>(0), cancellationToken).ConfigureAwait(false);
        return values.Count == 0 ? default : values[0];
    }

    /// <summary>Sends statements in one go. The first one that fails ends it.</summary>
    /// <param name="statements">The statements.</param>
    /// <param name="rows">Gets the rows of each statement that ran, also where a later one failed; none for what is no query.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task BatchAsync(IReadOnlyList<BatchStatement> statements, ICollection<IReadOnlyList<string>> rows, CancellationToken cancellationToken) => SendAsync(async () =>
    {
        var batch = new NpgsqlBatch(_connection, _transaction);
        await using var closing = batch.ConfigureAwait(false);
        foreach (var statement in statements)
        {
            var command = new NpgsqlBatchCommand(statement.Sql.ToString());
            command.Parameters.AddRange(statement.Arguments.Select(argument => new NpgsqlParameter { Value = argument }).ToArray());
            batch.BatchCommands.Add(command);
        }

        try
        {
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var ending = reader.ConfigureAwait(false);
            foreach (var statement in statements)
            {
                var own = new List<string>();
                while (statement.IsQuery && await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    own.Add(reader.GetString(0));
                rows.Add(own);
                // What is no query has no result that would have to be passed.
                if (statement.IsQuery)
                    await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            }

            return rows.Count;
        }
        catch (PostgresException error) when (error.BatchCommand is { } failed)
        {
            while (rows.Count < batch.BatchCommands.IndexOf(failed))
                rows.Add([]);
            throw;
        }
    });

    /// <summary>Does all of it in one transaction, or nothing of it.</summary>
    public Task InTransactionAsync(Func<Task> body, CancellationToken cancellationToken) => InTransactionAsync(body, isKept: true, cancellationToken);

    /// <summary>Does it in a transaction and takes it back.</summary>
    public Task InPassingAsync(Func<Task> body, CancellationToken cancellationToken) => InTransactionAsync(body, isKept: false, cancellationToken);

    /// <summary>Does it within the open transaction and takes it back; the transaction goes on whatever happens.</summary>
    public async Task InSavepointAsync(Func<Task> body, CancellationToken cancellationToken)
    {
        if (_transaction is null)
            throw new InvalidOperationException("A savepoint needs a transaction.");
        var name = new Identifier(string.Create(CultureInfo.InvariantCulture, $"efroll_{++_savepoints}"));
        await ExecuteAsync($"SAVEPOINT {name}", cancellationToken).ConfigureAwait(false);
        try
        {
            await body().ConfigureAwait(false);
        }
        catch (Exception error) when (error is PostgresException or EfRollException)
        {
            await ExecuteAsync($"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}", cancellationToken).ConfigureAwait(false);
            throw;
        }

        await ExecuteAsync($"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a statement within the open transaction if the server accepts it; else the transaction goes on as if it had not been tried.</summary>
    public Task<bool> TryAsync(SqlText sql, CancellationToken cancellationToken) => TryAsync(sql, SqlStates.IsOfStatement, cancellationToken);

    /// <summary>The same, where only some errors are forgiven.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="isForgiven">Whether to go on after an error with this state.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<bool> TryAsync(SqlText sql, Func<string, bool> isForgiven, CancellationToken cancellationToken)
    {
        var name = new Identifier(string.Create(CultureInfo.InvariantCulture, $"efroll_{++_savepoints}"));
        await ExecuteAsync($"SAVEPOINT {name}", cancellationToken).ConfigureAwait(false);
        try
        {
            await ExecuteAsync(sql, cancellationToken).ConfigureAwait(false);
            await ExecuteAsync($"RELEASE SAVEPOINT {name}", cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException error) when (isForgiven(error.SqlState))
        {
            await ExecuteAsync($"ROLLBACK TO SAVEPOINT {name}", cancellationToken).ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>Takes away the role and the settings that an author's SQL left in the session.</summary>
    public async Task ResetAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync($"RESET ROLE", cancellationToken).ConfigureAwait(false);
        await ExecuteAsync($"RESET ALL", cancellationToken).ConfigureAwait(false);
        await ApplySettingsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connection; what was not committed is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_transaction is not null)
            await _transaction.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    // Npgsql takes the semicolons in the body of an SQL function for ends of statements; what is in a batch it leaves as it is.
    Task<int> ExecuteWholeAsync(SqlText sql, CancellationToken cancellationToken) => SendAsync(async () =>
    {
        var batch = new NpgsqlBatch(_connection, _transaction) { BatchCommands = { new NpgsqlBatchCommand(sql.ToString()) } };
        await using (batch.ConfigureAwait(false))
            return await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    });

    // Npgsql closes the connection at more than its end: also where the disk is full, say. Whatever is sent then, to clear up or to look why, would fail
    // for being sent on a closed connection; so it fails for what closed it.
    async Task<T> SendAsync<T>(Func<Task<T>> send)
    {
        if (_lost is not null)
            throw new NpgsqlException(_lost.Message, _lost);
        try
        {
            return await send().ConfigureAwait(false);
        }
        catch (NpgsqlException error) when (_connection.State != ConnectionState.Open)
        {
            _lost = error;
            throw;
        }
    }

    async Task InTransactionAsync(Func<Task> body, bool isKept, CancellationToken cancellationToken)
    {
        if (_transaction is not null)
            throw new InvalidOperationException("A transaction is open already.");
        var transaction = await SendAsync(async () => await _connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        _transaction = transaction;
        try
        {
            await body().ConfigureAwait(false);
            // Once the commit is sent, a cancellation could no longer tell whether it happened.
            await SendAsync(async () =>
            {
                await (isKept ? transaction.CommitAsync(CancellationToken.None) : transaction.RollbackAsync(CancellationToken.None)).ConfigureAwait(false);
                return isKept;
            }).ConfigureAwait(false);
        }
        finally
        {
            _transaction = null;
            // Rolls back what failed; in silence, also where the connection is lost, which is why it does not do so for what succeeded.
            await transaction.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Whether a server of a version, as <c>server_version_num</c>, can be trusted with a rollout.</summary>
    public static bool IsSupported(int serverVersion) => serverVersion >= OldestServer;

    async Task PrepareAsync(string? baseSchema, CancellationToken cancellationToken)
    {
        ServerVersion = await ScalarAsync<int>($"SELECT current_setting('server_version_num')::integer", [], cancellationToken).ConfigureAwait(false);
        if (!IsSupported(ServerVersion))
            throw Failures.ServerTooOld(_connection.ServerVersion);

        var path = await ScalarAsync<string[]>($"SELECT current_schemas(false)::text[]", [], cancellationToken).ConfigureAwait(false) ?? [];
        var schema = baseSchema ?? path.FirstOrDefault() ?? throw Failures.NoBaseSchema(null);
        if (!await ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)", [schema], cancellationToken).ConfigureAwait(false))
            throw Failures.NoBaseSchema(schema);
        BaseSchema = new Identifier(schema);

        // The rest of the path stays: that is where authors' SQL finds the functions and types of extensions.
        _path = path.Where(name => name != schema).Select(name => new Identifier(name)).Prepend(BaseSchema).ToList();
        await ApplySettingsAsync(cancellationToken).ConfigureAwait(false);
    }

    async Task ApplySettingsAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync($"SET search_path = {_path}", cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(
            $"""
            SELECT pg_catalog.set_config(name, value, false)
            FROM (VALUES
                ('statement_timeout', '0'), ('lock_timeout', '0'), ('idle_in_transaction_session_timeout', '0'), ('idle_session_timeout', '0'),
                ('transaction_timeout', '0'), ('default_transaction_isolation', 'read committed'), ('default_transaction_read_only', 'off'),
                -- The catalogue queries look expensive to the planner; compiling them takes longer than running them.
                ('jit', 'off'),
                ('standard_conforming_strings', 'on'), ('client_min_messages', 'warning')) AS ours (name, value)
            JOIN pg_catalog.pg_settings USING (name)
            """, cancellationToken).ConfigureAwait(false);
        if (_endsWithClient)
            await EndWithClientAsync(cancellationToken).ConfigureAwait(false);
    }

    // Without it, the server would finish a long statement of a killed client, and keep the engine's lock until then.
    async Task EndWithClientAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync($"SET client_connection_check_interval = '2s'", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (error.SqlState == SqlStates.InvalidParameterValue)
        {
            // The server's operating system cannot tell; then the lock is free when the statement is done.
            _endsWithClient = false;
        }
    }

    NpgsqlCommand Command(SqlText sql, object?[] arguments)
    {
        var command = new NpgsqlCommand(sql.ToString(), _connection, _transaction);
        foreach (var argument in arguments)
            command.Parameters.Add(new NpgsqlParameter { Value = argument ?? DBNull.Value });
        return command;
    }

    static NpgsqlConnection OwnConnection(NpgsqlDataSource dataSource)
    {
        // A clone keeps the data source's password and certificates, which its connection string no longer shows.
        using var original = dataSource.CreateConnection();
        var settings = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString)
        {
            ApplicationName = ApplicationName,
            Pooling = false,
            Multiplexing = false,
            Enlist = false,
            CommandTimeout = 0,
            MaxAutoPrepare = 0,
            TcpKeepAlive = true,
            // Names the keys of violating rows.
            IncludeErrorDetail = true,
        };
        return original.CloneWith(settings.ConnectionString);
    }

    static EfRollException Explain(NpgsqlConnection connection, Exception error)
    {
        // Not the connection's own properties: those of one that was never open are empty.
        var settings = new NpgsqlConnectionStringBuilder(connection.ConnectionString);
        var target = string.Create(CultureInfo.InvariantCulture, $"{settings.Host}:{settings.Port}, database {settings.Database ?? settings.Username}, user {settings.Username}");
        return error switch
        {
            PostgresException { SqlState: SqlStates.InvalidPassword or SqlStates.InvalidAuthorization } refused => Failures.AuthenticationFailed(target, refused.MessageText, error),
            PostgresException { SqlState: SqlStates.UnknownDatabase } unknown => Failures.DatabaseNotFound(target, unknown.MessageText, error),
            PostgresException other => Failures.CannotConnect(target, other.MessageText, error),
            _ => Failures.CannotConnect(target, error.InnerException?.Message ?? error.Message, error),
        };
    }

    [GeneratedRegex(@"\bBEGIN\s+ATOMIC\b", RegexOptions.IgnoreCase)]
    private static partial Regex AtomicBody();
}
