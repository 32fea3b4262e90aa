using System.Globalization;
using System.Text;

namespace EfRoll.Rehearsal.Generated;

/// <summary>What came of generated histories, together.</summary>
public sealed record HistoriesResult(int Seed)
{
    readonly List<Report> _reports = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>How many rollouts came to a verdict.</summary>
    public int Count(Verdict verdict) => _reports.Sum(report => report.Count(verdict));

    /// <summary>Whether none differs.</summary>
    public bool IsGood => _reports.TrueForAll(report => report.IsGood);

    internal void Add(Report report) => _reports.Add(report);

    /// <summary>A few lines.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{_reports.Count} histories of seed {Seed} in {Elapsed.TotalSeconds:0} s: {_reports.Sum(report => report.Migrations)} migrations");
        text.AppendLine(CultureInfo.InvariantCulture, $"written     {_reports.Sum(report => report.Written)} rollouts once more, while both versions wrote");
        foreach (var verdict in (Verdict[])[Verdict.Equal, Verdict.Refused, Verdict.Skipped, Verdict.Different, Verdict.Failed])
            text.AppendLine(CultureInfo.InvariantCulture, $"{verdict.ToString().ToLowerInvariant(),-11} {Count(verdict)}");
        foreach (var code in _reports.SelectMany(report => report.Findings).Where(finding => finding.Verdict == Verdict.Refused).GroupBy(finding => finding.Title).OrderByDescending(group => group.Count()))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {code.Key,-9} {code.Count()}");
        return text.ToString();
    }
}
