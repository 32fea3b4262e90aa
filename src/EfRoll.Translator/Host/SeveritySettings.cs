using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using EfRoll.Engine.Review;
using Microsoft.CodeAnalysis;
using Severity = EfRoll.Engine.Review.Severity;

namespace EfRoll.Translator.Host;

/// <summary>How severe findings are by the project's <c>.editorconfig</c> and <c>.globalconfig</c>, as the compiler reads them: <c>dotnet_diagnostic.EFR4102.severity = warning</c>.</summary>
sealed class SeveritySettings
{
    readonly Func<Finding, Finding?> _apply;

    SeveritySettings(Func<Finding, Finding?> apply) => _apply = apply;

    /// <summary>Reads the files that a list names, one in each line; the compiler's library is only loaded where one of them says something of us.</summary>
    public static SeveritySettings Read(string? list, string? projectFolder)
    {
        var files = list is not null && File.Exists(list) ? File.ReadLines(list).Where(File.Exists).ToList() : [];
        var isSaid = files.Exists(file => File.ReadLines(file).Any(line => line.Contains("dotnet_diagnostic.efr", StringComparison.OrdinalIgnoreCase)));
        return new SeveritySettings(isSaid ? ByFiles(files, projectFolder ?? Directory.GetCurrentDirectory()) : finding => finding);
    }

    /// <summary>The finding as it is to be reported; null if it is not.</summary>
    public Finding? Apply(Finding finding) => _apply(finding);

    // Nothing outside of it may name the compiler's types, or their library would be loaded in any case.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static Func<Finding, Finding?> ByFiles(IEnumerable<string> files, string projectFolder)
    {
        var configs = AnalyzerConfigSet.Create(files.Select(file => AnalyzerConfig.Parse(File.ReadAllText(file), Path.GetFullPath(file))).ToImmutableArray());
        var ofProject = configs.GlobalConfigOptions.TreeOptions;
        return finding =>
        {
            // A finding without a file of its own is the project's.
            var ofFile = configs.GetOptionsForSourcePath(Path.GetFullPath(finding.Source?.File ?? "Migration.cs", projectFolder)).TreeOptions;
            if (!ofFile.TryGetValue(finding.CodeText, out var level) && !ofProject.TryGetValue(finding.CodeText, out level))
                return finding;
            return level switch
            {
                ReportDiagnostic.Error => finding with { Severity = Severity.Error },
                ReportDiagnostic.Warn => finding with { Severity = Severity.Warning },
                ReportDiagnostic.Default => finding,
                _ => null,
            };
        };
    }
}
