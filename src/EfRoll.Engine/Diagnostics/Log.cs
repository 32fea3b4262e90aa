using Microsoft.Extensions.Logging;

namespace EfRoll.Engine.Diagnostics;

/// <summary>What the engine writes to the application's log, with its numbers.</summary>
static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Rollout {Rollout} of {Migrations}: {Phase}.")]
    public static partial void PhaseReached(this ILogger logger, long rollout, string migrations, string phase);

    [LoggerMessage(1002, LogLevel.Debug, "Step {Step} begins: {Title}")]
    public static partial void StepBegins(this ILogger logger, string step, string title);

    [LoggerMessage(1003, LogLevel.Information, "Step {Step} is done after {Elapsed}: {Title}")]
    public static partial void StepDone(this ILogger logger, string step, TimeSpan elapsed, string title);
}
