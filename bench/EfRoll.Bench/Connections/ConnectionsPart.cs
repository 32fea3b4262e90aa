using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using EfRoll.TestSupport;
using Perfolizer.Horology;

namespace EfRoll.Bench.Connections;

/// <summary>What it costs an application to be on its version, on connections that its pool has; measured with BenchmarkDotNet.</summary>
sealed class ConnectionsPart : IPart
{
    static readonly IReadOnlyList<(string Method, string Name, string Ratio)> Measured =
    [
        (nameof(ConnectionBenchmarks.OpenAndClose), "open and close a context's connection", "open_close"),
        (nameof(ConnectionBenchmarks.OpenAndCloseByHand), "open and close without EF Core", "open_close_by_hand"),
        (nameof(ConnectionBenchmarks.QueryOnce), "make a context, query once", "first_query"),
    ];

    public string Name => "connections";

    public async Task RunAsync(BenchOptions options, Findings findings, CancellationToken cancellationToken)
    {
        await using var database = await TestDatabase.CreateAsync(cancellationToken);
        await database.ExecuteAsync("CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL); INSERT INTO users VALUES (1, 'Ada')", cancellationToken);
        ConnectionBenchmarks.ConnectionString = database.ConnectionString;
        var folder = Directory.CreateTempSubdirectory("efroll-bench-").FullName;
        try
        {
            // In a process of its own it would be built anew, without the database.
            var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
                .WithIterationTime(TimeInterval.FromMilliseconds(options.Slice.TotalMilliseconds / 500)).WithIterationCount(100 * options.Runs);
            var config = ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).AddLogger(NullLogger.Instance).WithArtifactsPath(folder)
                // So that the tests may run it as they were built; bench/run.sh builds it optimized.
                .WithOptions(ConfigOptions.DisableOptimizationsValidator);
            Tell(await Task.Run(() => BenchmarkRunner.Run<ConnectionBenchmarks>(config), cancellationToken), findings);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Tell(Summary summary, Findings findings)
    {
        var table = new TextTable("", "without EfRoll, µs", "with, µs", "more, µs", "without, bytes", "with, bytes");
        foreach (var (method, name, ratio) in Measured)
        {
            var (bare, bound) = (Cost.Of(summary, method, withEfRoll: false), Cost.Of(summary, method, withEfRoll: true));
            var more = bound.Microseconds - bare.Microseconds;
            table.Add(name, bare.Microseconds, bound.Microseconds, more, bare.Bytes, bound.Bytes);
            findings.Tell($"{ratio}_bound_minus_bare_us", [more]);
            findings.Tell($"{ratio}_bound_minus_bare_bytes", [bound.Bytes - bare.Bytes]);
        }

        findings.Tell(table.ToString());
    }

    /// <summary>What one time takes, in the fastest of many short iterations: what else the machine does only adds to it, and by far more than what is looked for.</summary>
    sealed record Cost(double Microseconds, double Bytes)
    {
        public static Cost Of(Summary summary, string method, bool withEfRoll)
        {
            var report = summary.Reports.FirstOrDefault(report =>
                report.BenchmarkCase.Descriptor.WorkloadMethod.Name == method && report.BenchmarkCase.Parameters[nameof(ConnectionBenchmarks.WithEfRoll)].Equals(withEfRoll));
            return report?.ResultStatistics is { } found
                ? new Cost(found.Min / 1000, report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? double.NaN)
                : throw new InvalidOperationException($"{method} was not measured: {string.Join(' ', summary.ValidationErrors.Select(error => error.Message))}");
        }
    }
}
