using EfRoll.Engine.Errors;
using EfRoll.Engine.Schema;

namespace EfRoll.Engine.State;

/// <summary>What lies between the database and the target of a request.</summary>
/// <param name="Base">The migration at which the database is; null for none.</param>
/// <param name="Migrations">Those to roll out, in order; on the way back the latest comes first, with the operations of its <see cref="Migration.Down"/>.</param>
sealed record PendingMigrations(string? Base, EquatableList<Migration> Migrations)
{
    /// <summary>The earlier migration to which the database goes back; null on the way forward.</summary>
    public string? BackTo { get; private init; }

    /// <summary>Those that sort before <see cref="Base"/>: somebody else's later migration was applied first.</summary>
    public EquatableList<string> Late { get; private init; } = [];

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
        var later = known.Skip(end).Where(migration => isApplied.Contains(migration.Id)).Reverse().ToList();
        if (later.Count == 0 || request.To is null)
        {
            var late = known.TakeWhile(migration => migration.Id != last).Where(migration => last is not null && !isApplied.Contains(migration.Id)).ToEquatableList();

            // A version is named after its last migration: were that applied already, the new version of the application would pass for the one that runs.
            return late.Count > 0 && late.Count == pending.Count
                ? throw Failures.MigrationsOutOfOrder(late, last!)
                : new PendingMigrations(last ?? lastCompleted, pending) { Late = late.Select(migration => migration.Id).ToEquatableList() };
        }

        if (pending.Count > 0)
            throw Failures.MigrationsMissingBefore(request.To, pending.Select(migration => migration.Id), last!);
        return new PendingMigrations(last, later.Select(migration => migration with { Operations = migration.Down ?? throw Failures.NoWayBack(migration.Id), Down = null }).ToEquatableList())
        {
            BackTo = known[end - 1].Id,
        };
    }

    static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
