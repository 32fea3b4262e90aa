using EfRoll.Engine;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;

namespace EfRoll.Tool.Sources;

/// <summary>Migrations, wherever they came from, and what is known around them.</summary>
/// <param name="Manifest">The migrations in order, with what could not be translated.</param>
/// <param name="Views">For which tables the new version gets a view unless the user says otherwise; null where that depends on the application and on the database.</param>
sealed record MigrationSource(ContextManifest Manifest, ViewPolicy? Views)
{
    /// <summary>Where it is: a project's folder, an assembly, a folder of manifests, the first file; null if it is in no file.</summary>
    public string? Place { get; init; }

    /// <summary>The folder from which relative paths of source files start; null for the current one.</summary>
    public string? Folder { get; init; }

    /// <summary>Makes the request. What cannot be translated is refused by <see cref="Refusals"/> once it is known to be pending.</summary>
    public RolloutRequest ToRequest(WantedRollout wanted)
    {
        var history = Manifest.History;
        var to = wanted.To is null ? null : Manifest.Find(wanted.To);
        return new RolloutRequest(Manifest.Migrations.Select(migration => migration.Migration with { IsOutline = migration.Refusals.Count > 0 }).ToEquatableList())
        {
            To = to,
            AcceptedEdits = Accepted(wanted.AcceptedEdits),
            Views = wanted.Views ?? (Manifest.NeedsAllViews ? ViewPolicy.All : Views),
            Schemas = Manifest.Schemas,
            // The script goes to the last migration, so it serves only who wants all.
            FreshScript = to is null || Manifest.Migrations is [.., var last] && to == last.Migration.Id ? Manifest.FreshScript : null,
            History = history is null
                ? null
                : new MigrationHistory(
                    history.Table,
                    history.IdColumn,
                    history.CreateIfNotExists,
                    Manifest.Migrations.Where(migration => migration.InsertHistory is not null).ToDictionary(migration => migration.Migration.Id, migration => migration.InsertHistory!),
                    Manifest.Migrations.Where(migration => migration.DeleteHistory is not null).ToDictionary(migration => migration.Migration.Id, migration => migration.DeleteHistory!)),
        };
    }

    EquatableList<string> Accepted(IReadOnlyList<string> named)
    {
        var ids = Manifest.Migrations.Select(migration => migration.Migration.Id).ToEquatableList();
        return named.Contains("all")
            ? ids
            : named.Select(Manifest.Find).Select(id => ids.Contains(id, StringComparer.OrdinalIgnoreCase) ? id : throw Failures.MigrationNotFound(id, ids)).ToEquatableList();
    }

    /// <summary>The refusals of a migration, or of its way back.</summary>
    public IReadOnlyList<EfRollException> Refusals(string migration, bool isBack) =>
        [.. Manifest.Migrations.Where(candidate => candidate.Migration.Id == migration)
            .SelectMany(candidate => isBack ? candidate.DownRefusals : candidate.Refusals).Select(ToolMistakes.Refused)];
}

/// <summary>What the user wants of a rollout.</summary>
/// <param name="To">The last migration; null for all.</param>
/// <param name="Views">For which tables the new version gets a view; null for what the source's kind has by default.</param>
/// <param name="AcceptedEdits">The applied migrations that may have been edited, or "all".</param>
sealed record WantedRollout(string? To, ViewPolicy? Views, IReadOnlyList<string> AcceptedEdits);
