using EfRoll.Engine.Errors;

namespace EfRoll.Tool;

/// <summary>What the tool tells the shell; explained in <c>docs/exit-codes.md</c>.</summary>
enum ExitCode
{
    /// <summary>Done, or nothing was to do.</summary>
    Success = 0,

    /// <summary>Refused or failed; the message says why.</summary>
    Failed = 1,

    /// <summary>The arguments are wrong.</summary>
    Usage = 2,

    /// <summary>The database cannot be reached, or does not let us in.</summary>
    CannotConnect = 4,

    /// <summary>Somebody else is in the way: another runner, or a transaction that holds a lock past the deadline.</summary>
    Locked = 5,

    /// <summary>Something that should not happen: an error of the tool's own.</summary>
    Crashed = 70,

    /// <summary>Stopped by a signal; the same command goes on from there.</summary>
    Cancelled = 130,
}

static class ExitCodes
{
    public static ExitCode Of(EfRollException exception) => exception.Code switch
    {
        ErrorCode.SourcesContradict or ErrorCode.NoSource or ErrorCode.InvalidArgument or ErrorCode.NoConnectionString or ErrorCode.InvalidConnectionString
            or ErrorCode.OutputNotWritten => ExitCode.Usage,
        _ => OfNumber((int)exception.Code),
    };

    // By number: these errors are raised by the engine alone.
    static ExitCode OfNumber(int code) => code switch
    {
        1301 or 1302 or 1303 or 1305 => ExitCode.CannotConnect,
        1412 or 1501 or 1503 or 1603 => ExitCode.Locked,
        _ => ExitCode.Failed,
    };
}
