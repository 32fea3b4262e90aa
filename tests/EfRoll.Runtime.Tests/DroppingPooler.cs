using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace EfRoll.Runtime.Tests;

/// <summary>
/// Stands between an application and the server and takes <c>search_path</c> out of the start of each connection, as PgBouncer does that is told to ignore
/// it. https://www.postgresql.org/docs/current/protocol-message-formats.html
/// </summary>
sealed class DroppingPooler : IAsyncDisposable
{
    const string Dropped = "search_path";

    readonly NpgsqlConnectionStringBuilder _server;
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly Task _accepting;

    public DroppingPooler(string server)
    {
        _server = new NpgsqlConnectionStringBuilder(server);
        _listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(server)
        {
            Host = IPAddress.Loopback.ToString(),
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
            // So that the first thing a connection says is its start.
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        var served = new List<Task>();
        try
        {
            while (true)
                served.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(served);
        }
    }

    async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(_server.Host!, _server.Port, _stop.Token);
            var (fromClient, toServer) = (client.GetStream(), server.GetStream());
            await toServer.WriteAsync(await ReadStartAsync(fromClient), _stop.Token);
            await Task.WhenAny(fromClient.CopyToAsync(toServer, _stop.Token), toServer.CopyToAsync(fromClient, _stop.Token));
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException)
        {
            // Either side has gone.
        }
    }

    // Length, protocol, then names and values that end in a zero byte, and one more.
    async Task<byte[]> ReadStartAsync(NetworkStream client)
    {
        var head = new byte[8];
        await client.ReadExactlyAsync(head, _stop.Token);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head) - head.Length];
        await client.ReadExactlyAsync(body, _stop.Token);
        var settings = Encoding.UTF8.GetString(body).TrimEnd('\0').Split('\0').Chunk(2).Where(setting => setting[0] != Dropped);
        var kept = Encoding.UTF8.GetBytes(string.Concat(settings.SelectMany(setting => setting).Select(text => $"{text}\0")) + "\0");
        BinaryPrimitives.WriteInt32BigEndian(head, head.Length + kept.Length);
        return [.. head, .. kept];
    }
}
