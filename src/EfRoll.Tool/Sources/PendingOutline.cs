using EfRoll.Engine;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Steps;

namespace EfRoll.Tool.Sources;

/// <summary>Says which migrations a database lacks, also where they cannot be translated.</summary>
static class PendingOutline
{
    /// <summary>
    /// Which migrations are pending, as a plan in which their content does not matter. Null where none is, or where the engine says itself, with all
    /// it knows, why that cannot be told: a rollout is open, which was translated when it began, or the target is not there.
    /// </summary>
    public static async Task<Plan?> ReadAsync(RollEngine engine, RolloutRequest request, CancellationToken cancellationToken)
    {
        var ids = request with { Migrations = request.Migrations.Select(migration => migration with { Operations = [], Down = migration.Down is null ? null : [], IsOutline = true }).ToEquatableList() };
        try
        {
            return await engine.PlanAsync(ids, cancellationToken).ConfigureAwait(false);
        }
        catch (EfRollException exception) when (IsAboutState(exception))
        {
            return null;
        }
    }

    /// <summary>Whether the database is empty, so that EF Core's own script is all that runs.</summary>
    public static bool IsFresh(Plan plan, RolloutRequest request) =>
        plan is { Expand: [RunOutsideTransaction { Statement: var script }] } && script.ToString() == request.FreshScript;

    static bool IsAboutState(EfRollException exception) => (int)exception.Code is >= 1400 and < 1500 || exception.Code == ErrorCode.MigrationsOutOfOrder;
}
