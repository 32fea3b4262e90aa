using EfRoll.Engine.Errors;
using EfRoll.Engine.Schema;

namespace EfRoll.Engine.State;

/// <summary>What of a request the database does not have yet.</summary>
/// <param name="Base">The migration at which the database is; null for none.</param>
/// <param name="Migrations">Those to roll out, in order.</param>
sealed record PendingMigrations(string? Base, EquatableList<Migration> Migrations)
{
    /// <summary>Compares a request with what was applied.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="applied">Ids of applied migrations, in any order.</param>
    /// <param name="lastCompleted">The target of the last completed rollout: the base where the request's own list knows none.</param>
    public static PendingMigrations Of(RolloutRequest request, IReadOnlyCollection<string> applied, string? lastCompleted)
    {
        var known = request.Migrations;
        var end = known.Count;
        if (request.To is { } to)
        {
            end = Enumerable.Range(0, known.Count).Where(i => IsSame(known[i].Id, to)).Select(i => i + 1).FirstOrDefault();
            if (end == 0)
                throw Failures.MigrationNotFound(to, known.Select(migration => migration.Id));
        }

        var isApplied = applied.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var last = known.LastOrDefault(migration => isApplied.Contains(migration.Id))?.Id;
        var pending = known.Take(end).Where(migration => !isApplied.Contains(migration.Id)).ToEquatableList();
        if (pending.Count == 0 && request.To is { } target && last is not null && !IsSame(last, target))
            throw Failures.MigrationApplied(target, last);
        return new PendingMigrations(last ?? lastCompleted, pending);
    }

    static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
