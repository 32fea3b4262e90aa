using System.Diagnostics;

namespace EfRoll.TestSupport;

/// <summary>Calls <c>eng/postgres.sh</c>, which alone knows where binaries come from and how a server is run.</summary>
static class ServerScript
{
    /// <summary>What the script printed; throws with what it complained about.</summary>
    public static async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [RepositoryRoot.File("eng", "postgres.sh"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash does not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? (await output).Trim()
            : throw new InvalidOperationException((await errors).Trim());
    }
}
