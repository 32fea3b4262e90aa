using EfRoll.Engine.Manifests;

namespace EfRoll.Tool.Sources;

/// <summary>A build on disk: the assembly with the migrations, and the one the application starts with.</summary>
/// <param name="Assembly">The assembly with the migrations.</param>
/// <param name="StartupAssembly">The application; often the same.</param>
/// <param name="WorkingDirectory">Where the application expects to run: it reads its settings there.</param>
sealed record BuiltAssemblies(string Assembly, string StartupAssembly, string WorkingDirectory)
{
    /// <summary>Folders in which packages lie that the build did not copy.</summary>
    public string? PackageFolder { get; init; }

    /// <summary>The folder by which the host shortens the paths of source files.</summary>
    public string? ProjectFolder { get; init; }
}

/// <summary>Starts the translator within the user's own dependencies, as <c>dotnet ef</c> does, and reads what it says of a context.</summary>
static class DesignHost
{
    const string File = "EfRoll.Translator.dll";

    public static async Task<ContextManifest> DescribeAsync(BuiltAssemblies build, string? context, Action<string> warn, CancellationToken cancellationToken)
    {
        var host = Path.Combine(AppContext.BaseDirectory, "host", File);
        if (!System.IO.File.Exists(host))
            throw ToolMistakes.HostNotFound(host);
        foreach (var path in (string[])[build.Assembly, build.StartupAssembly])
        {
            if (!System.IO.File.Exists(path))
                throw ToolMistakes.OutputNotFound(path);
        }

        var answer = Path.Combine(Path.GetTempPath(), $"efroll-{Guid.NewGuid():n}.json");
        try
        {
            var (exitCode, _, errors) = await ChildProcess.RunDotnetAsync(Arguments(build, context, host, answer), build.WorkingDirectory, cancellationToken).ConfigureAwait(false);
            if (exitCode != 0 || !System.IO.File.Exists(answer))
                throw ToolMistakes.DescribeFailed(exitCode, errors);
            foreach (var line in errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                warn(line);
            return ManifestReader.ReadContext(await System.IO.File.ReadAllTextAsync(answer, cancellationToken).ConfigureAwait(false), build.Assembly);
        }
        finally
        {
            // It may hold the application's connection string.
            System.IO.File.Delete(answer);
        }
    }

    static IEnumerable<string> Arguments(BuiltAssemblies build, string? context, string host, string answer)
    {
        var stem = Path.Combine(Path.GetDirectoryName(build.StartupAssembly)!, Path.GetFileNameWithoutExtension(build.StartupAssembly));
        yield return "exec";
        if (System.IO.File.Exists(stem + ".deps.json"))
        {
            yield return "--depsfile";
            yield return stem + ".deps.json";
        }

        // A library has no runtime configuration and does not copy its packages: the host's own, and the package folder, serve.
        if (System.IO.File.Exists(stem + ".runtimeconfig.json"))
        {
            yield return "--runtimeconfig";
            yield return stem + ".runtimeconfig.json";
        }

        if (build.PackageFolder is { } packages && Directory.Exists(packages))
        {
            yield return "--additionalprobingpath";
            yield return packages;
        }

        foreach (var argument in (string[])[host, "describe", "--assembly", build.Assembly, "--startup-assembly", build.StartupAssembly, "--out", answer])
            yield return argument;
        if (context is not null)
        {
            yield return "--context";
            yield return context;
        }

        if (build.ProjectFolder is { } folder)
        {
            yield return "--project-dir";
            yield return folder;
        }
    }
}
