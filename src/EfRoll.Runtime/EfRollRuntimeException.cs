namespace EfRoll.Runtime;

/// <summary>The application cannot be put on its version, or the database is not ready for it; the message says what to do.</summary>
public sealed class EfRollRuntimeException : InvalidOperationException
{
    internal EfRollRuntimeException(string code, string message, string remedy, Exception? cause = null)
        : base($"{message} {remedy} ({code})", cause)
    {
        Code = code;
        Problem = message;
        Remedy = remedy;
    }

    /// <summary>Tells errors apart: <c>EFR</c> and four digits, explained in <c>docs/errors.md</c>.</summary>
    public string Code { get; }

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }

    internal string Problem { get; }
}
