using EfRoll.Engine.Errors;

namespace EfRoll.Engine.Review;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>The migration cannot be rolled out.</summary>
    Error,

    /// <summary>It can, at a price that somebody should know.</summary>
    Warning,

    /// <summary>Good to know.</summary>
    Note,
}

/// <summary>One thing that there is to say of a migration before anybody starts it.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Code">Tells findings apart; explained in <c>docs/errors.md</c>.</param>
/// <param name="Message">What it is.</param>
/// <param name="Remedy">What to do; null where nothing is to be done.</param>
/// <param name="Source">Where; null if it is about no migration.</param>
public sealed record Finding(Severity Severity, ErrorCode Code, string Message, string? Remedy, SourceLocation? Source)
{
    /// <summary>Why the migration's author accepts it; null if nobody does.</summary>
    public string? Accepted { get; init; }

    /// <summary>The code as users see it: <c>EFR4111</c>.</summary>
    public string CodeText => Code.ToText();

    /// <summary>An error as a finding; without a place of its own it is put to the given one.</summary>
    public static Finding Of(EfRollException exception, SourceLocation? place = null)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return new Finding(Severity.Error, exception.Code, exception.Message, exception.Remedy, exception.Location ?? place);
    }
}
