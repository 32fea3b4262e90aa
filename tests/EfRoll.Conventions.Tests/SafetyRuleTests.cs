using System.Text.RegularExpressions;
using EfRoll.TestSupport;

namespace EfRoll.Conventions.Tests;

/// <summary>Every answer of docs/safety.md has a test that is there, or a reason why it has none.</summary>
public sealed partial class SafetyRuleTests
{
    // Danger, rules, answer, test.
    static readonly string[][] Rows =
    [
        .. File.ReadAllLines(RepositoryRoot.File("docs", "safety.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Danger | Rules |", StringComparison.Ordinal))
            .Select(line => line[2..].TrimEnd(' ', '|').Split(" | ")),
    ];

    // By the name of the class, which is its file's.
    static readonly ILookup<string, string> TestClasses = Directory
        .EnumerateFiles(RepositoryRoot.File("tests"), "*Tests.cs", SearchOption.AllDirectories)
        .Select(path => (Name: Path.GetFileNameWithoutExtension(path), Text: File.ReadAllText(path)))
        .Where(file => Regex.IsMatch(file.Text, $@"^public (sealed |abstract |partial )*class {file.Name}\b", RegexOptions.Multiline))
        .ToLookup(file => file.Name, file => file.Text);

    [Fact]
    public void The_table_is_found()
    {
        Assert.NotEmpty(Rows);
        Violations.AssertNone(Rows.Where(row => row.Length != 4).Select(row => string.Join(" | ", row)));
    }

    [Fact]
    public void Every_test_that_is_named_exists() =>
        Violations.AssertNone(Rows.SelectMany(row => Test().Matches(row[^1])).Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).Distinct()
            .Where(test => !TestClasses[test.Class].Any(text => Regex.IsMatch(text, $@"\[(Fact|Theory)\b((?!\bpublic )[\s\S])*\bpublic [\w ]+ {test.Method}\("))).Select(test => $"{test.Class}.{test.Method}"));

    [Fact]
    public void Whatever_has_an_answer_has_a_test()
    {
        // What is done, refused or told can be shown; what is not ours needs at least a reason.
        Violations.AssertNone(Rows.Where(row => !Test().IsMatch(row[^1]) && (!row[2].StartsWith("**Not ours", StringComparison.Ordinal) || row[^1].Trim().Length == 0)).Select(row => row[0]));
    }

    [Fact]
    public void Every_code_that_is_named_is_explained()
    {
        var explained = File.ReadAllText(RepositoryRoot.File("docs", "errors.md"));
        Violations.AssertNone(Rows.SelectMany(row => Code().Matches(row[2])).Select(match => match.Value).Distinct().Where(code => !explained.Contains($"| {code} |", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex Test();

    [GeneratedRegex(@"EFR\d{4}")]
    private static partial Regex Code();
}
