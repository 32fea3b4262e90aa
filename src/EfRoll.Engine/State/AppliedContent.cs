using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;

namespace EfRoll.Engine.State;

/// <summary>What a migration did when it was applied.</summary>
/// <param name="Rollout">The rollout that applied it.</param>
/// <param name="Migration">Its id.</param>
/// <param name="Checksum">The checksum of its content; null where it is not known.</param>
/// <param name="At">When that rollout was completed.</param>
sealed record AppliedContent(long Rollout, string Migration, string? Checksum, DateTimeOffset At)
{
    /// <summary>Refuses migrations that the database has with another content than they have now, unless the request accepts them.</summary>
    /// <returns>Those that it accepts.</returns>
    public static async Task<IReadOnlyList<AppliedContent>> RefuseEditedAsync(
        StateStore store, RolloutRequest request, AppliedMigrations applied, string? historyTable, CancellationToken cancellationToken)
    {
        var accepted = new List<AppliedContent>();
        var edited = new List<(Migration, DateTimeOffset)>();
        var isApplied = applied.Ids.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var contents = new Dictionary<string, AppliedContent>(StringComparer.OrdinalIgnoreCase);
        foreach (var content in await store.AppliedContentsAsync(historyTable, cancellationToken).ConfigureAwait(false))
            contents.TryAdd(content.Migration, content);
        foreach (var migration in request.Migrations.Where(migration => isApplied.Contains(migration.Id)))
        {
            if (!contents.TryGetValue(migration.Id, out var content) || MigrationChecksum.Of(migration) is not { } checksum || !MigrationChecksum.Differ(content.Checksum, checksum))
                continue;
            if (request.AcceptedEdits.Contains(migration.Id, StringComparer.OrdinalIgnoreCase))
                accepted.Add(content with { Checksum = checksum });
            else
                edited.Add((migration, content.At));
        }

        return edited.Count == 0 ? accepted : throw Failures.MigrationsEdited(edited);
    }
}
