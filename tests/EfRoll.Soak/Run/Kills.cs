using System.Diagnostics;
using EfRoll.Engine;
using EfRoll.Engine.Errors;
using EfRoll.Soak.Load;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Soak.Run;

/// <summary>Ends connections, now and then the whole server, and pauses backfills, while anything else is going on.</summary>
sealed class Kills(string connectionString, string? serverFolder, int seed) : IAsyncDisposable
{
    const int MostAtOnce = 3;

    static readonly TimeSpan Between = TimeSpan.FromSeconds(1.5);

    static readonly TimeSpan BetweenServers = TimeSpan.FromSeconds(40);

    readonly Random _random = new(seed);
    readonly SemaphoreSlim _turn = new(1);
    readonly CancellationTokenSource _stop = new();
    readonly string _connectionString = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "kills" }.ConnectionString;
    Task _work = Task.CompletedTask;
    int _disturbances;
    int _left;

    /// <summary>Processes of the tool.</summary>
    public int Tools { get; set; }

    /// <summary>Connections, of the tool and of applications.</summary>
    public int Backends { get; private set; }

    public int Servers { get; private set; }

    public int Pauses { get; private set; }

    /// <summary>Whether the server is being killed or is not back yet.</summary>
    public bool IsServerAway { get; private set; }

    /// <summary>Counts whatever may have been in somebody's way.</summary>
    public int Disturbances => Volatile.Read(ref _disturbances);

    /// <summary>Allows a few more; without end, a slow machine would never get anywhere.</summary>
    public void Renew() => Volatile.Write(ref _left, MostAtOnce);

    public void Start() => _work = Task.Run(WorkAsync);

    /// <summary>Nothing is killed until the result is disposed.</summary>
    public async Task<IDisposable> HoldAsync()
    {
        await _turn.WaitAsync();
        return new Turn(_turn);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
        _turn.Dispose();
    }

    async Task WorkAsync()
    {
        var lastServer = Stopwatch.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(Between * (0.2 + 1.6 * _random.NextDouble()), _stop.Token);
                if (Interlocked.Decrement(ref _left) < 0)
                    continue;
                await _turn.WaitAsync(_stop.Token);
                try
                {
                    if (serverFolder is not null && Stopwatch.GetElapsedTime(lastServer) > BetweenServers * (0.5 + _random.NextDouble()))
                    {
                        await KillServerAsync(serverFolder);
                        lastServer = Stopwatch.GetTimestamp();
                    }
                    else if (_random.Next(4) == 0)
                    {
                        await PauseAsync();
                    }
                    else
                    {
                        await KillBackendAsync();
                    }
                }
                catch (Exception error) when (Breaks.IsBroken(error))
                {
                    // Another time.
                }
                finally
                {
                    _turn.Release();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The run ends.
        }
    }

    async Task KillBackendAsync()
    {
        var whose = _random.Next(2) == 0 ? "efroll" : "soak%";
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE $1 ORDER BY random() LIMIT 1) AS one", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = whose });
        Interlocked.Increment(ref _disturbances);
        Backends += (int)(long)(await command.ExecuteScalarAsync())!;
    }

    async Task KillServerAsync(string folder)
    {
        Interlocked.Increment(ref _disturbances);
        IsServerAway = true;
        await ServerScript.RunAsync(CancellationToken.None, "crash", folder);
        IsServerAway = false;
        Servers++;
    }

    async Task PauseAsync()
    {
        await using var dataSource = NpgsqlDataSource.Create(_connectionString);
        var engine = new RollEngine(dataSource, new RollOptions());
        try
        {
            await engine.PauseAsync();
        }
        catch (EfRollException)
        {
            // There is nothing to pause at the moment.
            return;
        }

        await Task.Delay(Between);
        Pauses++;
        try
        {
            await engine.ResumeAsync();
        }
        catch (EfRollException error) when (error.Code == ErrorCode.NothingToTune || error.Code == ErrorCode.NoOpenRollout)
        {
            // It was over by then.
        }
    }

    sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
