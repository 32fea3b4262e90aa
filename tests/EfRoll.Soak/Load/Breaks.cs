using System.Net.Sockets;
using Npgsql;

namespace EfRoll.Soak.Load;

/// <summary>Tells what a plain table would have done as well from what it would not.</summary>
static class Breaks
{
    /// <summary>Whether the connection is gone, and with it the answer: whether the transaction happened is unknown.</summary>
    public static bool IsBroken(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow } => true,
        PostgresException => false,
        NpgsqlException { InnerException: TimeoutException } => false,
        NpgsqlException or SocketException or IOException or ObjectDisposedException => true,
        InvalidOperationException => exception.Message.Contains("onnection", StringComparison.Ordinal),
        _ => false,
    };
}
