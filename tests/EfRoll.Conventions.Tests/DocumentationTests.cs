using System.Text.RegularExpressions;
using EfRoll.TestSupport;

namespace EfRoll.Conventions.Tests;

/// <summary>Prose names only what is there.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_file_that_is_named_exists()
    {
        var pages = Directory.EnumerateFiles(RepositoryRoot.Path, "*.md")
            .Concat(Directory.EnumerateFiles(RepositoryRoot.File("docs"), "*.md", SearchOption.AllDirectories));

        Violations.AssertNone(
            from page in pages
            let text = File.ReadAllText(page)
            from target in Links(page, text).Concat(Paths(text))
            where !Path.Exists(target)
            select $"{Path.GetRelativePath(RepositoryRoot.Path, page)} names {Path.GetRelativePath(RepositoryRoot.Path, target)}");
    }

    static IEnumerable<string> Links(string page, string text) =>
        Link().Matches(text).Select(match => Path.GetFullPath(match.Groups[1].Value, Path.GetDirectoryName(page)!));

    static IEnumerable<string> Paths(string text) =>
        PathInRepository().Matches(text).Select(match => RepositoryRoot.File(match.Groups[1].Value));

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)(#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((src|tests|docs|eng|samples)/[^`<]*)`")]
    private static partial Regex PathInRepository();
}
