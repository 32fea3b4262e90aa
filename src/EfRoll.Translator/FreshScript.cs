using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator;

/// <summary>The provider's own SQL from nothing to the last migration, for a database where nobody is in the way.</summary>
/// <remarks>
/// EF Core's script (<see cref="IMigrator.GenerateScript"/>) would do, but it puts raw SQL there as written: without a semicolon at its end, which
/// nobody misses when the statements are sent one by one, the script is no SQL.
/// </remarks>
static class FreshScript
{
    public static string Write(DbContext context)
    {
        var assembly = context.GetService<IMigrationsAssembly>();
        var provider = new Provider(context);
        var generator = context.GetService<IMigrationsSqlGenerator>();
        var history = context.GetService<IHistoryRepository>();

        var script = new StringBuilder();
        Append(script, history.GetCreateIfNotExistsScript());
        foreach (var (id, type) in assembly.Migrations)
        {
            var migration = assembly.CreateMigration(type, provider.Name);
            var operations = migration.UpOperations;

            // Nobody writes to these tables yet, and so each migration can be one transaction.
            foreach (var index in operations.OfType<CreateIndexOperation>())
                index.RemoveAnnotation(NpgsqlAnnotation.CreatedConcurrently);
            Append(script, "START TRANSACTION");
            foreach (var command in generator.Generate(operations, provider.Finalize(migration.TargetModel), MigrationsSqlGenerationOptions.Script))
            {
                if (command.TransactionSuppressed)
                    Append(script, "COMMIT");
                Append(script, command.CommandText);
                if (command.TransactionSuppressed)
                    Append(script, "START TRANSACTION");
            }

            Append(script, history.GetInsertScript(new HistoryRow(id, ProductInfo.GetVersion())));
            Append(script, "COMMIT");
        }

        return script.ToString();
    }

    // The line break ends a comment that the author left open.
    static void Append(StringBuilder script, string sql)
    {
        var text = sql.Trim();
        if (text.Length > 0)
            script.Append(text).Append(text.EndsWith(';') ? "\n" : "\n;\n");
    }
}
