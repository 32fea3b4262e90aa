using System.Globalization;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Faults;

/// <summary>
/// The primary is gone in the middle of a command, and a replica takes its place: there the same command again ends as if nothing had happened, and
/// <c>rollback</c> gives the database from before. Many rollouts are cut off by one failover, each in a database of its own.
/// </summary>
public sealed class FailoverTests
{
    const int Rows = 6000;

    // How the first window of a backfill is swept is always the same; later ones depend on how fast the server was. It has 64 batches.
    const int Latest = 20;

    // A second worker would go on while the first one is held.
    static readonly RollOptions Options = new() { LockTimeout = TimeSpan.FromSeconds(2), LockDeadline = TimeSpan.FromSeconds(30), Backfill = new BackfillOptions { Workers = 1 } };

    // Enough pages for more than one window.
    static readonly FaultCase Large = new(
        "A backfill", $"INSERT INTO people (age, name) SELECT n, repeat('x', 250) || n FROM generate_series(61, {Rows}) AS n",
        [new AddColumn(new RelationName("people"), new ColumnDefinition(new Identifier("initial"), "text") { IsNullable = false }) { Up = new Expression("substr(name, 1, 1)") }]);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    // Among the statements that begin so and may write, how far on; with EFROLL_FAULTS some more.
    static IEnumerable<(FaultCase Case, RollCommand Command, string Begins, double Share)> Cuts => new[]
    {
        (Large, RollCommand.Start, "UPDATE ONLY", 0.6),
        (FaultCases.Find("Several operations, and EF Core's history"), RollCommand.Complete, "", 0.5),
        (FaultCases.Find("AlterColumn, key with identity and foreign keys"), RollCommand.Start, "", 0.7),
        (FaultCases.Find("A partitioned table"), RollCommand.Start, "", 0.9),
        (FaultCases.Find("A partitioned table"), RollCommand.Rollback, "", 0.3),
        (FaultCases.Find("AddPrimaryKey"), RollCommand.Start, "INSERT INTO efroll.steps", 0.5),
    }.Take(FaultLedger.OneIn is null ? 1 : int.MaxValue);

    // It has all that was acknowledged, and perhaps a batch more or less of the backfill, which nobody waits for.
    [Fact]
    public async Task Replica_that_has_all_that_was_acknowledged_takes_over()
    {
        await using var primary = await OwnServer.StartAsync(Token, "synchronous_commit=on");
        await using var replica = await primary.StartStandbyAsync(Token, "synchronous_commit=on");
        await primary.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = '*'", Token);
        await primary.ExecuteAsync("SELECT pg_reload_conf()", Token);
        await primary.UntilAsync("SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'", Token);
        var cuts = await CutsAsync(primary.Server);

        var stopped = new TaskCompletionSource();
        await RunUntilAsync(cuts, Fault.ServerStopped, stopped.Task, async () =>
        {
            // Else the batches, whose commits nobody waits for, may all be lost.
            await primary.ExecuteAsync("CREATE TABLE written ()", Token);
            await primary.StopAsync();
            await replica.PromoteAsync(Token);
            stopped.SetResult();
        });

        foreach (var cut in cuts)
            await ProveAsync(cut, replica.Server);
    }

    // Its rows and the engine's notes about them are of one earlier moment, whatever the old primary has answered since.
    [Fact]
    public async Task Replica_that_lacks_the_last_transactions_takes_over()
    {
        await using var primary = await OwnServer.StartAsync(Token, "synchronous_commit=on");
        await using var replica = await primary.StartStandbyAsync(Token);
        var cuts = await CutsAsync(primary.Server);

        var severed = new TaskCompletionSource();
        await RunUntilAsync(cuts, Fault.SessionsEnded, severed.Task, async () =>
        {
            await primary.ExecuteAsync("CREATE TABLE written ()", Token);
            await replica.UntilAsync($"SELECT pg_last_wal_replay_lsn() >= '{await primary.ScalarAsync<string>("SELECT pg_current_wal_flush_lsn()::text", Token)}'", Token);
            await replica.ExecuteAsync("ALTER SYSTEM SET primary_conninfo = ''", Token);
            await replica.ExecuteAsync("SELECT pg_reload_conf()", Token);
            await replica.UntilAsync("SELECT count(*) = 0 FROM pg_stat_wal_receiver", Token);
            severed.SetResult();
        });
        // The commands have ended since, on the old primary alone.
        foreach (var cut in cuts)
        {
            var status = await new RollEngine(cut.Database.DataSource, Options).StatusAsync(Token);
            Assert.Equal(cut.Command == RollCommand.Start ? Phase.Expanded : null, status.Open?.Phase);
        }

        await primary.StopAsync();
        await replica.PromoteAsync(Token);
        foreach (var cut in cuts)
            await ProveAsync(cut, replica.Server);
    }

    static async Task<List<Cut>> CutsAsync(PostgresServer primary)
    {
        var cuts = new List<Cut>();
        foreach (var (change, command, begins, share) in Cuts)
        {
            var database = await change.CreateAsync(primary, Token);
            var before = await DatabaseEnd.ReadAsync(database, change.CompletedRows, Token);
            await using var whole = await database.CopyAsync(Token);
            if (command != RollCommand.Start)
            {
                await new RollEngine(database.DataSource, Options).ExpandAsync(change.Request, Token);
                await new RollEngine(whole.DataSource, Options).ExpandAsync(change.Request, Token);
            }

            await using var proxy = new FaultProxy(whole.ConnectionString, Fault.None, 0);
            await using var dataSource = NpgsqlDataSource.Create(proxy.ConnectionString);
            await change.RunAsync(new RollEngine(dataSource, Options), command, Token);
            var writing = Enumerable.Range(0, proxy.Sent.Count).Where(at => proxy.Sent[at].MayWrite && proxy.Sent[at].Sql.StartsWith(begins, StringComparison.Ordinal)).ToList();
            if (command == RollCommand.Rollback)
                await new RollEngine(whole.DataSource, Options).ExpandAsync(change.Request, Token);
            if (command != RollCommand.Complete)
                await new RollEngine(whole.DataSource, Options).ContractAsync(Token);
            cuts.Add(new Cut(change, command, database, writing[Math.Min((int)(writing.Count * share), Latest)] + 1, before, await DatabaseEnd.ReadAsync(whole, change.CompletedRows, Token)));
        }

        return cuts;
    }

    // Each command stops at its statement, which the server has run, and no sooner goes on than what is to happen has happened.
    static async Task RunUntilAsync(IReadOnlyList<Cut> cuts, Fault fault, Task happened, Func<Task> happen)
    {
        using var there = new CountdownEvent(cuts.Count);
        var all = new TaskCompletionSource();
        var running = cuts.Select(async cut =>
        {
            await using var proxy = new FaultProxy(cut.Database.ConnectionString, fault, cut.At, () =>
            {
                if (there.Signal())
                    all.SetResult();
                return happened;
            });
            await using var dataSource = NpgsqlDataSource.Create(proxy.ConnectionString);
            var error = await Record.ExceptionAsync(() => cut.Case.RunAsync(new RollEngine(dataSource, Options), cut.Command, Token));
            Assert.True(proxy.HasStruck, string.Create(CultureInfo.InvariantCulture, $"Nothing at statement {cut.At} of {cut.Command} ({cut.Case.Name}): {error}"));
        }).ToList();
        await Task.WhenAny(all.Task, Task.WhenAll(running));
        Assert.True(all.Task.IsCompleted, "A command ended before its statement.");
        await happen();
        await Task.WhenAll(running);
    }

    static async Task ProveAsync(Cut cut, PostgresServer server)
    {
        var when = string.Create(CultureInfo.InvariantCulture, $"after a failover at statement {cut.At} of {cut.Command} ({cut.Case.Name})");
        await using var again = cut.Database.On(server);
        await using var back = await again.CopyAsync(Token);
        var engine = new RollEngine(again.DataSource, Options);
        if (cut.Case == Large)
        {
            var filled = await again.ScalarAsync<long>("SELECT count(*) FROM people WHERE _efroll_origin <> 'b'", Token);
            Assert.True(filled is > 0 and < Rows, $"{filled} rows are filled {when}.");
        }

        await cut.Case.RunAsync(engine, cut.Command, Token);
        if (cut.Command == RollCommand.Rollback)
        {
            DatabaseEnd.AssertOneOf([cut.Before], await DatabaseEnd.ReadAsync(again, cut.Case.CompletedRows, Token), when, columnOrderMatters: true);
            await engine.ExpandAsync(cut.Case.Request, Token);
        }

        if (cut.Command != RollCommand.Complete)
            await engine.ContractAsync(Token);
        DatabaseEnd.AssertOneOf([cut.Completed], await DatabaseEnd.ReadAsync(again, cut.Case.CompletedRows, Token), when, columnOrderMatters: false);

        await new RollEngine(back.DataSource, Options).RollbackAsync(Token);
        DatabaseEnd.AssertOneOf([cut.Before], await DatabaseEnd.ReadAsync(back, cut.Case.CompletedRows, Token), $"{when}, rolled back", columnOrderMatters: true);
    }

    sealed record Cut(FaultCase Case, RollCommand Command, TestDatabase Database, int At, DatabaseEnd Before, DatabaseEnd Completed);
}
