using EfRoll.TestSupport;

namespace EfRoll.Rehearsal.Tests;

/// <summary>Whole histories, by EF Core and by EfRoll, over rows, with the same result after every step.</summary>
public class HistoriesTests
{
    // What cannot be rolled out, each for a reason that docs/errors.md gives.
    static readonly (string History, string Migration, string Code)[] Refused = [("Everything", "20240111000000_MoreTypes", "EFR1215")];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Depot")]
    [InlineData("EfApp")]
    [InlineData("Everything", "EverythingContext")]
    [InlineData("Everything", "LedgerContext")]
    [InlineData("OlderVersions")]
    public async Task A_history_is_what_EF_Core_makes(string name, string? context = null)
    {
        await PostgresServer.GetAsync();
        var history = await History.OfAssemblyAsync(AssemblyOf(name), null, context, _ => { }, Token);

        var report = await new Rehearsal(history, new RehearsalOptions(), TestContext.Current.TestOutputHelper!.WriteLine).RunAsync(Token);

        Assert.True(report.IsGood, report.ToString());
        Assert.Equal(history.Count, report.Migrations);
        Assert.Equal(
            Refused.Where(refused => refused.History == name && context != "LedgerContext").Select(refused => (refused.Migration, refused.Code)),
            report.Findings.Where(finding => finding.Verdict == Verdict.Refused).Select(finding => (finding.Migrations, finding.Title)));
        Assert.Equal(0, report.Count(Verdict.Skipped));
    }

    static string AssemblyOf(string fixture)
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}release", StringComparison.OrdinalIgnoreCase) ? "release" : "debug";
        // The sample is built once for each of its two releases.
        return fixture == "EfApp"
            ? RepositoryRoot.File("artifacts", "efapp2", "bin", fixture, configuration, $"{fixture}.dll")
            : RepositoryRoot.File("artifacts", "bin", fixture, configuration, $"{fixture}.dll");
    }
}
