using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace EfRoll.Engine.Tests.Faults;

/// <summary>
/// Stands between the engine and the server, counts the statements that the engine sends, and lets a fault happen at one of them. Where it cuts all
/// connections, the tool was killed there, for the server and its state.
/// </summary>
sealed class FaultProxy : IAsyncDisposable
{
    readonly (string Host, int Port) _server;
    readonly Fault _fault;
    readonly int _at;
    readonly Func<Task> _strike;
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _gone = new();
    readonly Lock _counting = new();
    readonly List<SentStatement> _sent = [];
    readonly List<Task> _served = [];
    readonly Task _accepting;

    /// <param name="server">The server's connection string.</param>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="at">At which statement, from 1 on.</param>
    /// <param name="strike">Does it, where it is something that the server does; it has answered the statement, and the tool has not heard of that.</param>
    public FaultProxy(string server, Fault fault, int at, Func<Task>? strike = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(server);
        _server = (settings.Host!, settings.Port);
        (_fault, _at, _strike) = (fault, at, strike ?? (() => Task.CompletedTask));
        _listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(server)
        {
            Host = IPAddress.Loopback.ToString(),
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
            Pooling = false,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
            Timeout = 5,
        }.ConnectionString;
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    /// <summary>What the engine has sent, in order.</summary>
    public IReadOnlyList<SentStatement> Sent
    {
        get
        {
            lock (_counting)
                return [.. _sent];
        }
    }

    /// <summary>Whether the fault has happened.</summary>
    public bool HasStruck { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_served);
        _gone.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _served.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_gone.Token)));
        }
        catch (OperationCanceledException)
        {
            _listener.Stop();
        }
    }

    async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(_server.Host, _server.Port, _gone.Token);
            var connection = new Connection();
            await Task.WhenAny(SendAsync(connection, client.GetStream(), server.GetStream()), AnswerAsync(connection, server.GetStream(), client.GetStream()));
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException)
        {
            // Either side has gone.
        }
    }

    async Task SendAsync(Connection connection, NetworkStream client, NetworkStream server)
    {
        await foreach (var sent in ClientMessages.ReadAsync(client, _gone.Token))
        {
            var messages = sent;
            if (Count(connection, messages))
            {
                switch (_fault)
                {
                    case Fault.GoneBefore:
                        await StrikeAsync();
                        return;
                    case Fault.Refused when SentStatement.MayBeRefused(messages.Sql):
                        HasStruck = true;
                        messages = messages.WithSql(Refusal());
                        break;
                    case Fault.GoneAfter or Fault.SessionsEnded or Fault.ServerStopped when messages.EndsWithReady:
                        connection.StrikesAt = connection.Asked;
                        break;
                }
            }

            await server.WriteAsync(messages.Bytes, _gone.Token);
        }
    }

    async Task AnswerAsync(Connection connection, NetworkStream server, NetworkStream client)
    {
        var buffer = new byte[1 << 16];
        while (await server.ReadAsync(buffer, _gone.Token) is > 0 and var length)
        {
            connection.Answers.Add(buffer.AsSpan(0, length));
            if (connection.Answers.Ready == connection.StrikesAt)
            {
                connection.StrikesAt = -1;
                await StrikeAsync();
            }

            await client.WriteAsync(buffer.AsMemory(0, length), _gone.Token);
        }
    }

    async Task StrikeAsync()
    {
        HasStruck = true;
        await _strike();
        if (_fault != Fault.SessionsEnded)
            await _gone.CancelAsync();
    }

    // Whether it is the one.
    bool Count(Connection connection, ClientMessages messages)
    {
        if (messages.EndsWithReady)
            connection.Asked++;
        if (messages.Sql.StartsWith("BEGIN", StringComparison.Ordinal))
            connection.IsInTransaction = true;
        else if (messages.Sql is "COMMIT" or "ROLLBACK")
            connection.IsInTransaction = false;
        lock (_counting)
        {
            _sent.Add(new SentStatement(messages.Sql, connection.IsInTransaction));
            return _sent.Count == _at;
        }
    }

    // As the server itself would: in the transaction, with its code and message.
    string Refusal() => _at % 2 == 0
        ? "DO $$BEGIN RAISE EXCEPTION 'canceling statement due to statement timeout' USING ERRCODE = 'query_canceled'; END$$"
        : "DO $$BEGIN RAISE EXCEPTION 'could not extend file \"base/1/1\": No space left on device' USING ERRCODE = 'disk_full'; END$$";

    sealed class Connection
    {
        public ReadyCounter Answers { get; } = new();

        public int Asked { get; set; }

        public bool IsInTransaction { get; set; }

        public int StrikesAt { get; set; } = -1;
    }
}
