namespace EfRoll.Engine.Sessions;

/// <summary>The server's error codes that the engine acts on. https://www.postgresql.org/docs/current/errcodes-appendix.html</summary>
static class SqlStates
{
    public const string InvalidParameterValue = "22023";
    public const string NotNullViolation = "23502";
    public const string ForeignKeyViolation = "23503";
    public const string UniqueViolation = "23505";
    public const string CheckViolation = "23514";
    public const string ExclusionViolation = "23P01";
    public const string InvalidAuthorization = "28000";
    public const string InvalidPassword = "28P01";
    public const string UnknownDatabase = "3D000";
    public const string SerializationFailure = "40001";
    public const string DeadlockDetected = "40P01";
    public const string InsufficientPrivilege = "42501";
    public const string UndefinedTable = "42P01";
    public const string UndefinedColumn = "42703";
    public const string UndefinedFunction = "42883";
    public const string UndefinedObject = "42704";
    public const string UndefinedSchema = "3F000";
    public const string LockNotAvailable = "55P03";
    public const string AdminShutdown = "57P01";
    public const string CrashShutdown = "57P02";

    /// <summary>Whether another try may succeed because somebody else was only in the way.</summary>
    public static bool IsInTheWay(string sqlState) => sqlState is LockNotAvailable or DeadlockDetected or SerializationFailure;

    /// <summary>Whether the server refused the statement for what it says, so that another try would be refused as well.</summary>
    public static bool IsOfStatement(string sqlState) => !IsOfServer(sqlState) && !IsInTheWay(sqlState);

    /// <summary>Whether the statement names something that is not there.</summary>
    public static bool IsOfMissing(string sqlState) => sqlState is UndefinedTable or UndefinedColumn or UndefinedFunction or UndefinedObject or UndefinedSchema;

    /// <summary>Whether the server ended the connection rather than refused the statement.</summary>
    public static bool IsShutdown(string sqlState) => sqlState is AdminShutdown or CrashShutdown;

    // It wants disk space or memory (53), somebody interferes or ends it (57), the operating system fails (58).
    static bool IsOfServer(string sqlState) => sqlState.StartsWith("53", StringComparison.Ordinal) || sqlState.StartsWith("57", StringComparison.Ordinal) || sqlState.StartsWith("58", StringComparison.Ordinal);
}
