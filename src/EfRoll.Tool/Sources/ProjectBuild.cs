using System.Text.Json;

namespace EfRoll.Tool.Sources;

/// <summary>Builds a project, as <c>dotnet ef</c> does, and says where its output is.</summary>
/// <param name="Project">The project with the migrations: a file or a folder.</param>
/// <param name="StartupProject">The application's project, which is built; null where it is the same.</param>
/// <param name="Framework">The target framework, where there are several.</param>
/// <param name="Configuration">The configuration.</param>
/// <param name="IsBuilt">Whether it was built before.</param>
sealed record ProjectBuild(string Project, string? StartupProject, string? Framework, string? Configuration, bool IsBuilt)
{
    static readonly string[] Properties = ["TargetPath", "TargetFileName", "TargetFramework", "TargetFrameworks", "MSBuildProjectDirectory", "NuGetPackageRoot"];

    public async Task<BuiltAssemblies> RunAsync(CancellationToken cancellationToken)
    {
        var project = FindProject(Project);
        var startup = StartupProject is null ? project : FindProject(StartupProject);
        var properties = await ReadAsync(startup, isBuilt: IsBuilt, cancellationToken).ConfigureAwait(false);
        var target = properties["TargetPath"];
        if (target.Length == 0)
        {
            throw properties["TargetFrameworks"].Length > 0
                ? ToolMistakes.FrameworkNotNamed(startup, properties["TargetFrameworks"])
                : ToolMistakes.ProjectNotFound(startup);
        }

        // The application's output holds the migrations' assembly too, with everything both need.
        var migrations = target;
        var folder = properties["MSBuildProjectDirectory"];
        if (startup != project)
        {
            var own = await ReadAsync(project, isBuilt: true, cancellationToken).ConfigureAwait(false);
            migrations = Path.Combine(Path.GetDirectoryName(target)!, own["TargetFileName"].Length > 0 ? own["TargetFileName"] : Path.GetFileNameWithoutExtension(project) + ".dll");
        }

        return new BuiltAssemblies(migrations, target, folder)
        {
            PackageFolder = properties["NuGetPackageRoot"] is { Length: > 0 } root ? root : null,
            ProjectFolder = Path.GetDirectoryName(project),
        };
    }

    /// <summary>Finds the project file that a path means.</summary>
    public static string FindProject(string path)
    {
        path = Path.GetFullPath(path);
        if (File.Exists(path))
            return path;
        if (!Directory.Exists(path))
            throw ToolMistakes.ProjectNotFound(path);
        return ProjectsIn(path) switch
        {
            [var only] => only,
            [] => throw ToolMistakes.ProjectNotFound(path),
            var several => throw ToolMistakes.SeveralProjects(path, several.Select(file => Path.GetFileName(file)!)),
        };
    }

    /// <summary>The project files in a folder.</summary>
    public static IReadOnlyList<string> ProjectsIn(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.*proj").Where(file => Path.GetExtension(file) is ".csproj" or ".fsproj" or ".vbproj").Order(StringComparer.Ordinal)];

    async Task<Dictionary<string, string>> ReadAsync(string project, bool isBuilt, CancellationToken cancellationToken)
    {
        // Without -t:Build, -getProperty only evaluates: nothing is built, and a syntax error goes unnoticed.
        List<string> arguments = isBuilt ? ["msbuild", project, "-nologo"] : ["build", project, "-nologo", "-v:q", "-t:Build"];
        arguments.AddRange(Properties.Select(name => $"-getProperty:{name}"));
        if (Framework is not null)
            arguments.Add($"-p:TargetFramework={Framework}");
        if (Configuration is not null)
            arguments.Add($"-p:Configuration={Configuration}");

        var (exitCode, output, errors) = await ChildProcess.RunDotnetAsync(arguments, Path.GetDirectoryName(project)!, cancellationToken).ConfigureAwait(false);
        var json = output.IndexOf('{', StringComparison.Ordinal);
        if (exitCode != 0 || json < 0)
            throw ToolMistakes.BuildFailed(project, errors + (json < 0 ? output : output[..json]));
        try
        {
            using var document = JsonDocument.Parse(output[json..]);
            var properties = document.RootElement.GetProperty("Properties");
            return Properties.ToDictionary(name => name, name => properties.GetProperty(name).GetString() ?? "");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException)
        {
            throw ToolMistakes.BuildFailed(project, output);
        }
    }
}
