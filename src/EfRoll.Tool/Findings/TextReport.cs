using System.Globalization;
using System.Text;
using EfRoll.Engine.Review;

namespace EfRoll.Tool.Findings;

/// <summary>Writes findings as compilers do, <c>file(line,column): error EFR1202: message</c>, and the way out below.</summary>
static class TextReport
{
    public static string Of(CheckReport report, SourcePaths paths) => string.Concat(report.Findings.Select(finding => Of(finding, paths)));

    public static string Of(Finding finding, SourcePaths paths)
    {
        var text = new StringBuilder();
        if (paths.ForPeople(finding.Source) is { Length: > 0 } place)
            text.Append(place).Append(": ");
        text.Append(Word(finding.Severity)).Append(' ').Append(finding.CodeText).Append(": ").Append(finding.Message).Append('\n');
        if (finding.Remedy is { } remedy)
            text.Append("    ").Append(remedy).Append('\n');
        if (finding.Accepted is { } reason)
            text.Append("    Accepted: ").Append(reason).Append('\n');
        return text.ToString();
    }

    /// <summary>How many there are of each.</summary>
    public static string Summary(CheckReport report) => string.Create(CultureInfo.InvariantCulture,
        $"{Count(report.Migrations.Count, "migration")} checked: {Count(report.Count(Severity.Error), "error")}, {Count(report.Count(Severity.Warning), "warning")}, {Count(report.Count(Severity.Note), "note")}.");

    public static string Word(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "note",
    };

    static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
