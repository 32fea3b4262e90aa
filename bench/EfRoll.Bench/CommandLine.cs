using System.Globalization;
using EfRoll.Bench.Backfill;
using EfRoll.Bench.Build;
using EfRoll.Bench.Connections;
using EfRoll.Bench.Contract;
using EfRoll.Bench.Load;
using EfRoll.Bench.Planning;

namespace EfRoll.Bench;

/// <summary>The console: arguments in, tables and ratios out.</summary>
static class CommandLine
{
    const string Usage =
        """
        usage: bench/run.sh [--rows <n>] [--only <part>[,<part>]] [--runs <n>] [--publish <document>]

          --rows <n>            rows of a table of the usual size (1000000)
          --only <part>         only these parts: backfill, tps, latency, contract, planning, connections, build, shapes
          --runs <n>            how often each way is measured (3)
          --publish <document>  puts the results of each part into it: docs/benchmarks.md
        """;

    static readonly IReadOnlyList<IPart> Parts =
    [
        new BackfillPart("backfill", [BackfillPart.Reference]),
        new ThroughputPart(),
        new LatencyPart(),
        new ContractPart(),
        new PlanningPart(new History(50, 30), new History(500, 300)),
        new ConnectionsPart(),
        new BuildPart(30, 300),
        new BackfillPart("shapes",
        [
            new Shape("narrow, 2 indexes", 2),
            new Shape("narrow, 6 indexes", 6),
            new Shape("wide, with TOAST", 2) { IsWide = true, Scale = 0.1 },
            new Shape("no primary key", 2) { HasKey = false },
            new Shape("8 partitions", 2) { Partitions = 8 },
            new Shape("narrow, 2 indexes, 5 times as many rows", 2) { Scale = 5 },
        ]),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        try
        {
            var options = new BenchOptions();
            var parts = Parts;
            string? document = null;
            for (var i = 0; i < args.Length; i += 2)
            {
                var value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value.");
                switch (args[i])
                {
                    case "--rows":
                        options = options with { Rows = Number(value) };
                        break;
                    case "--runs":
                        options = options with { Runs = (int)Number(value) };
                        break;
                    case "--only":
                        parts = [.. value.Split(',').Select(Part)];
                        break;
                    case "--publish":
                        document = Path.GetFullPath(value);
                        break;
                    default:
                        throw new ArgumentException($"There is no option {args[i]}.");
                }
            }

            await RunAsync(parts, options, document, stop.Token);
            return 0;
        }
        catch (ArgumentException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n\n{Usage}");
            return 2;
        }
    }

    static async Task RunAsync(IReadOnlyList<IPart> parts, BenchOptions options, string? document, CancellationToken cancellationToken)
    {
        var ratios = new List<Ratio>();
        var machine = await Machine.DescribeAsync(cancellationToken);
        Console.WriteLine(machine);
        foreach (var part in parts)
        {
            Console.WriteLine($"\n== {part.Name}");
            var findings = new Findings(Console.WriteLine);
            await part.RunAsync(options, findings, cancellationToken);
            ratios.AddRange(findings.Ratios);
            if (document is not null)
                await Published.WriteAsync(document, part.Name, machine, findings, cancellationToken);
        }

        Console.WriteLine();
        ratios.ForEach(Console.WriteLine);
    }

    static IPart Part(string name) => Parts.FirstOrDefault(part => part.Name == name) ?? throw new ArgumentException($"There is no part {name}.");

    static long Number(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new ArgumentException($"{text} is no number.");
}
