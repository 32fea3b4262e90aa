namespace EfRoll.Engine.Tests.Faults;

/// <summary>What goes wrong at a statement of the tool.</summary>
public enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The tool is gone; the server never sees the statement.</summary>
    GoneBefore,

    /// <summary>The tool is gone; the server has run it, a commit also, and nobody hears of that.</summary>
    GoneAfter,

    /// <summary>The server ends all sessions of the tool, once it has run it (<c>pg_terminate_backend</c>).</summary>
    SessionsEnded,

    /// <summary>The server refuses it, for its time or for want of disk space, and the session goes on.</summary>
    Refused,

    /// <summary>The server is stopped, once it has run it, as by a crash, and starts again.</summary>
    ServerStopped,
}
