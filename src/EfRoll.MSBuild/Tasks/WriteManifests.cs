using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace EfRoll.MSBuild.Tasks;

/// <summary>Starts the design host on a freshly compiled assembly, and puts the manifests that it writes in place.</summary>
public sealed class WriteManifests : ToolTask
{
    /// <summary>The design host, <c>EfRoll.Translator.dll</c>.</summary>
    [Required]
    public string Host { get; set; } = "";

    /// <summary>The <c>dotnet</c> that builds; the one on the path if empty.</summary>
    public string? DotNet { get; set; }

    /// <summary>The compiled assembly.</summary>
    [Required]
    public string Assembly { get; set; } = "";

    /// <summary>What it was compiled from; where no migration is found in it, the host is not started.</summary>
    [Required]
    public ITaskItem[] Sources { get; set; } = [];

    /// <summary>How many of the references are the provider's assembly; without it there is nothing that could be read.</summary>
    [Required]
    public int HasProvider { get; set; }

    /// <summary>A file with the paths of what the assembly needs at run time, one in each line.</summary>
    [Required]
    public string References { get; set; } = "";

    /// <summary>The runtime configuration with the frameworks of the project.</summary>
    [Required]
    public string RuntimeConfig { get; set; } = "";

    /// <summary>What paths in the findings are relative to.</summary>
    [Required]
    public string ProjectFolder { get; set; } = "";

    /// <summary>The only context to be read; all if empty.</summary>
    public string? Context { get; set; }

    /// <summary>The last migration that every database has, so that those after it are checked; the newest alone if empty.</summary>
    public string? CheckFrom { get; set; }

    /// <summary>A file with the paths of the <c>.editorconfig</c> files that hold for the project, one in each line.</summary>
    [Required]
    public string EditorConfigs { get; set; } = "";

    /// <summary>Whether each migration is read through its own context, which runs the application's code that makes it.</summary>
    public bool UseContext { get; set; }

    /// <summary>Where the manifests go.</summary>
    [Required]
    public string OutputFolder { get; set; } = "";

    /// <inheritdoc />
    protected override string ToolName => Path.DirectorySeparatorChar == '\\' ? "dotnet.exe" : "dotnet";

    // What migrations print is theirs; only the other stream holds findings.
    /// <inheritdoc />
    protected override MessageImportance StandardOutputLoggingImportance => MessageImportance.Low;

    /// <inheritdoc />
    protected override MessageImportance StandardErrorLoggingImportance => MessageImportance.High;

    // Written beside the manifests in use, so that a run that fails leaves those alone.
    string NewFolder => OutputFolder.TrimEnd('/', '\\') + ".new";

    /// <inheritdoc />
    public override bool Execute()
    {
        if (HasProvider == 0 || !Array.Exists(Sources, source => HoldsMigration(source.ItemSpec)))
        {
            ManifestFiles.Replace(OutputFolder, NewFolder);
            return true;
        }

        if (!File.Exists(Host))
        {
            Log.LogError(null, "EFR4001", null, null, 0, 0, 0, 0, "The design host {0} is missing. Restore or build EfRoll.MSBuild again.", Host);
            return false;
        }

        if (Directory.Exists(NewFolder))
            Directory.Delete(NewFolder, true);
        Directory.CreateDirectory(NewFolder);
        // A host that fails says why; without that, ToolTask names its exit code.
        if (!base.Execute())
            return false;
        ManifestFiles.Replace(OutputFolder, NewFolder);
        return true;
    }

    /// <inheritdoc />
    protected override string GenerateFullPathToTool() => string.IsNullOrEmpty(DotNet) ? ToolName : DotNet!;

    /// <inheritdoc />
    protected override string GetWorkingDirectory() => ProjectFolder;

    /// <inheritdoc />
    protected override string GenerateCommandLineCommands()
    {
        var line = new CommandLineBuilder();
        line.AppendSwitch("exec");
        line.AppendSwitchIfNotNull("--runtimeconfig ", RuntimeConfig);
        line.AppendFileNameIfNotNull(Host);
        line.AppendSwitch("migrations");
        line.AppendSwitchIfNotNull("--assembly ", Assembly);
        line.AppendSwitchIfNotNull("--references ", References);
        line.AppendSwitchIfNotNull("--out-dir ", NewFolder);
        line.AppendSwitchIfNotNull("--project-dir ", ProjectFolder);
        if (!string.IsNullOrEmpty(Context))
            line.AppendSwitchIfNotNull("--context ", Context);
        if (!string.IsNullOrEmpty(CheckFrom))
            line.AppendSwitchIfNotNull("--check-from ", CheckFrom);
        line.AppendSwitchIfNotNull("--editor-configs ", EditorConfigs);
        if (UseContext)
            line.AppendSwitch("--use-context true");
        return line.ToString();
    }

    /// <inheritdoc />
    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        if (messageImportance == StandardOutputLoggingImportance)
            Log.LogMessage(messageImportance, "{0}", singleLine);
        else
            base.LogEventsFromTextOutput(singleLine, messageImportance);
    }

    static bool HoldsMigration(string path) =>
        File.Exists(path) && File.ReadLines(path).Any(line => line.Contains("Migration(") || line.Contains("MigrationAttribute("));
}
