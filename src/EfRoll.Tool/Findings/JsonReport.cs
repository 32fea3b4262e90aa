using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EfRoll.Tool.Findings;

/// <summary>Writes findings as an array of JSON objects; what is not known of one is left out.</summary>
static class JsonReport
{
    static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(CheckReport report, SourcePaths paths) => Write(json =>
    {
        json.WriteStartArray();
        foreach (var finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("severity", TextReport.Word(finding.Severity));
            json.WriteString("code", finding.CodeText);
            json.WriteString("message", finding.Message);
            if (finding.Remedy is { } remedy)
                json.WriteString("remedy", remedy);
            if (finding.Accepted is { } reason)
                json.WriteString("accepted", reason);
            if (finding.Source is { } place)
                json.WriteString("migration", place.Migration);
            if (finding.Source?.File is { } file)
                json.WriteString("file", paths.ForPrograms(file));
            if (finding.Source?.Line is { } line)
                json.WriteNumber("line", line);
            if (finding.Source?.Column is { } column)
                json.WriteNumber("column", column);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Writes JSON as all formats of it are written.</summary>
    public static string Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
            write(json);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
