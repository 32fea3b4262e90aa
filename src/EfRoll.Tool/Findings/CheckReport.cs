using EfRoll.Engine.Review;

namespace EfRoll.Tool.Findings;

/// <summary>What a check found.</summary>
/// <param name="Context">What was checked: the DbContext, or files.</param>
/// <param name="Migrations">The migrations that were looked at, in order.</param>
/// <param name="Findings">In the order of the migrations, as far as they are about one.</param>
sealed record CheckReport(string Context, IReadOnlyList<string> Migrations, IReadOnlyList<Finding> Findings)
{
    public int Count(Severity severity) => Findings.Count(finding => finding.Severity == severity);

    /// <summary>The same with every warning as an error.</summary>
    public CheckReport WithWarningsAsErrors() => this with
    {
        Findings = [.. Findings.Select(finding => finding.Severity == Severity.Warning ? finding with { Severity = Severity.Error } : finding)],
    };
}
