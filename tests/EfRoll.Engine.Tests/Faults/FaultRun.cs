using System.Collections.Concurrent;
using EfRoll.Engine.Errors;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Faults;

/// <summary>
/// A command that a fault happens to, at one statement after the other: the same command again ends as if nothing had happened, and, apart from that,
/// <c>rollback</c> gives the database from before.
/// </summary>
/// <param name="change">What the command is about.</param>
/// <param name="command">Which command.</param>
/// <param name="fault">What happens to it.</param>
/// <param name="ledger">Gets the counts.</param>
/// <param name="own">The server that may be stopped; the one of all tests, where it is null.</param>
sealed class FaultRun(FaultCase change, RollCommand command, Fault fault, FaultLedger ledger, OwnServer? own)
{
    static readonly RollOptions Options = new() { LockTimeout = TimeSpan.FromSeconds(2), LockDeadline = TimeSpan.FromSeconds(30) };

    // What whole runs end in and send is the same for every fault.
    static readonly ConcurrentDictionary<object, Lazy<Task>> Known = [];

    readonly HashSet<string> _provedStates = [];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Runs it with the fault at each statement that is chosen.</summary>
    /// <param name="choose">Says of how many statements which ones, from 0 on. What notes a step that had no transaction is never left out.</param>
    public async Task RunAsync(Func<int, IEnumerable<int>> choose)
    {
        await using var first = await change.CreateAsync(own?.Server ?? await PostgresServer.GetAsync(), Token);
        if (command != RollCommand.Start)
            await Engine(first).ExpandAsync(change.Request, Token);

        var ends = await Whole(change.Name, ReadEndsAsync);
        var statements = await Whole((change.Name, command), () => RecordAsync(first));
        List<int> candidates = [.. Enumerable.Range(0, statements.Count).Where(at => IsWorthwhile(statements[at]))];
        var chosen = choose(candidates.Count).ToHashSet();
        foreach (var at in candidates.Where((at, position) => chosen.Contains(position) || (fault == Fault.GoneBefore && statements[at].IsLateNote)))
        {
            await using var database = await first.CopyAsync(Token);
            if (await StrikeAsync(database, at + 1) is not { } struck)
                continue;
            var when = $"after {fault} at statement {at + 1} of {statements.Count} of {command} ({change.Name}): {struck.Sql}";
            await GoneAsync(database);
            if (_provedStates.Add(await DatabaseEnd.StateAsync(database, Token)))
                await ProveAsync(database, ends, when);
            ledger.Count(change.Name, fault, struck);
        }
    }

    static Task<T> Whole<T>(object key, Func<Task<T>> find) => (Task<T>)Known.GetOrAdd(key, _ => new Lazy<Task>(find)).Value;

    async Task<Ends> ReadEndsAsync()
    {
        await using var database = await change.CreateAsync(await PostgresServer.GetAsync(), Token);
        List<DatabaseEnd> before = [await EndAsync(database)];
        if (change.KeepsAfterRollback)
        {
            await using var undone = await database.CopyAsync(Token);
            await Engine(undone).ExpandAsync(change.Request, Token);
            await Engine(undone).RollbackAsync(Token);
            before.Add(await EndAsync(undone));
        }

        await Engine(database).ExpandAsync(change.Request, Token);
        await Engine(database).ContractAsync(Token);
        return new Ends(before, await CompletedEndAsync(database));
    }

    static RollEngine Engine(TestDatabase database) => new(database.DataSource, Options);

    Task RunAsync(RollEngine engine) => change.RunAsync(engine, command, Token);

    // Where the tool only reads, the database is as it was a statement before, and a tool that is gone does nothing; but one that is refused goes on.
    bool IsWorthwhile(SentStatement statement) => fault == Fault.Refused ? SentStatement.MayBeRefused(statement.Sql) : statement.MayWrite;

    static Task<DatabaseEnd> EndAsync(TestDatabase database) => DatabaseEnd.ReadAsync(database, null, Token);

    Task<DatabaseEnd> CompletedEndAsync(TestDatabase database) => DatabaseEnd.ReadAsync(database, change.CompletedRows, Token);

    async Task<IReadOnlyList<SentStatement>> RecordAsync(TestDatabase first)
    {
        await using var whole = await first.CopyAsync(Token);
        await using var proxy = new FaultProxy(whole.ConnectionString, Fault.None, 0);
        await using var dataSource = NpgsqlDataSource.Create(proxy.ConnectionString);
        await RunAsync(new RollEngine(dataSource, Options));
        return proxy.Sent;
    }

    // Null where it came to no fault: a run may take a way with fewer statements.
    async Task<SentStatement?> StrikeAsync(TestDatabase database, int at)
    {
        await using var proxy = new FaultProxy(database.ConnectionString, fault, at, () => OnServerAsync(database));
        await using var dataSource = NpgsqlDataSource.Create(proxy.ConnectionString);
        var error = await Record.ExceptionAsync(() => RunAsync(new RollEngine(dataSource, Options)));
        Assert.True(error is null or EfRollException, $"{fault} at {at}: {error}");
        Assert.False(error is not null && !proxy.HasStruck, $"No {fault} at {at}, and yet: {error}");
        return proxy.HasStruck ? proxy.Sent[at - 1] : null;
    }

    async Task OnServerAsync(TestDatabase database)
    {
        if (fault == Fault.ServerStopped)
        {
            await own!.CrashAsync();
            database.DataSource.Clear();
        }
        else if (fault == Fault.SessionsEnded)
        {
            await database.ExecuteAsync(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'efroll'", Token);
        }
    }

    // The server notices that its client is gone; a copy can only be made when nobody is connected.
    static async Task GoneAsync(TestDatabase database)
    {
        while (await database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'", Token) > 0)
            await Task.Delay(10, Token);
    }

    async Task ProveAsync(TestDatabase database, Ends ends, string when)
    {
        await using var again = await database.CopyAsync(Token);
        if (command == RollCommand.Rollback)
        {
            await RollBackAsync(again);
            DatabaseEnd.AssertOneOf(ends.Before, await EndAsync(again), when, columnOrderMatters: true);
            return;
        }

        if (command == RollCommand.Start)
            await Engine(again).ExpandAsync(change.Request, Token);
        if ((await Engine(again).StatusAsync(Token)).Open is { } open)
        {
            Assert.True(open.Drift.Count == 0, $"{when}: {string.Join(", ", open.Drift.Select(drift => drift.Text))}");
            await Engine(again).ContractAsync(Token);
        }

        DatabaseEnd.AssertOneOf([ends.Completed], await CompletedEndAsync(again), when, columnOrderMatters: false);

        try
        {
            await RollBackAsync(database);
            DatabaseEnd.AssertOneOf(ends.Before, await EndAsync(database), $"{when}, rolled back", columnOrderMatters: true);
        }
        catch (EfRollException refused) when (command == RollCommand.Complete && refused.Code is ErrorCode.ContractBegan or ErrorCode.NoOpenRollout)
        {
            // It had happened already, and nobody says that it was taken back.
            if (refused.Code == ErrorCode.ContractBegan)
                await Engine(database).ContractAsync(Token);
            DatabaseEnd.AssertOneOf([ends.Completed], await CompletedEndAsync(database), $"{when}, not rolled back", columnOrderMatters: false);
        }
    }

    static async Task RollBackAsync(TestDatabase database)
    {
        // Before the rollout was written down, or after its end, there is none.
        var status = await Engine(database).StatusAsync(Token);
        if (status.Open is not null || status.Last?.Phase == Phase.Completed)
            await Engine(database).RollbackAsync(Token);
    }

    sealed record Ends(IReadOnlyList<DatabaseEnd> Before, DatabaseEnd Completed);
}
