using System.Collections.Immutable;
using EfRoll.Engine.Review;
using Microsoft.CodeAnalysis;
using Severity = EfRoll.Engine.Review.Severity;

namespace EfRoll.Translator.Host;

/// <summary>How severe findings are by the project's <c>.editorconfig</c> and <c>.globalconfig</c>, as the compiler reads them: <c>dotnet_diagnostic.EFR4102.severity = warning</c>.</summary>
sealed class SeveritySettings
{
    readonly string _projectFolder;
    readonly AnalyzerConfigSet? _configs;

    SeveritySettings(AnalyzerConfigSet? configs, string projectFolder)
    {
        _configs = configs;
        _projectFolder = projectFolder;
    }

    /// <summary>Reads the files that a list names, one in each line; the compiler's library is only loaded where one of them says something of us.</summary>
    public static SeveritySettings Read(string? list, string? projectFolder)
    {
        var files = list is not null && File.Exists(list) ? File.ReadLines(list).Where(File.Exists).ToList() : [];
        var isSaid = files.Exists(file => File.ReadLines(file).Any(line => line.Contains("dotnet_diagnostic.efr", StringComparison.OrdinalIgnoreCase)));
        return new SeveritySettings(isSaid ? Parse(files) : null, projectFolder ?? Directory.GetCurrentDirectory());
    }

    /// <summary>The finding as it is to be reported; null if it is not.</summary>
    public Finding? Apply(Finding finding)
    {
        if (_configs is null || Configured(finding) is not { } level)
            return finding;
        return level switch
        {
            ReportDiagnostic.Error => finding with { Severity = Severity.Error },
            ReportDiagnostic.Warn => finding with { Severity = Severity.Warning },
            ReportDiagnostic.Default => finding,
            _ => null,
        };
    }

    static AnalyzerConfigSet Parse(IEnumerable<string> files) =>
        AnalyzerConfigSet.Create(files.Select(file => AnalyzerConfig.Parse(File.ReadAllText(file), Path.GetFullPath(file))).ToImmutableArray());

    // A finding without a file of its own is the project's.
    ReportDiagnostic? Configured(Finding finding)
    {
        var path = Path.GetFullPath(finding.Source?.File ?? "Migration.cs", _projectFolder);
        if (_configs!.GetOptionsForSourcePath(path).TreeOptions.TryGetValue(finding.CodeText, out var ofFile))
            return ofFile;
        return _configs.GlobalConfigOptions.TreeOptions.TryGetValue(finding.CodeText, out var ofProject) ? ofProject : null;
    }
}
