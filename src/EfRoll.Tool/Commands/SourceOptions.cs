using EfRoll.Engine.Manifests;
using EfRoll.Tool.Output;
using EfRoll.Tool.Sources;
using McMaster.Extensions.CommandLineUtils;
using Npgsql;

namespace EfRoll.Tool.Commands;

/// <summary>Where the migrations are: a project, a build, manifests, or files.</summary>
sealed class SourceOptions
{
    readonly CommandLineApplication _command;
    readonly CommandArgument? _files;
    readonly CommandOption _project;
    readonly CommandOption _startupProject;
    readonly CommandOption _framework;
    readonly CommandOption _configuration;
    readonly CommandOption _noBuild;
    readonly CommandOption _assembly;
    readonly CommandOption _startupAssembly;
    readonly CommandOption? _manifests;
    readonly CommandOption _context;

    /// <summary>Adds the options; a command that needs the source only to find the database takes no files and no manifests.</summary>
    public SourceOptions(CommandLineApplication command, bool isForMigrations)
    {
        _command = command;
        _files = isForMigrations
            ? command.Argument("files", "Instead of a project: migrations in pgroll's format (.yaml, .yml, .json), or folders of them.", multipleValues: true)
            : null;
        _project = Option("-p|--project <PATH>", isForMigrations
            ? "The project with the migrations. Default: the one in the current folder."
            : "A project whose DbContext knows the database. Default: the one in the current folder.");
        _startupProject = Option("-s|--startup-project <PATH>", "The project of the application. Default: the same.");
        _framework = Option("--framework <NAME>", "The target framework. Default: the project's, where it has one.");
        _configuration = Option("--configuration <NAME>", "The configuration. Default: Debug.");
        _noBuild = command.Option("--no-build", "Take the build as it is.", CommandOptionType.NoValue);
        _assembly = Option("--assembly <PATH>", isForMigrations
            ? "Instead of a project: the built assembly with the migrations."
            : "Instead of a project: the built assembly with the DbContext.");
        _startupAssembly = Option("--startup-assembly <PATH>", "The built application. Default: the same.");
        _manifests = isForMigrations ? Option("--manifests <FOLDER>", "Instead of a project: the manifests that a build wrote.") : null;
        _context = Option("-c|--context <NAME>", "The DbContext. Default: the only one.");
    }

    public async Task<MigrationSource> ReadAsync(Reporter reporter, CancellationToken cancellationToken)
    {
        RefuseContradictions();
        if (_files?.Values is { Count: > 0 } files)
            return MigrationFiles.Read(files);
        if (_manifests?.HasValue() == true)
            return new MigrationSource(ManifestFolder.Read(_manifests.Value()!, Value(_context)), Views: null) { Place = _manifests.Value()! };

        var build = _assembly.HasValue() ? Assemblies() : await BuildAsync(reporter, cancellationToken).ConfigureAwait(false);
        return new MigrationSource(await DesignHost.DescribeAsync(build, Value(_context), reporter.Say, cancellationToken).ConfigureAwait(false), Views: null)
        {
            Place = build.ProjectFolder ?? build.Assembly,
            Folder = build.ProjectFolder,
        };
    }

    /// <summary>The database that the user names; else the DbContext's own, where the user named a project or a build, or stands in its folder.</summary>
    public async Task<NpgsqlConnectionStringBuilder> FindDatabaseAsync(DatabaseOptions database, Reporter reporter, CancellationToken cancellationToken)
    {
        var isNamed = _project.HasValue() || _startupProject.HasValue() || _assembly.HasValue();
        if (database.IsKnown || !isNamed && ProjectBuild.ProjectsIn(Directory.GetCurrentDirectory()).Count == 0)
            return database.Connection(ofContext: null);
        return database.Connection((await ReadAsync(reporter, cancellationToken).ConfigureAwait(false)).Manifest.ConnectionString);
    }

    BuiltAssemblies Assemblies()
    {
        var assembly = Path.GetFullPath(_assembly.Value()!);
        var startup = _startupAssembly.HasValue() ? Path.GetFullPath(_startupAssembly.Value()!) : assembly;
        return new BuiltAssemblies(assembly, startup, Path.GetDirectoryName(startup)!) { PackageFolder = PackageFolder() };
    }

    // A library's build leaves its packages where NuGet put them; there is no project to ask where that is.
    static string PackageFolder() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    async Task<BuiltAssemblies> BuildAsync(Reporter reporter, CancellationToken cancellationToken)
    {
        var folder = Directory.GetCurrentDirectory();
        if (!_project.HasValue() && ProjectBuild.ProjectsIn(folder).Count == 0)
            throw ToolMistakes.NoSource(folder);
        ProjectBuild.FindProject(Value(_project) ?? folder);
        if (!_noBuild.HasValue())
            reporter.Say("Building …");
        return await new ProjectBuild(Value(_project) ?? folder, Value(_startupProject), Value(_framework), Value(_configuration), _noBuild.HasValue())
            .RunAsync(cancellationToken).ConfigureAwait(false);
    }

    void RefuseContradictions()
    {
        var given = new List<string>();
        if (_files?.Values is { Count: > 0 })
            given.Add("files");
        if (_manifests?.HasValue() == true)
            given.Add("--manifests");
        if (_assembly.HasValue())
            given.Add("--assembly");
        if (_project.HasValue() || _startupProject.HasValue())
            given.Add("--project");
        if (given.Count > 1)
            throw ToolMistakes.SourcesContradict(given);
        if (_startupAssembly.HasValue() && !_assembly.HasValue())
            throw ToolMistakes.SourcesContradict([.. given, "--startup-assembly without --assembly"]);
    }

    CommandOption Option(string template, string description) => _command.Option(template, description, CommandOptionType.SingleValue);

    static string? Value(CommandOption option) => option.HasValue() ? option.Value() : null;
}
