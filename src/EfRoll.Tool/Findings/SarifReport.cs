using System.Text.Json;
using EfRoll.Engine.Review;

namespace EfRoll.Tool.Findings;

/// <summary>Writes findings as SARIF 2.1.0. Code scanning takes no result without a place, so each has one.</summary>
static class SarifReport
{
    public static string Of(CheckReport report, SourcePaths paths) => JsonReport.Write(json =>
    {
        var rules = report.Findings.Select(finding => finding.CodeText).Distinct().Order(StringComparer.Ordinal).ToList();
        json.WriteStartObject();
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "EfRoll");
        json.WriteString("version", typeof(SarifReport).Assembly.GetName().Version!.ToString(3));
        json.WriteStartArray("rules");
        foreach (var rule in rules)
            WriteRule(json, rule, report.Findings.Where(finding => finding.CodeText == rule).Min(finding => finding.Severity));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        foreach (var finding in report.Findings)
            WriteResult(json, finding, rules.IndexOf(finding.CodeText), paths);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    static void WriteRule(Utf8JsonWriter json, string code, Severity severity)
    {
        var (meaning, remedy) = CodeTexts.Of(code);
        json.WriteStartObject();
        json.WriteString("id", code);
        WriteText(json, "shortDescription", meaning);
        WriteText(json, "fullDescription", meaning);
        WriteText(json, "help", remedy);
        json.WriteStartObject("defaultConfiguration");
        json.WriteString("level", TextReport.Word(severity));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteResult(Utf8JsonWriter json, Finding finding, int rule, SourcePaths paths)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.CodeText);
        json.WriteNumber("ruleIndex", rule);
        json.WriteString("level", TextReport.Word(finding.Severity));
        WriteText(json, "message", finding.Remedy is null ? finding.Message : $"{finding.Message} {finding.Remedy}");
        if (finding.Accepted is { } reason)
        {
            json.WriteStartArray("suppressions");
            json.WriteStartObject();
            json.WriteString("kind", "inSource");
            json.WriteString("justification", reason);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", paths.ForPrograms(finding.Source?.File ?? paths.FallbackOf(finding.Source?.Migration)));
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", finding.Source?.Line ?? 1);
        if (finding.Source?.Column is { } column)
            json.WriteNumber("startColumn", column);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
