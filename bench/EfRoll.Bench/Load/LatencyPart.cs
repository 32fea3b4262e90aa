using EfRoll.Bench.Backfill;
using EfRoll.Engine;
using EfRoll.TestSupport;

namespace EfRoll.Bench.Load;

/// <summary>What an application feels of a rollout: latency and throughput of a mixed load before, during and after its commands.</summary>
sealed class LatencyPart : IPart
{
    static readonly IReadOnlyList<int> Percents = [30, 80];

    static readonly RollOptions Options = new();

    // A command of a few milliseconds is felt after it, too.
    static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(1);

    static readonly Versions OldOnly = new(Old: true, New: false);
    static readonly Versions Both = new(Old: true, New: true);
    static readonly Versions NewOnly = new(Old: false, New: true);

    public string Name => "latency";

    public async Task RunAsync(BenchOptions options, Findings findings, CancellationToken cancellationToken)
    {
        var rows = BackfillPart.Reference.Rows(options);
        await using var original = await BackfillPart.Reference.CreateAsync(rows, cancellationToken);
        var saturation = await SaturationAsync(original, rows, options, cancellationToken);
        findings.Tell($"{rows:#,0} rows; saturation: {saturation:#,0} statements/s");
        var stalls = new List<double>();
        foreach (var percent in Percents)
        {
            var runs = new List<IReadOnlyDictionary<string, Stretch>>();
            while (runs.Count < options.Runs)
            {
                await using var copy = await original.CopyAsync(cancellationToken);
                runs.Add(await RunAsync(copy, saturation * percent / 100, rows, options, cancellationToken));
                findings.Progress($"{percent} %, run {runs.Count}: p99 {runs[^1]["before"].Percentile(0.99):0.0} ms, during start {runs[^1]["start"].Percentile(0.99):0.0} ms");
            }

            findings.Tell($"**{percent} % of saturation**\n\n{Table(runs)}");
            foreach (var failure in runs.SelectMany(run => run.Values).SelectMany(stretch => stretch.Failures).Distinct())
                findings.Tell($"A statement failed: {failure}");
            findings.Tell(percent == Percents[0] ? "p99_during_start" : $"p99_during_start_at_{percent}_percent", runs.Select(run => run["start"].Percentile(0.99) / run["before"].Percentile(0.99)));
            stalls.AddRange(runs.Select(run => Commands.Max(command => run[command].LongestStatement) - run["before"].LongestStatement));
        }

        // Of all runs the worst: a promise is not kept in the middle.
        findings.Tell("longest_statement", [Math.Max(0, stalls.Max() / Options.LockTimeout.TotalMilliseconds)]);
    }

    static IEnumerable<string> Commands => ["start", "complete", "rollback"];

    static async Task<double> SaturationAsync(TestDatabase original, long rows, BenchOptions options, CancellationToken cancellationToken)
    {
        await using var copy = await original.CopyAsync(cancellationToken);
        await using var crowd = await Crowd.GatherAsync(copy.ConnectionString, null, 16, rows, cancellationToken);
        await crowd.RunAsync(Deed.Mix, options.Slice / 5, cancellationToken);
        return await crowd.RunAsync(Deed.Mix, options.Slice, cancellationToken);
    }

    /// <summary>Start, both versions at work, rollback; start again, both at work, complete.</summary>
    static async Task<IReadOnlyDictionary<string, Stretch>> RunAsync(TestDatabase database, double rate, long rows, BenchOptions options, CancellationToken cancellationToken)
    {
        var engine = new RollEngine(database.DataSource, Options);
        await using var load = new SteadyLoad(database.ConnectionString, rate, rows, ReferenceChange.NewSearchPath);
        var times = new List<(string Name, double Begin, double End)>();

        // Connections and plans of statements are not what is measured.
        await Task.Delay(options.Slice / 5, cancellationToken);
        await DuringAsync("before", () => Task.Delay(2 * options.Slice, cancellationToken));
        await DuringAsync("start", () => engine.ExpandAsync(ReferenceChange.Request, cancellationToken));
        await load.SwitchAsync(Both);
        await DuringAsync("both versions", () => Task.Delay(2 * options.Slice, cancellationToken));
        await load.SwitchAsync(OldOnly);
        await DuringAsync("rollback", async () =>
        {
            await engine.RollbackAsync(cancellationToken);
            await Task.Delay(Aftermath, cancellationToken);
        });
        await DuringAsync("after rollback", () => Task.Delay(options.Slice, cancellationToken));
        await DuringAsync("start again", () => engine.ExpandAsync(ReferenceChange.Request, cancellationToken));
        await load.SwitchAsync(NewOnly);
        await DuringAsync("complete", async () =>
        {
            await engine.ContractAsync(cancellationToken);
            await Task.Delay(Aftermath, cancellationToken);
        });
        await DuringAsync("after complete", () => Task.Delay(options.Slice, cancellationToken));

        var samples = await load.StopAsync();
        var stretches = times.ToDictionary(time => time.Name, time => new Stretch(samples, time.Begin, time.End));
        var (_, begin, end) = times.First(time => time.Name == "both versions");
        stretches["both versions: old"] = new Stretch([.. samples.Where(sample => !sample.IsNew)], begin, end);
        stretches["both versions: new"] = new Stretch([.. samples.Where(sample => sample.IsNew)], begin, end);
        return stretches;

        async Task DuringAsync(string name, Func<Task> work)
        {
            var began = load.Now;
            await work();
            times.Add((name, began, load.Now));
        }
    }

    static TextTable Table(List<IReadOnlyDictionary<string, Stretch>> runs)
    {
        var table = new TextTable("", "statements/s", "p50, ms", "p99, ms", "max, ms", "longest statement, ms", "failed");
        foreach (var name in runs[0].Keys)
        {
            table.Add(
                name,
                MedianOf(stretch => stretch.PerSecond),
                MedianOf(stretch => stretch.Percentile(0.5)),
                MedianOf(stretch => stretch.Percentile(0.99)),
                MedianOf(stretch => stretch.Percentile(1)),
                MedianOf(stretch => stretch.LongestStatement),
                runs.Sum(run => run[name].Failures.Count));

            double MedianOf(Func<Stretch, double> value) => runs.Select(run => value(run[name])).Median();
        }

        return table;
    }
}
