using System.Text.RegularExpressions;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Faults;

/// <summary>The page on reliability speaks of what is tested.</summary>
public sealed partial class ReliabilityPageTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_operation_has_a_row() =>
        Assert.Equal(FaultCases.All.Select(one => one.Name), await FaultLedger.DocumentedAsync(Token));

    [Fact]
    public async Task Every_test_that_it_names_is_there()
    {
        var page = await File.ReadAllTextAsync(RepositoryRoot.File("docs", "reliability.md"), Token);
        var named = TestName().Matches(page).Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).ToList();

        Assert.NotEmpty(named);
        foreach (var (name, method) in named)
        {
            var file = Assert.Single(Directory.EnumerateFiles(RepositoryRoot.File("tests"), $"{name}.cs", SearchOption.AllDirectories));
            Assert.Contains($" {method}(", await File.ReadAllTextAsync(file, Token), StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex TestName();
}
