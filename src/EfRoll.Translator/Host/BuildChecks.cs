using System.Reflection;
using EfRoll.Engine;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Review;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Migration = Microsoft.EntityFrameworkCore.Migrations.Migration;

namespace EfRoll.Translator.Host;

/// <summary>What a build says of migrations: of the newest of each context, or of all after one that is everywhere already.</summary>
/// <param name="from">The last migration that every database has; null for all but the newest.</param>
sealed class BuildChecks(string? from)
{
    readonly List<string> _seen = [];
    bool _isFound;

    /// <summary>What there is to say of a context's migrations.</summary>
    /// <param name="manifest">The migrations.</param>
    /// <param name="services">The context, or any other of the provider.</param>
    /// <param name="assembly">Where its snapshot is.</param>
    /// <param name="context">Its type.</param>
    /// <param name="newest">Makes the last migration.</param>
    public IEnumerable<Finding> Of(ContextManifest manifest, DbContext services, Assembly assembly, Type context, Func<Migration> newest)
    {
        var ids = manifest.Migrations.Select(migration => migration.Migration.Id).ToList();
        _seen.AddRange(ids);
        var last = from is null ? -1 : ids.IndexOf(manifest.Find(from));
        _isFound |= last >= 0;
        var wanted = ids.Skip(last >= 0 ? last + 1 : ids.Count - 1).ToHashSet();
        return manifest.Migrations.Where(migration => wanted.Contains(migration.Migration.Id)).SelectMany(migration => migration.Refusals)
            .Select(refusal => new Finding(Severity.Error, (ErrorCode)refusal.Code, refusal.Message, refusal.Remedy, refusal.Source))
            .Concat(HistoryReview.Of([.. manifest.Migrations.Select(migration => migration.Migration)], wanted.Contains))
            // It may have been applied long ago, or go another way; of what is rolled out, the plan refuses the same.
            .Select(finding => finding.Severity == Severity.Error ? finding with { Severity = Severity.Warning } : finding)
            .Concat(SnapshotDiffers(services, assembly, context, newest, manifest.Migrations[^1]));
    }

    /// <summary>Refuses a migration to begin after that no context has.</summary>
    public void RequireFrom()
    {
        if (from is not null && _seen.Count > 0 && !_isFound)
            throw Failures.MigrationNotFound(from, _seen);
    }

    // Two branches that each add a migration and are merged: the snapshot then has both, the newer migration's model only its own.
    static IEnumerable<Finding> SnapshotDiffers(DbContext services, Assembly assembly, Type context, Func<Migration> newest, MigrationManifest last)
    {
        // It was told already that it cannot be made.
        if (last.Refusals.Any(refusal => refusal.Code == (int)ErrorCode.MigrationNotCreated))
            yield break;
        var type = assembly.ConstructibleTypes().FirstOrDefault(type => typeof(ModelSnapshot).IsAssignableFrom(type) && type.GetCustomAttribute<DbContextAttribute>()?.ContextType == context);
        if (type is null || !Differs(services, ((ModelSnapshot)Activator.CreateInstance(type)!).Model, newest().TargetModel))
            yield break;
        var place = last.Migration.Operations.Select(operation => operation.Source).FirstOrDefault(source => source?.File is not null);
        yield return new Finding(Severity.Warning, ErrorCode.SnapshotDiffers,
            $"The model snapshot {type.Name} has what the model of {last.Migration.Id} has not, or the other way round: it was not made after the migrations before it. Perhaps two branches were merged.",
            "Take the newest migration away and add it again (dotnet ef migrations remove, dotnet ef migrations add).", (place ?? new SourceLocation(last.Migration.Id)) with { Line = place is null ? null : 1, Column = null });
    }

    static bool Differs(DbContext services, IModel snapshot, IModel newest)
    {
        // Without a designer file a migration has no model.
        if (!newest.GetEntityTypes().Any())
            return false;
        var provider = new Provider(services);
        try
        {
            return services.GetService<IMigrationsModelDiffer>().HasDifferences(provider.Finalize(newest).GetRelationalModel(), provider.Finalize(snapshot).GetRelationalModel());
        }
        catch (InvalidOperationException)
        {
            // A model with types of the provider's plugins, which are not there without the application's own context.
            return false;
        }
    }
}
