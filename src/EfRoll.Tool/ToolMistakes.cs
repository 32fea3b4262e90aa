using System.Globalization;
using EfRoll.Engine;
using EfRoll.Engine.Errors;

namespace EfRoll.Tool;

/// <summary>One method for each thing that can be wrong with a command, a project or a build.</summary>
static class ToolMistakes
{
    public static EfRollException SourcesContradict(IEnumerable<string> given) =>
        new(ErrorCode.SourcesContradict, $"The migrations come from one place, but {string.Join(" and ", given)} are given.", "Leave out all but one.");

    public static EfRollException NoSource(string folder) =>
        new(ErrorCode.NoSource, $"There is no project in {folder}, and nothing says where the migrations are.",
            "Name --project, --assembly, --manifests, or files in pgroll's format.");

    public static EfRollException ProjectNotFound(string path) =>
        new(ErrorCode.ProjectNotFound, $"There is no project at {path}.", "Name a project file, or a folder with one.");

    public static EfRollException SeveralProjects(string folder, IEnumerable<string> files) =>
        new(ErrorCode.SeveralProjects, $"{folder} holds several projects: {string.Join(", ", files)}.", "Name one of them.");

    public static EfRollException BuildFailed(string project, string output) =>
        new(ErrorCode.BuildFailed, $"{project} does not build.{Indented(output)}", "Correct the build, or use --no-build with an earlier one.");

    public static EfRollException FrameworkNotNamed(string project, string frameworks) =>
        new(ErrorCode.FrameworkNotNamed, $"{project} has several target frameworks: {frameworks}.", "Name one with --framework.");

    public static EfRollException OutputNotFound(string path) =>
        new(ErrorCode.OutputNotFound, $"There is no {path}.", "Build first (leave out --no-build), or check the path.");

    public static EfRollException DescribeFailed(int exitCode, string output) =>
        new(ErrorCode.DescribeFailed,
            string.Create(CultureInfo.InvariantCulture, $"The migrations could not be read from the build (the design host ended with {exitCode}).{Indented(output)}"),
            "Correct what is said above.");

    public static EfRollException NoConnectionString() =>
        new(ErrorCode.NoConnectionString, "Nothing says which database.",
            "Give --connection, or set EFROLL_CONNECTION, or name a project or assembly whose DbContext has a connection string.");

    public static EfRollException InvalidConnectionString(string reason, Exception? cause) =>
        new(ErrorCode.InvalidConnectionString, $"The connection string is not valid: {reason}",
            "Write it as Host=…;Database=…;Username=…;Password=… or as postgresql://user@host/database.", cause: cause);

    public static EfRollException InvalidArgument(string name, string value, string expected) =>
        new(ErrorCode.InvalidArgument, $"{name} does not take '{value}'.", $"Give {expected}.");

    public static EfRollException NothingToChange() =>
        new(ErrorCode.InvalidArgument, "'tune' was not told what to change.", "Give at least one of its options, for example --workers 2; 'tune --help' has them all.");

    public static EfRollException NoMigrationFiles(string folder) =>
        new(ErrorCode.NoMigrationFiles, $"{folder} holds no migration files.", "Name a folder with .yaml, .yml or .json files, or the files themselves.");

    public static EfRollException MigrationNotTranslated(string migration, int count) =>
        new(ErrorCode.MigrationNotTranslated, string.Create(CultureInfo.InvariantCulture, $"{migration} cannot be rolled out: {count} of its operations cannot be translated."),
            "Correct what is said above; nothing was changed in the database.");

    public static EfRollException HostNotFound(string path) =>
        new(ErrorCode.HostNotFound, $"The design host is not beside the tool: {path}.", "Install the tool again.");

    public static EfRollException DotnetNotFound(string reason, Exception cause) =>
        new(ErrorCode.DotnetNotFound, $"dotnet cannot be started: {reason}", "Install the .NET SDK, or use --assembly, --manifests or files.", cause: cause);

    public static EfRollException SameMigrationTwice(string migration, string first, string second) =>
        new(ErrorCode.SameMigrationTwice, $"{first} and {second} are both called {migration}, by which a database knows what it has.", "Rename one, or leave it out.",
            new SourceLocation(migration, second));

    public static EfRollException OutputNotWritten(string path, string reason, Exception cause) =>
        new(ErrorCode.OutputNotWritten, $"{path} cannot be written: {reason}", "Name a file in a folder that exists and may be written to.", cause: cause);

    public static EfRollException NotReady(string database, IEnumerable<string> missing) =>
        new(ErrorCode.NotReady, $"Rollouts do not work on {database} as this role: {string.Join(", ", missing)}.", "What to do is said at each.");

    /// <summary>A refusal of the translator's as an error.</summary>
    public static EfRollException Refused(Engine.Manifests.Refusal refusal) => new((ErrorCode)refusal.Code, refusal.Message, refusal.Remedy, refusal.Source);

    static string Indented(string output)
    {
        var lines = output.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0).Distinct().ToList();
        return lines.Count == 0 ? "" : "\n" + string.Join('\n', lines.Select(line => "    " + line));
    }
}
