using System.Diagnostics;
using EfRoll.Bench.Backfill;
using EfRoll.Engine;
using EfRoll.TestSupport;

namespace EfRoll.Bench.Contract;

/// <summary>How long complete and rollback take, by the size of the table.</summary>
sealed class ContractPart : IPart
{
    // 10,000, 1 million and 5 million rows, where the usual size is asked for.
    static readonly IReadOnlyList<double> Scales = [0.01, 1, 5];

    static readonly RollOptions Options = new();

    public string Name => "contract";

    public async Task RunAsync(BenchOptions options, Findings findings, CancellationToken cancellationToken)
    {
        var opened = new List<(long Rows, TestDatabase Database)>();
        try
        {
            foreach (var scale in Scales)
            {
                var rows = (BackfillPart.Reference with { Scale = scale }).Rows(options);
                var database = await BackfillPart.Reference.CreateAsync(rows, cancellationToken);
                opened.Add((rows, database));
                await new RollEngine(database.DataSource, Options).ExpandAsync(ReferenceChange.Request, cancellationToken);
                findings.Progress($"{rows:#,0} rows: expanded");
            }

            var times = opened.ConvertAll(_ => (Complete: new List<double>(), Rollback: new List<double>()));
            for (var run = 0; run < options.Runs; run++)
            {
                for (var size = 0; size < opened.Count; size++)
                {
                    times[size].Complete.Add(await TimeAsync(opened[size].Database, engine => engine.ContractAsync(cancellationToken), cancellationToken));
                    times[size].Rollback.Add(await TimeAsync(opened[size].Database, engine => engine.RollbackAsync(cancellationToken), cancellationToken));
                    findings.Progress($"{opened[size].Rows:#,0} rows, run {run + 1}: complete {times[size].Complete[^1]:0.000} s, rollback {times[size].Rollback[^1]:0.000} s");
                }
            }

            var table = new TextTable("rows", "complete, s", "rollback, s");
            for (var size = 0; size < opened.Count; size++)
                table.Add($"{opened[size].Rows:#,0}", times[size].Complete.Median(), times[size].Rollback.Median());
            findings.Tell($"{table}");
            findings.Tell("complete_5m_vs_10k", times[^1].Complete.Zip(times[0].Complete, (large, small) => large / small));
            findings.Tell("rollback_5m_vs_10k", times[^1].Rollback.Zip(times[0].Rollback, (large, small) => large / small));
        }
        finally
        {
            foreach (var (_, database) in opened)
                await database.DisposeAsync();
        }
    }

    static async Task<double> TimeAsync(TestDatabase opened, Func<RollEngine, Task> command, CancellationToken cancellationToken)
    {
        await using var copy = await opened.CopyAsync(cancellationToken);
        await copy.ExecuteAsync("CHECKPOINT", cancellationToken);
        var began = Stopwatch.GetTimestamp();
        await command(new RollEngine(copy.DataSource, Options));
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
