using System.Globalization;

namespace EfRoll.Engine.Errors;

/// <summary>Something that EfRoll refuses or that went wrong, with a code, the place in the user's sources, and what to do.</summary>
public sealed class EfRollException : Exception
{
    /// <summary>Makes an error; use the methods of <see cref="Mistakes"/>.</summary>
    public EfRollException(ErrorCode code, string message, string remedy, SourceLocation? source = null, Exception? cause = null)
        : base(message, cause)
    {
        Code = code;
        Remedy = remedy;
        Location = source;
    }

    /// <summary>Tells errors apart; explained in <c>docs/errors.md</c>.</summary>
    public ErrorCode Code { get; }

    /// <summary>What the user can do about it.</summary>
    public string Remedy { get; }

    /// <summary>Where in the user's sources it comes from.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>Returns the same error with a place, if it has none yet.</summary>
    public EfRollException At(SourceLocation? source) =>
        Location is not null || source is null ? this : new EfRollException(Code, Message, Remedy, source, InnerException);

    /// <summary>The code as users see it: <c>EFR1101</c>.</summary>
    public string CodeText => Code.ToText();
}

/// <summary>Writes error codes.</summary>
public static class ErrorCodeText
{
    /// <summary>The code as users see it: <c>EFR1101</c>.</summary>
    public static string ToText(this ErrorCode code) => string.Create(CultureInfo.InvariantCulture, $"EFR{(int)code}");
}
