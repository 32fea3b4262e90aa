using EfRoll.Engine.Planning;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.State;
using EfRoll.Engine.Steps;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Sessions;

/// <summary>An engine at work on a database: its lock, and a rollout that is open.</summary>
sealed class Work : IAsyncDisposable
{
    Work(EngineLock engineLock, StoredRollout rollout)
    {
        Lock = engineLock;
        Rollout = rollout;
    }

    public EngineLock Lock { get; }

    public Session Session => Lock.Session;

    public StateStore Store => new(Session);

    public StoredRollout Rollout { get; }

    public static Task<Work> BeginAsync(TestDatabase database, CancellationToken cancellationToken, params Step[] expand) =>
        BeginAsync(database.DataSource, cancellationToken, expand);

    public static async Task<Work> BeginAsync(NpgsqlDataSource database, CancellationToken cancellationToken, params Step[] expand)
    {
        var engineLock = await EngineLock.AcquireAsync(database, new RollOptions(), TimeProvider.System, cancellationToken);
        var store = new StateStore(engineLock.Session);
        await store.EnsureAsync(cancellationToken);
        var rollout = await store.FindOpenAsync(cancellationToken) ?? await store.AddAsync(
            new Plan { Migrations = ["1_Made_by_hand"], VersionSchemas = [], Expand = [.. expand], Contract = [] }, [], Phase.Expanding, null, cancellationToken);
        return new Work(engineLock, rollout);
    }

    public ValueTask DisposeAsync() => Lock.DisposeAsync();
}

/// <summary>Keeps what is reported; unlike <see cref="Progress{T}"/> it does so at once.</summary>
sealed class Reported(Action<RollProgress>? then = null) : IProgress<RollProgress>
{
    public List<RollProgress> All { get; } = [];

    public void Report(RollProgress value)
    {
        lock (All)
            All.Add(value);
        then?.Invoke(value);
    }
}
