using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace EfRoll.Bench.Load;

/// <summary>
/// Things that come at a steady rate, whether or not those before are done, as users do: a server that stands still for a second makes all who
/// come in that second wait, and each of them counts.
/// </summary>
sealed class SteadyLoad : IAsyncDisposable
{
    const int Clients = 16;

    readonly string _connectionString;
    readonly double _rate;
    readonly int _rows;
    readonly long _began = Stopwatch.GetTimestamp();
    readonly ConcurrentBag<List<Sample>> _samples = [];
    readonly CancellationTokenSource _stop = new();
    readonly List<Task> _clients = [];
    volatile Versions _versions;
    long _next;
    int _busyOld;
    int _busyNew;

    /// <param name="connectionString">To where.</param>
    /// <param name="rate">How many things are to be done in a second.</param>
    /// <param name="rows">How many rows the table has.</param>
    /// <param name="newSearchPath">How the new version sees its tables.</param>
    public SteadyLoad(string connectionString, double rate, long rows, string newSearchPath)
    {
        (_connectionString, _rate, _rows) = (connectionString, rate, (int)rows);
        _versions = new Versions(Old: true, New: false);
        for (var number = 0; number < Clients; number++)
            _clients.Add(Task.Run(() => WorkAsync(newSearchPath, new Random(number))));
    }

    /// <summary>Seconds since it began.</summary>
    public double Now => Stopwatch.GetElapsedTime(_began).TotalSeconds;

    /// <summary>Says which versions run from now on. When this returns, the others do nothing more.</summary>
    public async Task SwitchAsync(Versions versions)
    {
        _versions = versions;
        while (!versions.Old && Volatile.Read(ref _busyOld) > 0 || !versions.New && Volatile.Read(ref _busyNew) > 0)
            await Task.Delay(1);
    }

    /// <summary>Ends it; what was done, in the order in which it was to be.</summary>
    public async Task<IReadOnlyList<Sample>> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        return [.. _samples.SelectMany(samples => samples).OrderBy(sample => sample.Due)];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    async Task WorkAsync(string newSearchPath, Random random)
    {
        var samples = new List<Sample>();
        _samples.Add(samples);
        await using var oldVersion = await Client.ConnectAsync(_connectionString, null, CancellationToken.None);
        await using var newVersion = await Client.ConnectAsync(_connectionString, newSearchPath, CancellationToken.None);
        while (!_stop.IsCancellationRequested)
        {
            var due = Interlocked.Increment(ref _next) / _rate;
            while (due - Now is > 0 and var early)
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(1000 * early)));
            var (deed, number) = (Deed.Mix[random.Next(Deed.Mix.Count)], random.Next(1, _rows + 1));
            samples.Add(await DoAsync(oldVersion, newVersion, deed, number, due, random.Next(2) == 0));
        }
    }

    async Task<Sample> DoAsync(Client oldVersion, Client newVersion, Deed deed, int number, double due, bool prefersNew)
    {
        bool isNew;
        while (true)
        {
            // Noted as busy before looking again: else a version could be waited for and begin after that.
            var versions = _versions;
            isNew = versions.New && (prefersNew || !versions.Old);
            Interlocked.Increment(ref isNew ? ref _busyNew : ref _busyOld);
            if (_versions == versions)
                break;
            Interlocked.Decrement(ref isNew ? ref _busyNew : ref _busyOld);
        }

        var sent = Now;
        string? failure = null;
        try
        {
            await (isNew ? newVersion : oldVersion).DoAsync(deed, number, CancellationToken.None);
        }
        catch (NpgsqlException exception)
        {
            failure = exception.Message;
        }

        Interlocked.Decrement(ref isNew ? ref _busyNew : ref _busyOld);
        return new Sample(due, sent, Now, isNew, failure);
    }
}

/// <summary>Which versions of an application run.</summary>
sealed record Versions(bool Old, bool New);
