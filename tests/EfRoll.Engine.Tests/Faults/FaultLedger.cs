using System.Collections.Concurrent;
using System.Globalization;
using EfRoll.Engine.Tests.Faults;
using EfRoll.TestSupport;

[assembly: AssemblyFixture(typeof(FaultLedger))]

namespace EfRoll.Engine.Tests.Faults;

/// <summary>
/// Counts the faults that were survived. A run over all cases (<c>EFROLL_FAULTS=1</c> for every statement, <c>3</c> for one in three) writes the table in
/// <c>docs/reliability.md</c>.
/// </summary>
public sealed class FaultLedger : IAsyncDisposable
{
    const string Begin = "<!-- faults: written by ./test.sh --faults -->";
    const string End = "<!-- end of faults -->";

    const string BeforeJournal = "after it, before the journal";

    /// <summary>The columns of the table.</summary>
    static readonly string[] Boundaries = ["before it is sent", "after it, before the answer", BeforeJournal, "sessions ended", "refused", "server stopped"];

    readonly ConcurrentDictionary<(string Case, string Boundary), int> _survived = [];

    /// <summary>One in how many statements is tried; null for a few of some commands.</summary>
    public static int? OneIn { get; } = int.TryParse(Environment.GetEnvironmentVariable("EFROLL_FAULTS"), CultureInfo.InvariantCulture, out var number) ? number : null;

    static string Page => RepositoryRoot.File("docs", "reliability.md");

    /// <summary>The operations that the documentation has a row for.</summary>
    public static async Task<IReadOnlyList<string>> DocumentedAsync(CancellationToken cancellationToken)
    {
        var (text, begin, end) = await FindAsync(cancellationToken);
        return [.. text[begin..end].Trim().Split('\n').SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal)).Skip(1).SkipLast(1).Select(line => line.Split('|')[1].Trim())];
    }

    public async ValueTask DisposeAsync()
    {
        // A run of some of the tests has nothing to say about the others.
        if (OneIn is null || FaultCases.All.Any(one => Boundaries.Any(boundary => boundary != BeforeJournal && !_survived.ContainsKey((one.Name, boundary)))))
            return;
        var (text, begin, end) = await FindAsync(CancellationToken.None);
        IEnumerable<string> lines =
        [
            OneIn == 1 ? "At every statement:" : $"At one in {OneIn} statements, with others for each operation:",
            "",
            $"| Operation | {string.Join(" | ", Boundaries)} | all |",
            $"|---|{string.Concat(Enumerable.Repeat("--:|", Boundaries.Length + 1))}",
            .. FaultCases.All.Select(one => Row(one.Name, boundary => _survived.GetValueOrDefault((one.Name, boundary)))),
            Row("all", boundary => _survived.Where(pair => pair.Key.Boundary == boundary).Sum(pair => pair.Value)),
        ];
        await File.WriteAllTextAsync(Page, $"{text[..begin]}\n\n{string.Join('\n', lines)}\n\n{text[end..]}");
    }

    internal void Count(string name, Fault fault, SentStatement at)
    {
        var boundary = fault switch
        {
            Fault.GoneBefore => at.IsLateNote ? BeforeJournal : Boundaries[0],
            Fault.GoneAfter => Boundaries[1],
            Fault.SessionsEnded => Boundaries[3],
            Fault.Refused => Boundaries[4],
            Fault.ServerStopped => Boundaries[5],
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
        };
        _survived.AddOrUpdate((name, boundary), 1, (_, count) => count + 1);
    }

    static string Row(string name, Func<string, int> count)
    {
        List<int> counts = [.. Boundaries.Select(count)];
        return $"| {name} | {string.Join(" | ", counts.Append(counts.Sum()).Select(number => number == 0 ? "–" : number.ToString("N0", CultureInfo.InvariantCulture)))} |";
    }

    static async Task<(string Text, int Begin, int End)> FindAsync(CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(Page, cancellationToken);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        Assert.True(begin >= Begin.Length && end > begin, $"{Page} has no place for the table.");
        return (text, begin, end);
    }
}
