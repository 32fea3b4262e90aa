using System.Text;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EfRoll.Translator;

/// <summary>Reads the migrations of a context, in order, with EF Core's statements for its history table.</summary>
static class MigrationsAssemblyReader
{
    /// <summary>Reads them through the context's own services, which the application may have replaced.</summary>
    public static ContextManifest Read(DbContext context, string? projectFolder)
    {
        var migrations = context.GetService<IMigrationsAssembly>();
        var provider = context.Database.ProviderName!;
        return Read(
            context.GetType().FullName!,
            migrations.Migrations.Select(pair => (pair.Key, new Func<Migration>(() => migrations.CreateMigration(pair.Value, provider)))),
            context,
            projectFolder);
    }

    /// <summary>Translates given migrations with the services of any context.</summary>
    public static ContextManifest Read(
        string name, IEnumerable<(string Id, Func<Migration> Create)> migrations, DbContext services, string? projectFolder)
    {
        var provider = new Provider(services);
        var history = services.GetService<IHistoryRepository>();
        var manifests = new List<MigrationManifest>();
        Func<Migration>? before = null;
        foreach (var (id, create) in migrations)
        {
            manifests.Add(Read(id, create, before, provider, projectFolder) with
            {
                InsertHistory = SqlText.Verbatim(history.GetInsertScript(new HistoryRow(id, ProductInfo.GetVersion())).Trim()),
                DeleteHistory = SqlText.Verbatim(history.GetDeleteScript(id).Trim()),
            });
            before = create;
        }

        return new ContextManifest(name, manifests.ToEquatableList()) { History = History(history), Schemas = manifests is [.., { Refusals.Count: 0 }] ? Schemas(before!()) : [] };
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

    // The names are read from the statement itself: options, naming conventions and replaced repositories all end there.
    static HistoryManifest History(IHistoryRepository history)
    {
        var script = history.GetInsertScript(new HistoryRow("id", "version")).Trim();
        var scanner = new NameScanner(script);
        if (!scanner.Skip("INSERT INTO") || scanner.Name() is not { } first)
            throw HostMistakes.HistoryNotUnderstood(script);
        var table = scanner.Skip(".") ? scanner.Name() is { } second ? new RelationName(first, second) : throw HostMistakes.HistoryNotUnderstood(script) : new RelationName(first);
        if (!scanner.Skip("(") || scanner.Name() is not { } column)
            throw HostMistakes.HistoryNotUnderstood(script);
        return new HistoryManifest(table, new Identifier(column), SqlText.Verbatim(history.GetCreateIfNotExistsScript().Trim()));
    }

    /// <summary>Reads names, quoted or bare, from the beginning of a statement.</summary>
    sealed class NameScanner(string sql)
    {
        int _at;

        public bool Skip(string text)
        {
            SkipSpace();
            if (string.CompareOrdinal(sql, _at, text, 0, text.Length) != 0)
                return false;
            _at += text.Length;
            return true;
        }

        public string? Name()
        {
            SkipSpace();
            var name = new StringBuilder();
            if (_at < sql.Length && sql[_at] == '"')
            {
                for (_at++; _at < sql.Length; _at++)
                {
                    if (sql[_at] == '"' && (_at + 1 == sql.Length || sql[_at + 1] != '"'))
                    {
                        _at++;
                        break;
                    }

                    if (sql[_at] == '"')
                        _at++;
                    name.Append(sql[_at]);
                }
            }
            else
            {
                for (; _at < sql.Length && (char.IsLetterOrDigit(sql[_at]) || sql[_at] is '_' or '$'); _at++)
                    name.Append(sql[_at]);
            }

            return name.Length == 0 ? null : name.ToString();
        }

        void SkipSpace()
        {
            while (_at < sql.Length && char.IsWhiteSpace(sql[_at]))
                _at++;
        }
    }
}
