using EfRoll.Engine;
using EfRoll.Engine.Errors;

namespace EfRoll.Tool.Findings;

/// <summary>How much a finding matters.</summary>
enum Severity
{
    /// <summary>The migration cannot be rolled out.</summary>
    Error,

    /// <summary>It can, at a price that somebody should know.</summary>
    Warning,

    /// <summary>Good to know.</summary>
    Note,
}

/// <summary>One thing that a check has to say of a migration.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Code">As users see it: <c>EFR1202</c>.</param>
/// <param name="Message">What it is.</param>
/// <param name="Remedy">What to do; null where nothing is to be done.</param>
/// <param name="Source">Where; null if it is about no migration.</param>
sealed record Finding(Severity Severity, string Code, string Message, string? Remedy, SourceLocation? Source)
{
    /// <summary>An error as a finding; without a place of its own it is put to the given one.</summary>
    public static Finding Of(EfRollException exception, SourceLocation? place = null) =>
        new(Severity.Error, exception.CodeText, exception.Message, exception.Remedy, exception.Location ?? place);
}

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
