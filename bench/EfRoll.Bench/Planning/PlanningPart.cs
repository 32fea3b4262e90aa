using System.Diagnostics;
using EfRoll.Engine.Manifests;
using EfRoll.TestSupport;

namespace EfRoll.Bench.Planning;

/// <summary>How long <c>efroll plan</c> takes, and how much memory, by the size of the schema and of the history.</summary>
/// <param name="small">A small application.</param>
/// <param name="large">One ten times as large.</param>
sealed class PlanningPart(History small, History large) : IPart
{
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    // What is usual: one migration more than the database has. And the worst: a database that has none.
    readonly IReadOnlyList<(string Name, History History, int Pending)> _cases =
    [
        ("1 pending, small", small, 1), ("1 pending, large", large, 1),
        ("all pending, small", small, small.Migrations), ("all pending, large", large, large.Migrations),
    ];

    public string Name => "planning";

    public async Task RunAsync(BenchOptions options, Findings findings, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("efroll-bench-").FullName;
        var databases = new List<TestDatabase>();
        try
        {
            foreach (var (name, history, pending) in _cases)
            {
                ManifestFolder.Write(Path.Combine(folder, name), history.Manifest());
                databases.Add(await TestDatabase.CreateAsync(cancellationToken));
                await history.CreateTablesAsync(databases[^1], pending, cancellationToken);
            }

            var found = databases.ConvertAll(_ => new List<(double Seconds, double Memory)>());
            for (var run = 0; run < options.Runs; run++)
            {
                for (var i = 0; i < _cases.Count; i++)
                {
                    found[i].Add(await PlanAsync(Path.Combine(folder, _cases[i].Name), databases[i].ConnectionString, cancellationToken));
                    findings.Progress($"{_cases[i].Name}: {found[i][^1].Seconds:0.00} s, {found[i][^1].Memory:0} MB");
                }
            }

            var table = new TextTable("tables", "migrations", "pending", "time, s", "most memory, MB");
            for (var i = 0; i < _cases.Count; i++)
                table.Add($"{_cases[i].History.Tables}", _cases[i].History.Migrations, _cases[i].Pending, found[i].Select(run => run.Seconds).Median(), found[i].Select(run => run.Memory).Median());
            findings.Tell($"`efroll plan`, the start of its process included\n\n{table}");
            findings.Tell("plan_500_tables_1_migration_vs_50", found[1].Zip(found[0], (large, small) => large.Seconds / small.Seconds));
            findings.Tell("plan_500_tables_300_migrations_vs_50_30", found[3].Zip(found[2], (large, small) => large.Seconds / small.Seconds));
        }
        finally
        {
            foreach (var database in databases)
                await database.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task<(double Seconds, double Memory)> PlanAsync(string manifests, string connection, CancellationToken cancellationToken)
    {
        var tool = Path.Combine(AppContext.BaseDirectory, "EfRoll.Tool.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", tool, "plan", "--manifests", manifests, "--connection", connection])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet does not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var ended = process.WaitForExitAsync(cancellationToken);

        // The system knows the most that a process ever had only as long as that lives, and it may end at any moment.
        var memory = 0L;
        while (await Task.WhenAny(ended, Task.Delay(Glance, cancellationToken)) != ended)
            memory = Math.Max(memory, PeakOf(process));

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await output;
        return process.ExitCode == 0 ? (seconds, memory / (double)(1 << 20)) : throw new InvalidOperationException(await errors);
    }

    static long PeakOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException) when (process.HasExited)
        {
            return 0;
        }
    }
}
