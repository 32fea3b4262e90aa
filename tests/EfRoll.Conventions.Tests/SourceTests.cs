using System.Text.RegularExpressions;
using EfRoll.TestSupport;

namespace EfRoll.Conventions.Tests;

/// <summary>What a file of the shipped code looks like.</summary>
public sealed partial class SourceTests
{
    const int MaxLines = 400;

    [Fact]
    public void No_file_is_too_long() =>
        Violations.AssertNone(SourceFile.All.Where(file => file.Lines.Count > MaxLines).Select(file => $"{file.Path}: {file.Lines.Count} lines"));

    [Fact]
    public void Public_async_methods_can_be_cancelled()
    {
        var wrong =
            from file in SourceFile.All
            from Match method in AsyncMethod().Matches(file.Code)
            where !method.Groups["parameters"].Value.Contains("CancellationToken", StringComparison.Ordinal)
            where method.Groups["name"].Value is not ("DisposeAsync" or "OnExecuteAsync")
            select $"{file.Path}: {method.Groups["name"].Value}";

        Violations.AssertNone(wrong);
    }

    [Fact]
    public void Suppressed_warnings_have_a_reason() =>
        Violations.AssertNone(
            from file in SourceFile.All
            from line in file.Lines
            where line.Contains("#pragma warning disable", StringComparison.Ordinal) && !line.Contains("//", StringComparison.Ordinal)
            select $"{file.Path}: {line}");

    [Fact]
    public void Nothing_is_hidden_in_regions() =>
        Violations.AssertNone(SourceFile.All.Where(file => file.Code.Contains("#region", StringComparison.Ordinal)).Select(file => file.Path));

    [Fact]
    public void No_type_or_folder_has_a_name_that_says_nothing()
    {
        var types =
            from file in SourceFile.All
            from Match type in EmptyName().Matches(file.Code)
                // A name that a base type of EF Core or MSBuild asks for.
            where !type.Groups["base"].Value.EndsWith(type.Groups["suffix"].Value, StringComparison.Ordinal)
            select $"{file.Path}: {type.Groups["name"].Value}";
        var folders = Directory.EnumerateDirectories(RepositoryRoot.File("src"), "*", SearchOption.AllDirectories)
            .Where(folder => Path.GetFileName(folder) is "Helpers" or "Utils" or "Common" or "Internal" or "Services");

        Violations.AssertNone(types);
        Violations.AssertNone(folders);
    }

    [GeneratedRegex(@"\bpublic (?!override)(static |async |virtual |sealed )*(Task|ValueTask|IAsyncEnumerable)(<[^(]*>)? (?<name>\w+)(<\w+>)?\((?<parameters>[^{;]*?)\)\s*(=>|\{|where|;)", RegexOptions.Singleline)]
    private static partial Regex AsyncMethod();

    [GeneratedRegex(@"\b(class|record|struct|interface) (?<name>\w+?(?<suffix>Manager|Helper|Helpers|Util|Utils|Service|Info|Data|Base))\b(<\w+>)?(\([^)]*\))?(\s*:\s*(?<base>\w+))?")]
    private static partial Regex EmptyName();
}
