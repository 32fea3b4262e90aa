using EfRoll.Engine.Operations;
using EfRoll.Translator.Errors;
using EfRoll.Translator.Hints;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class SqlTranslation
{
    public static IReadOnlyList<Operation> Translate(SqlOperation operation, MigrationSource migration)
    {
        var annotations = new AnnotationSet(operation, "raw SQL");
        var down = annotations.TakeText(Hint.Down);
        var moment = annotations.TakeText(Hint.RunAt) switch
        {
            null => SqlMoment.Chosen,
            "start" => SqlMoment.Start,
            "complete" => SqlMoment.Complete,
            var other => throw Untranslatable.Hint("raw SQL", ".RunAt", $"'{other}' is neither start nor complete"),
        };
        annotations.RefuseRest();
        if (string.IsNullOrWhiteSpace(operation.Sql))
            return [];

        // What runs in the transaction that completes the rollout is never rolled back.
        var sql = new RunSql(operation.Sql) { Moment = moment, IsTransactionSuppressed = operation.SuppressTransaction };
        return [sql with { Down = down ?? (moment == SqlMoment.Complete ? "" : sql.IsOfData ? null : Undo(operation, migration)) }];
    }

    // Down undoes in reverse order: with as many statements on both sides, the last one of Down belongs to the first one of Up. Rows are kept
    // by the engine instead: SQL of Down that changes rows is written for the columns that Down itself has made by then.
    static string? Undo(SqlOperation operation, MigrationSource migration)
    {
        var ups = migration.Up.Select(located => located.Operation).OfType<SqlOperation>().ToList();
        var downs = migration.Down.OfType<SqlOperation>().ToList();
        return downs.Count == ups.Count ? downs[downs.Count - 1 - ups.IndexOf(operation)].Sql : null;
    }
}
