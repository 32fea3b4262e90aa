using EfRoll.Bench.Backfill;
using EfRoll.Bench.Build;
using EfRoll.Bench.Connections;
using EfRoll.Bench.Contract;
using EfRoll.Bench.Load;
using EfRoll.Bench.Planning;
using EfRoll.Engine;
using Npgsql;

namespace EfRoll.Bench.Tests;

/// <summary>Each part still runs, on tables that are too small to say anything.</summary>
public sealed class PartsTests
{
    static readonly BenchOptions Tiny = new() { Rows = 500, Runs = 1, Slice = TimeSpan.FromMilliseconds(100) };

    [Fact]
    public Task Backfill_tells_its_ratios() => TellsAsync(
        new BackfillPart("backfill", [BackfillPart.Reference, new Shape("divided, without a key", 2) { HasKey = false, Partitions = 2, IsWide = true }]),
        "backfill_vs_peer_way", "backfill_vs_peer_way_2_workers", "backfill_vs_single_update", "growth_vs_peer_way", "wal_vs_peer_way");

    [Fact]
    public Task Throughput_tells_its_ratios() => TellsAsync(new ThroughputPart(), "unrelated_update_tps", "changed_column_update_tps", "insert_tps");

    [Fact]
    public Task Latency_tells_its_ratios() => TellsAsync(new LatencyPart(), "p99_during_start", "longest_statement");

    [Fact]
    public Task Contract_tells_its_ratios() => TellsAsync(new ContractPart(), "complete_5m_vs_10k", "rollback_5m_vs_10k");

    [Fact]
    public Task Planning_tells_its_ratios() => TellsAsync(
        new PlanningPart(new History(4, 2), new History(8, 4)), "plan_500_tables_1_migration_vs_50", "plan_500_tables_300_migrations_vs_50_30");

    [Fact]
    public Task Connections_tell_their_ratios() => TellsAsync(
        new ConnectionsPart(), "open_close_bound_minus_bare_us", "open_close_by_hand_bound_minus_bare_us", "first_query_bound_minus_bare_us");

    [Fact]
    public Task Build_tells_its_ratios() => TellsAsync(
        new BuildPart(2), "build_nothing_changed_targets_ms", "build_compiled_more_s", "build_300_migrations_vs_30", "build_manifests_written_of_300_after_one_edit");

    [Fact]
    public async Task The_new_version_of_the_load_is_the_one_that_requires_the_column()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await BackfillPart.Reference.CreateAsync(10, token);
        await new RollEngine(database.DataSource, new RollOptions()).ExpandAsync(ReferenceChange.Request, token);
        await using var client = await Client.ConnectAsync(database.ConnectionString, ReferenceChange.NewSearchPath, token);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => client.DoAsync(new Deed("forget", "UPDATE users SET bio = NULL WHERE id = $1"), 1, token));
        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
    }

    static async Task TellsAsync(IPart part, params string[] ratios)
    {
        var findings = new Findings(line => TestContext.Current.TestOutputHelper?.WriteLine(line));
        await part.RunAsync(Tiny, findings, TestContext.Current.CancellationToken);
        Assert.Superset(ratios.ToHashSet(), findings.Ratios.Select(ratio => ratio.Name).ToHashSet());
        Assert.DoesNotContain("failed:", findings.Text, StringComparison.Ordinal);
        Assert.Contains("|", findings.Text, StringComparison.Ordinal);
    }
}
