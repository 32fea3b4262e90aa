using Microsoft.Extensions.Logging;

namespace EfRoll.Runtime;

/// <summary>What the runtime says in the log.</summary>
static partial class Log
{
    public const string Category = "EfRoll.Runtime";

    [LoggerMessage(3101, LogLevel.Information, "{Context} runs on version {Version}, through the schema {Schema} while its rollout is open")]
    public static partial void Bound(this ILogger logger, string context, string version, string schema);

    [LoggerMessage(3102, LogLevel.Warning, "{Context} has no migrations, so UseEfRoll does nothing for it")]
    public static partial void NoMigrations(this ILogger logger, string context);

    [LoggerMessage(3103, LogLevel.Information, "The database is not rolled out by EfRoll; its migrations are applied in place")]
    public static partial void MigratesInPlace(this ILogger logger);

    [LoggerMessage(3104, LogLevel.Information, "The database is rolled out by EfRoll, and nothing is pending")]
    public static partial void NothingPending(this ILogger logger);
}
