using System.Globalization;
using System.Text.RegularExpressions;
using EfRoll.TestSupport;

namespace EfRoll.Conventions.Tests;

/// <summary>Whoever looks up a code finds it, and finds nothing that no longer exists.</summary>
public sealed partial class ErrorCodeTests
{
    static readonly int[] Explained =
        [.. TableRow().Matches(File.ReadAllText(RepositoryRoot.File("docs", "errors.md"))).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];

    // Read from the sources: each area has its own enum, and the build package writes its codes as text.
    static readonly int[] Existing =
    [
        .. SourceFile.All
            .SelectMany(file => file.Path.EndsWith("ErrorCode.cs", StringComparison.Ordinal) ? Member().Matches(file.Code) : Code().Matches(file.Code))
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            .Distinct(),
    ];

    [Fact]
    public void Every_code_is_explained() => Violations.AssertNone(Existing.Except(Explained));

    [Fact]
    public void Every_explained_code_exists() => Violations.AssertNone(Explained.Except(Existing));

    [Fact]
    public void No_code_is_explained_twice() => Violations.AssertNone(Explained.GroupBy(code => code).Where(group => group.Count() > 1).Select(group => group.Key));

    [GeneratedRegex(@"^\|\s*`?EFR(\d{4})", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"^\s*\w+ = (\d{4}),", RegexOptions.Multiline)]
    private static partial Regex Member();

    [GeneratedRegex(@"\bEFR(\d{4})\b")]
    private static partial Regex Code();
}
