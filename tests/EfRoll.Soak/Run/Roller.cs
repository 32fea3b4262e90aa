using System.Diagnostics;
using EfRoll.Engine;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Tool.Sources;
using Npgsql;

namespace EfRoll.Soak.Run;

/// <summary>What came of a command.</summary>
/// <param name="Error">Null if it did what it should, else why not.</param>
/// <param name="IsKilled">Whether it had not ended by itself by the time at which it was to be killed.</param>
sealed record RollResult(string? Error, bool IsKilled = false);

/// <summary>What rolls a rollout forth and back.</summary>
interface IRoller
{
    /// <summary>Runs <c>start</c>, <c>complete</c> or <c>rollback</c>.</summary>
    /// <param name="command">Which.</param>
    /// <param name="files">For <c>start</c>: the migrations.</param>
    /// <param name="killAfter">Ends it without notice.</param>
    Task<RollResult> RunAsync(string command, IReadOnlyList<string> files, TimeSpan? killAfter);
}

/// <summary>The engine, in this process: nothing of it can be killed.</summary>
sealed class EngineRoller(string connectionString) : IRoller
{
    public async Task<RollResult> RunAsync(string command, IReadOnlyList<string> files, TimeSpan? killAfter)
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        var engine = new RollEngine(dataSource, new RollOptions { OldSessions = OldSessions.Wait });
        try
        {
            switch (command)
            {
                case "start":
                    await engine.ExpandAsync(MigrationFiles.Read(files).ToRequest(new WantedRollout(null, ViewPolicy.Changed, [])));
                    break;
                case "complete":
                    await engine.ContractAsync();
                    break;
                default:
                    await engine.RollbackAsync();
                    break;
            }
        }
        catch (EfRollException error)
        {
            return new RollResult($"{error.CodeText} {error.Message} {error.InnerException?.Message}");
        }

        return new RollResult(null);
    }
}

/// <summary>The tool, as a process.</summary>
sealed class ToolRoller(string connectionString) : IRoller
{
    static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "EfRoll.Tool.dll");

    public async Task<RollResult> RunAsync(string command, IReadOnlyList<string> files, TimeSpan? killAfter)
    {
        string[] rest = command switch
        {
            "start" => [.. files, "--views", "changed"],
            "complete" => ["--wait"],
            _ => [],
        };
        var start = new ProcessStartInfo("dotnet", ["exec", Path, command, .. rest])
        {
            WorkingDirectory = System.IO.Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["EFROLL_CONNECTION"] = connectionString;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var isKilled = false;
        if (killAfter is { } time)
        {
            try
            {
                await process.WaitForExitAsync().WaitAsync(time);
            }
            catch (TimeoutException)
            {
                process.Kill();
                isKilled = true;
            }
        }

        await process.WaitForExitAsync();
        await output;
        return new RollResult(process.ExitCode == 0 ? null : $"exit code {process.ExitCode}: {await errors}", isKilled);
    }
}
