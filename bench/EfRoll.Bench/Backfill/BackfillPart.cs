using EfRoll.Engine;
using EfRoll.TestSupport;

namespace EfRoll.Bench.Backfill;

/// <summary>Filling existing rows: how fast, and what it leaves behind, against what a user would otherwise do.</summary>
sealed class BackfillPart(string name, IReadOnlyList<Shape> shapes) : IPart
{
    /// <summary>The shape whose ratios are held against goals.</summary>
    public static Shape Reference { get; } = new("narrow, 4 indexes", 4);

    static readonly EfRollWay OneWorker = new("EfRoll, 1 worker", new RollOptions { Backfill = new BackfillOptions { Workers = 1 } });

    static readonly EfRollWay TwoWorkers = new("EfRoll, 2 workers", new RollOptions { Backfill = new BackfillOptions { Workers = 2 } });

    static readonly PeerWay Peer = new();

    static readonly StatementsWay SingleUpdate = new("one UPDATE", [$"UPDATE users SET new_bio = {ReferenceChange.Up}"], "ALTER TABLE users ADD COLUMN new_bio text");

    static readonly IReadOnlyList<IWay> Ways =
    [
        OneWorker,
        TwoWorkers,
        Peer,
        SingleUpdate,
        new StatementsWay("ALTER … TYPE … USING", [$"ALTER TABLE users ALTER COLUMN bio TYPE text USING {ReferenceChange.Up}"]),
        new StatementsWay("EF Core's migration", ReferenceChange.EfStatements()),
    ];

    public string Name => name;

    public async Task RunAsync(BenchOptions options, Findings findings, CancellationToken cancellationToken)
    {
        foreach (var shape in shapes)
        {
            var rows = shape.Rows(options);
            await using var original = await shape.CreateAsync(rows, cancellationToken);
            var ways = Ways.Where(way => way.CanDo(shape)).ToList();
            var runs = new List<IReadOnlyDictionary<IWay, Measurement>>();
            while (runs.Count < options.Runs)
                runs.Add(await RunAsync(original, ways, rows, $"{shape.Name}, run {runs.Count + 1}", findings, cancellationToken));

            findings.Tell($"**{shape.Name}**, {rows:#,0} rows\n\n{Table(ways, runs, rows)}");
            if (shape != Reference)
                continue;
            findings.Plot(name, $"Rows per second: {shape.Name}, {rows:#,0} rows", [.. ways.Select(way => (way.Name, rows / runs.Select(run => run[way].Seconds).Median()))]);
            TellRatios(runs, findings);
        }
    }

    /// <summary>Goes every way once, one right after the other, each on a fresh copy.</summary>
    static async Task<IReadOnlyDictionary<IWay, Measurement>> RunAsync(
        TestDatabase original, IReadOnlyList<IWay> ways, long rows, string run, Findings findings, CancellationToken cancellationToken)
    {
        var measured = new Dictionary<IWay, Measurement>();
        foreach (var way in ways)
        {
            await using var copy = await original.CopyAsync(cancellationToken);
            await copy.ExecuteAsync("CHECKPOINT", cancellationToken);
            using var meter = new Meter(copy);
            await way.RunAsync(copy, meter, cancellationToken);
            copy.DataSource.Clear();
            measured[way] = await meter.ReadAsync(rows, cancellationToken);
            findings.Progress($"{run}: {way.Name}: {rows / measured[way].Seconds:#,0} rows/s, HOT {measured[way].HotShare:0 %}");
        }

        return measured;
    }

    static TextTable Table(IEnumerable<IWay> ways, IReadOnlyList<IReadOnlyDictionary<IWay, Measurement>> runs, long rows)
    {
        const double Megabyte = 1 << 20;
        var table = new TextTable("way", "rows/s", "WAL, MB", "heap, + MB", "indexes, + MB", "HOT updates, %");
        foreach (var way in ways)
        {
            table.Add(
                way.Name,
                rows / MedianOf(it => it.Seconds),
                MedianOf(it => it.Wal) / Megabyte,
                MedianOf(it => it.HeapGrowth) / Megabyte,
                MedianOf(it => it.IndexGrowth) / Megabyte,
                100 * MedianOf(it => it.HotShare));

            double MedianOf(Func<Measurement, double> value) => runs.Select(run => value(run[way])).Median();
        }

        return table;
    }

    static void TellRatios(IReadOnlyList<IReadOnlyDictionary<IWay, Measurement>> runs, Findings findings)
    {
        findings.Tell("backfill_vs_peer_way", runs.Select(run => run[Peer].Seconds / run[OneWorker].Seconds));
        findings.Tell("backfill_vs_peer_way_2_workers", runs.Select(run => run[Peer].Seconds / run[TwoWorkers].Seconds));
        findings.Tell("backfill_vs_single_update", runs.Select(run => run[SingleUpdate].Seconds / run[OneWorker].Seconds));
        findings.Tell("growth_vs_peer_way", runs.Select(run => run[OneWorker].Growth / run[Peer].Growth));
        findings.Tell("wal_vs_peer_way", runs.Select(run => run[OneWorker].Wal / run[Peer].Wal));
    }
}
