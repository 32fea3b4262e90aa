using System.Diagnostics;

namespace EfRoll.Tool.Tests;

/// <summary>The tool as users run it: a process of its own.</summary>
sealed record ToolProcess(ExitCode ExitCode, string Output, string Errors)
{
    static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "EfRoll.Tool.dll");

    public static Task<ToolProcess> RunAsync(params string[] arguments) => RunInAsync(System.IO.Path.GetTempPath(), connection: null, arguments);

    /// <summary>Runs it in a folder, with the connection string in the environment.</summary>
    public static Task<ToolProcess> RunInAsync(string folder, string? connection, params string[] arguments) => RunInAsync(folder, connection, [], arguments);

    /// <summary>The same, with what the application finds in the environment.</summary>
    public static async Task<ToolProcess> RunInAsync(string folder, string? connection, IReadOnlyList<(string Name, string Value)> environment, params string[] arguments)
    {
        using var process = Start(folder, connection, environment, arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ToolProcess((ExitCode)process.ExitCode, await output, await errors);
    }

    public static Process Start(string folder, string? connection, params string[] arguments) => Start(folder, connection, [], arguments);

    static Process Start(string folder, string? connection, IReadOnlyList<(string Name, string Value)> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("EFROLL_CONNECTION");
        if (connection is not null)
            start.Environment["EFROLL_CONNECTION"] = connection;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public ToolProcess Expect(ExitCode expected)
    {
        Assert.True(expected == ExitCode, $"Exit code {(int)ExitCode} instead of {(int)expected}.\n{Output}\n{Errors}");
        return this;
    }
}
