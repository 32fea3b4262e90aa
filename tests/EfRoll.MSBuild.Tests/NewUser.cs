using System.Text.RegularExpressions;
using EfRoll.TestSupport;

namespace EfRoll.MSBuild.Tests;

/// <summary>
/// Somebody with an application of their own, who knows nothing but the README. EfRoll's packages come from a folder, all others from where this
/// machine has them.
/// </summary>
sealed partial class NewUser : IDisposable
{
    static readonly string[] Packages = ["EfRoll.Engine", "EfRoll.MSBuild", "EfRoll.Runtime", "EfRoll.Tool"];

    readonly string _home = Directory.CreateTempSubdirectory("efroll-user-").FullName;

    // The SDK remembers for the whole machine where it has put a tool of some version.
    readonly string _version = $"0.1.0-test.{Guid.NewGuid():n}";

    readonly List<(string Name, string Value)> _environment;

    /// <summary>Starts with an empty folder.</summary>
    /// <param name="connectionString">Where the application finds its database.</param>
    public NewUser(string connectionString)
    {
        Directory.CreateDirectory(Shop);
        _environment = [("SHOP_DATABASE", connectionString)];
    }

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}release", StringComparison.OrdinalIgnoreCase) ? "release" : "debug";

    /// <summary>The folder of the application.</summary>
    public string Shop => Path.Combine(_home, "Shop");

    /// <summary>Packs what was built with this test into a folder of the application's.</summary>
    public async Task PackAsync()
    {
        var folder = Path.Combine(Shop, "packages");
        var pack = await Sdk.RunAsync(RepositoryRoot.Path, Token, "pack", "--no-build", "-c", Configuration, "-o", folder, $"-p:PackageVersion={_version}", "-nologo");
        Assert.True(pack.ExitCode == 0, pack.Output);
        Assert.DoesNotContain(": warning ", pack.Output, StringComparison.Ordinal);
        Assert.Equal(Packages.Select(name => $"{name}.{_version}.nupkg"), Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        // What the machine has of other packages is read, and none of these is left among them.
        var locals = await Sdk.RunAsync(Shop, Token, "nuget", "locals", "global-packages", "--list", "--force-english-output");
        _environment.Add(("NUGET_FALLBACK_PACKAGES", locals.Output[(locals.Output.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()));
        _environment.Add(("NUGET_PACKAGES", Path.Combine(_home, "cache")));
    }

    /// <summary>Does what the README says under "Installing".</summary>
    public async Task InstallAsync()
    {
        var readme = await File.ReadAllTextAsync(RepositoryRoot.File("README.md"), Token);
        var (configuration, commands) = Installing().Match(readme) is { Success: true } match
            ? (match.Groups["configuration"].Value, match.Groups["command"].Captures)
            : throw new InvalidOperationException("The README no longer says how to install.");
        await File.WriteAllTextAsync(Path.Combine(Shop, "nuget.config"), configuration, Token);
        foreach (var command in commands.Select(command => command.Value.Split(' ')))
            // Without a version the newest one is taken, which a version of a test never is.
            await RunAsync(Array.Exists(command, Packages.Contains) ? [.. command, "--version", _version] : command);
    }

    /// <summary>Writes the code of a release over that of the one before.</summary>
    public void Write(string release)
    {
        var code = RepositoryRoot.File("tests", "Fixtures", "FirstSteps", release);
        foreach (var file in Directory.EnumerateFiles(code, "*.cs", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Shop, Path.GetRelativePath(code, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    /// <summary>Runs <c>dotnet</c> in the application's folder, successfully; returns what it prints.</summary>
    public async Task<string> RunAsync(params string[] command)
    {
        var run = await Sdk.RunAsync(Shop, _environment, Token, command);
        Assert.True(run.ExitCode == 0, $"dotnet {string.Join(' ', command)}\n{run.Output}");
        return run.Output;
    }

    public void Dispose() => Directory.Delete(_home, true);

    [GeneratedRegex(@"^## Installing\n.*?^```xml\n(?<configuration>.*?)^```\n.*?^```\n(dotnet (?<command>[^\n]+)\n)+```\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Installing();
}
