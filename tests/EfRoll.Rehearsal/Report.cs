using System.Globalization;
using System.Text;

namespace EfRoll.Rehearsal;

/// <summary>What came of one rollout, or was found beside it.</summary>
public enum Verdict
{
    /// <summary>Every comparison held.</summary>
    Equal,

    /// <summary>EfRoll refused, and touched nothing.</summary>
    Refused,

    /// <summary>EF Core itself cannot do it here, so there is nothing to compare with.</summary>
    Skipped,

    /// <summary>It is not as EF Core, or as it was before.</summary>
    Different,

    /// <summary>EfRoll failed where EF Core does not.</summary>
    Failed,

    /// <summary>Worth knowing; nothing is wrong.</summary>
    Noted,
}

/// <summary>One line of a report.</summary>
/// <param name="Verdict">What came of it.</param>
/// <param name="Migrations">The migration, or the first and the last one.</param>
/// <param name="Operations">How many operations were rolled out.</param>
/// <param name="Title">What happened: a code, or what differs and when.</param>
/// <param name="Details">The difference, or the message.</param>
public sealed record Finding(Verdict Verdict, string Migrations, int Operations, string Title, string Details = "");

/// <summary>Everything that a rehearsal found.</summary>
public sealed record Report(IReadOnlyList<Finding> Findings, int Migrations, int Rows, IReadOnlyList<string> RowsNotMade)
{
    /// <summary>Whether EfRoll did what EF Core does wherever it did not refuse.</summary>
    public bool IsGood => Count(Verdict.Different) + Count(Verdict.Failed) == 0;

    /// <summary>How many rollouts were done once more while both versions wrote, to their end.</summary>
    public int Written { get; init; }

    /// <summary>How many rollouts came to a verdict.</summary>
    public int Count(Verdict verdict) => Findings.Count(finding => finding.Verdict == verdict);

    /// <summary>The table at the end.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var missing in RowsNotMade)
            text.AppendLine(CultureInfo.InvariantCulture, $"no row for {missing}");
        foreach (var finding in Findings.Where(finding => finding.Verdict == Verdict.Noted))
            text.AppendLine(CultureInfo.InvariantCulture, $"note: {finding.Migrations}: {finding.Title}");
        text.AppendLine(CultureInfo.InvariantCulture, $"migrations  {Migrations}");
        text.AppendLine(CultureInfo.InvariantCulture, $"operations  {Findings.Sum(finding => finding.Operations)} rolled out");
        text.AppendLine(CultureInfo.InvariantCulture, $"rows        {Rows} seeded");
        text.AppendLine(CultureInfo.InvariantCulture, $"written     {Written} rollouts");
        foreach (var verdict in (Verdict[])[Verdict.Equal, Verdict.Refused, Verdict.Skipped, Verdict.Different, Verdict.Failed])
            text.AppendLine(CultureInfo.InvariantCulture, $"{verdict.ToString().ToLowerInvariant(),-11} {Count(verdict)}");
        foreach (var code in Findings.Where(finding => finding.Verdict == Verdict.Refused).GroupBy(finding => finding.Title).OrderByDescending(group => group.Count()))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {code.Key,-9} {code.Count()}");
        return text.ToString();
    }
}
