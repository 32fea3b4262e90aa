using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator;

/// <summary>The provider's own SQL for migrations, for a database where nobody is in the way.</summary>
/// <remarks>
/// EF Core's script (<see cref="IMigrator.GenerateScript"/>) would do, but it puts raw SQL there as written: without a semicolon at its end, which
/// nobody misses when the statements are sent one by one, the script is no SQL.
/// </remarks>
sealed class EfScript(DbContext context)
{
    readonly IMigrationsAssembly _assembly = context.GetService<IMigrationsAssembly>();
    readonly Provider _provider = new(context);
    readonly IMigrationsSqlGenerator _generator = context.GetService<IMigrationsSqlGenerator>();
    readonly IHistoryRepository _history = context.GetService<IHistoryRepository>();

    /// <summary>The statements of one migration, with those around transactions and for the history.</summary>
    public IEnumerable<string> Write(string id) => Write(id, _assembly.CreateMigration(_assembly.Migrations[id], _provider.Name));

    /// <summary>The same for a migration that is not the context's own.</summary>
    public IEnumerable<string> Write(string id, Migration migration)
    {
        var operations = migration.UpOperations;
        var model = _provider.Finalize(migration.TargetModel);

        // Nobody writes to these tables yet, and so each migration can be one transaction.
        foreach (var index in operations.OfType<CreateIndexOperation>())
            index.RemoveAnnotation(NpgsqlAnnotation.CreatedConcurrently);
        yield return "START TRANSACTION";
        foreach (var command in _generator.Generate(operations, model, MigrationsSqlGenerationOptions.Script))
        {
            if (command.TransactionSuppressed)
                yield return "COMMIT";
            if (command.CommandText.Trim() is { Length: > 0 } text)
                yield return text;
            if (command.TransactionSuppressed)
                yield return "START TRANSACTION";
        }

        yield return _history.GetInsertScript(new HistoryRow(id, ProductInfo.GetVersion())).Trim();
        yield return "COMMIT";
    }
}
