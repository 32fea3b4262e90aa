using System.Text.RegularExpressions;

namespace EfRoll.Tool.Findings;

/// <summary>What <c>docs/errors.md</c> says of a code; the tool carries that page along.</summary>
static partial class CodeTexts
{
    static readonly Dictionary<string, (string Meaning, string Remedy)> All = Read();

    /// <summary>What the code means, and what to do.</summary>
    public static (string Meaning, string Remedy) Of(string code) => All.TryGetValue(code, out var texts) ? texts : (code, code);

    static Dictionary<string, (string Meaning, string Remedy)> Read()
    {
        using var stream = typeof(CodeTexts).Assembly.GetManifestResourceStream("errors.md")!;
        using var reader = new StreamReader(stream);
        return Row().Matches(Link().Replace(reader.ReadToEnd(), "$1"))
            .ToDictionary(row => row.Groups["code"].Value, row => (row.Groups["meaning"].Value.Trim(), row.Groups["remedy"].Value.Trim()));
    }

    [GeneratedRegex(@"^\| (?<code>EFR\d{4}) \|(?<meaning>[^|\n]+)\|(?<remedy>[^|\n]+)\|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]+\)")]
    private static partial Regex Link();
}
