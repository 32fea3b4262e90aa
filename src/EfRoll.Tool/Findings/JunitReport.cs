using System.Globalization;
using System.Text;
using System.Xml;
using EfRoll.Engine.Review;

namespace EfRoll.Tool.Findings;

/// <summary>Writes findings as JUnit XML: each migration is a test, which its errors fail; warnings and notes are its output.</summary>
static class JunitReport
{
    // For what is about no migration.
    const string Rollout = "rollout";

    static readonly XmlWriterSettings Settings = new() { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };

    public static string Of(CheckReport report, SourcePaths paths)
    {
        var findings = report.Findings.ToLookup(NameOf);
        var names = report.Migrations.Concat(report.Findings.Select(NameOf)).Distinct().ToList();
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, Settings))
        {
            var failed = names.Count(name => findings[name].Any(IsError));
            xml.WriteStartElement("testsuites");
            WriteCounts(xml, names.Count, failed);
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", "efroll check");
            WriteCounts(xml, names.Count, failed);
            foreach (var name in names)
                WriteTest(xml, report.Context, name, [.. findings[name]], paths);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    static void WriteTest(XmlWriter xml, string context, string name, IReadOnlyList<Finding> findings, SourcePaths paths)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Clean(context));
        xml.WriteAttributeString("name", Clean(name));
        foreach (var finding in findings.Where(IsError))
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("type", finding.CodeText);
            xml.WriteAttributeString("message", Clean(finding.Message));
            xml.WriteString(Clean(TextReport.Of(finding, paths)));
            xml.WriteEndElement();
        }

        var rest = string.Concat(findings.Where(finding => !IsError(finding)).Select(finding => TextReport.Of(finding, paths)));
        if (rest.Length > 0)
            xml.WriteElementString("system-out", Clean(rest));
        xml.WriteEndElement();
    }

    static void WriteCounts(XmlWriter xml, int tests, int failures)
    {
        xml.WriteAttributeString("tests", tests.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", failures.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("errors", "0");
    }

    static bool IsError(Finding finding) => finding.Severity == Severity.Error;

    static string NameOf(Finding finding) => finding.Source?.Migration ?? Rollout;

    // A name in a database may hold characters that XML cannot.
    static string Clean(string text) => string.Concat(text.EnumerateRunes()
        .Select(rune => rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "\uFFFD" : rune.ToString()));
}
