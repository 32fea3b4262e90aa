using System.Diagnostics;

namespace EfRoll.TestSupport;

/// <summary>Runs <c>dotnet</c> as a developer would.</summary>
public static class Sdk
{
    /// <summary>What it ended with, and what it wrote: output first, then errors.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(string folder, CancellationToken cancellationToken, params string[] arguments) =>
        RunAsync(folder, [], cancellationToken, arguments);

    /// <summary>The same, with more in its environment.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string folder, IReadOnlyList<(string Name, string Value)> environment, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // A test run by `dotnet test` would hand on which MSBuild it runs in.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        // The task's assembly must be free to be built again.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet does not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
