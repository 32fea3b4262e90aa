using EfRoll.Engine.Manifests;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EfRoll.Translator;

/// <summary>Reads the migrations of a context, in order.</summary>
static class MigrationsAssemblyReader
{
    /// <summary>Reads them through the context's own services, which the application may have replaced, with its statements for the history table.</summary>
    public static ContextManifest Read(DbContext context, string? projectFolder)
    {
        var migrations = context.GetService<IMigrationsAssembly>();
        var provider = context.Database.ProviderName!;
        return HistoryStatements.Of(context).AddTo(Read(
            context.GetType().FullName!,
            migrations.Migrations.Select(pair => (pair.Key, new Func<Migration>(() => migrations.CreateMigration(pair.Value, provider)))),
            context,
            projectFolder));
    }

    /// <summary>Translates given migrations with the services of any context; without the history table.</summary>
    public static ContextManifest Read(
        string name, IEnumerable<(string Id, Func<Migration> Create)> migrations, DbContext services, string? projectFolder)
    {
        var provider = new Provider(services);
        var manifests = new List<MigrationManifest>();
        Func<Migration>? before = null;
        foreach (var (id, create) in migrations)
        {
            manifests.Add(Read(id, create, before, provider, projectFolder));
            before = create;
        }

        return new ContextManifest(name, manifests.ToEquatableList()) { Schemas = manifests is [.., { Refusals.Count: 0 }] ? Schemas(before!()) : [] };
    }

    // The model that the last migration leads to; hand-written ones have none.
    static EquatableList<Identifier> Schemas(Migration last) =>
        last.TargetModel.GetEntityTypes().Where(entity => entity.GetTableName() is not null).Select(entity => entity.GetSchema()).OfType<string>()
            .Distinct().Order(StringComparer.Ordinal).Select(schema => new Identifier(schema)).ToEquatableList();

    static MigrationManifest Read(string id, Func<Migration> create, Func<Migration>? before, Provider provider, string? projectFolder)
    {
        try
        {
            create();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            var refusal = MigrationTranslator.ToRefusal(Untranslatable.MigrationNotCreated(id, exception is System.Reflection.TargetInvocationException { InnerException: { } inner } ? inner : exception));
            return new MigrationManifest(new Engine.Migration(id, []) { Down = [] }) { Refusals = [refusal], DownRefusals = [refusal] };
        }

        var forth = MigrationTranslator.Translate(new MigrationSource(id, create, provider, projectFolder));
        var back = MigrationTranslator.Translate(new MigrationSource(id, create, provider, projectFolder) { IsReversed = true, Before = before });
        return forth with { Migration = forth.Migration with { Down = back.Migration.Operations }, DownRefusals = back.Refusals };
    }
}
