using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace EfRoll.Engine.Tests.Faults;

/// <summary>At which side of a statement the tool is gone.</summary>
public enum Cut
{
    /// <summary>The server never sees it.</summary>
    BeforeItIsSent,

    /// <summary>The server has run it, a commit also; the tool never hears of that.</summary>
    BeforeItIsAnswered,
}

/// <summary>
/// Stands between the engine and the server, counts what the engine sends, and cuts all connections at one of these: for the server and its state, the tool
/// was killed there.
/// </summary>
sealed class CuttingProxy : IAsyncDisposable
{
    readonly (string Host, int Port) _server;
    readonly int _cutAt;
    readonly Cut _cut;
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _gone = new();
    readonly List<Task> _served = [];
    readonly Task _accepting;
    int _sent;
    volatile bool _isAnswerCut;

    public CuttingProxy(string server, int cutAt, Cut cut)
    {
        var settings = new NpgsqlConnectionStringBuilder(server);
        _server = (settings.Host!, settings.Port);
        (_cutAt, _cut) = (cutAt, cut);
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

    /// <summary>How often the engine has sent something.</summary>
    public int Sent => _sent;

    /// <summary>Whether it came to the cut.</summary>
    public bool HasCut => _gone.IsCancellationRequested;

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
            await Task.WhenAny(SendAsync(client.GetStream(), server.GetStream()), AnswerAsync(server.GetStream(), client.GetStream()));
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException)
        {
            // Either side has gone.
        }
    }

    async Task SendAsync(NetworkStream client, NetworkStream server)
    {
        var buffer = new byte[1 << 16];
        while (await client.ReadAsync(buffer, _gone.Token) is > 0 and var length)
        {
            var isCut = Interlocked.Increment(ref _sent) == _cutAt;
            if (isCut && _cut == Cut.BeforeItIsSent)
            {
                await _gone.CancelAsync();
                return;
            }

            _isAnswerCut |= isCut;
            await server.WriteAsync(buffer.AsMemory(0, length), _gone.Token);
        }
    }

    async Task AnswerAsync(NetworkStream server, NetworkStream client)
    {
        var buffer = new byte[1 << 16];
        while (await server.ReadAsync(buffer, _gone.Token) is > 0 and var length)
        {
            // An answer of another connection, which was on its way, is lost as well.
            if (_isAnswerCut)
            {
                await _gone.CancelAsync();
                return;
            }

            await client.WriteAsync(buffer.AsMemory(0, length), _gone.Token);
        }
    }
}
