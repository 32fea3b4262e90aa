using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

/// <summary>Rows that a migration seeds: the provider's own SQL, and what undoes exactly these rows, if the migration's <c>Down</c> says so.</summary>
static class DataTranslation
{
    public static IReadOnlyList<Operation> Translate(InsertDataOperation operation, MigrationSource migration)
    {
        const string what = "Inserting rows";
        new AnnotationSet(operation, $"{what} into {operation.Table}").RefuseRest();
        var rows = Rows.Of(operation.Columns, operation.Values, operation.ColumnTypes);
        var deletes = migration.Down.OfType<DeleteDataOperation>()
            .Where(delete => (delete.Schema, delete.Table) == (operation.Schema, operation.Table))
            .SelectMany(delete => Rows.Of(delete.KeyColumns, delete.KeyValues, delete.KeyColumnTypes))
            .ToList();
        var undo = rows.Select(row => deletes.Find(row.Covers)).Reverse()
            .Select(key => key is null ? null : new DeleteDataOperation
            {
                Schema = operation.Schema,
                Table = operation.Table,
                KeyColumns = key.Columns,
                KeyColumnTypes = key.Types,
                KeyValues = key.AsTable(),
            });
        var run = AtStart(operation, [.. undo], migration, $"{what} into {operation.Table}");
        return [run with { Sql = string.Join('\n', SeededSequences.Bump(operation, migration.Model).Prepend(run.Sql)) }];
    }

    public static IReadOnlyList<Operation> Translate(UpdateDataOperation operation, MigrationSource migration)
    {
        const string what = "Updating rows";
        new AnnotationSet(operation, $"{what} in {operation.Table}").RefuseRest();
        var keys = Rows.Of(operation.KeyColumns, operation.KeyValues, operation.KeyColumnTypes);
        var values = Rows.Of(operation.Columns, operation.Values, operation.ColumnTypes);
        var updates = migration.Down.OfType<UpdateDataOperation>()
            .Where(update => (update.Schema, update.Table) == (operation.Schema, operation.Table))
            .SelectMany(update => Rows.Of(update.KeyColumns, update.KeyValues, update.KeyColumnTypes)
                .Zip(Rows.Of(update.Columns, update.Values, update.ColumnTypes), (key, value) => (key, value)))
            .ToList();
        var undo = keys.Zip(values)
            .Select(row => updates.Find(update => update.key.Covers(row.First) && row.Second.Columns.All(update.value.Columns.Contains)) is { key: not null } found
                ? ((Row Key, Row Value)?)found
                : null)
            .Reverse()
            .Select(update => update is null ? null : new UpdateDataOperation
            {
                Schema = operation.Schema,
                Table = operation.Table,
                KeyColumns = update.Value.Key.Columns,
                KeyColumnTypes = update.Value.Key.Types,
                KeyValues = update.Value.Key.AsTable(),
                Columns = update.Value.Value.Columns,
                ColumnTypes = update.Value.Value.Types,
                Values = update.Value.Value.AsTable(),
            });
        return [AtStart(operation, [.. undo], migration, $"{what} in {operation.Table}")];
    }

    public static IReadOnlyList<Operation> Translate(DeleteDataOperation operation, MigrationSource migration)
    {
        const string what = "Deleting rows";
        new AnnotationSet(operation, $"{what} from {operation.Table}").RefuseRest();

        // The old version may still use the rows, so they go last, and need no undo then. That cannot be where the migration goes on with the
        // table: another row takes the place of a deleted one (same unique value), or the table has another shape by then.
        if (!IsTableUsedLater(operation, migration))
        {
            var sql = migration.Provider.DataSql([operation], migration.Model, $"{what} from {operation.Table}");
            return [new RunSql(sql) { Down = "", Moment = SqlMoment.Complete }];
        }

        var keys = Rows.Of(operation.KeyColumns, operation.KeyValues, operation.KeyColumnTypes);
        var inserts = migration.Down.OfType<InsertDataOperation>()
            .Where(insert => (insert.Schema, insert.Table) == (operation.Schema, operation.Table))
            .SelectMany(insert => Rows.Of(insert.Columns, insert.Values, insert.ColumnTypes))
            .ToList();
        var undo = keys.Select(key => inserts.Find(row => row.Covers(key))).Reverse()
            .Select(row => row is null ? null : new InsertDataOperation
            {
                Schema = operation.Schema,
                Table = operation.Table,
                Columns = row.Columns,
                ColumnTypes = row.Types,
                Values = row.AsTable(),
            });
        return [AtStart(operation, [.. undo], migration, $"{what} from {operation.Table}")];
    }

    static bool IsTableUsedLater(DeleteDataOperation operation, MigrationSource migration) => migration.Up
        .Select(located => located.Operation)
        .SkipWhile(other => other != operation)
        .Any(other => other switch
        {
            DeleteDataOperation => false,
            ITableMigrationOperation later => (later.Schema, later.Table) == (operation.Schema, operation.Table),
            _ => false,
        });

    static RunSql AtStart(MigrationOperation operation, IReadOnlyList<MigrationOperation?> undo, MigrationSource migration, string what) =>
        new(migration.Provider.DataSql([operation], migration.Model, what))
        {
            Down = undo.Contains(null) ? null : Undo([.. undo.OfType<MigrationOperation>()], migration, what),
        };

    // Where Down does not undo each row, or not even the provider understands it, the engine keeps what is changed.
    static string? Undo(IReadOnlyList<MigrationOperation> undo, MigrationSource migration, string what)
    {
        try
        {
            return migration.Provider.DataSql(undo, migration.Model, $"the undo of {what}");
        }
        catch (EfRollException exception) when (exception.Code == ErrorCode.ProviderRefuses)
        {
            return null;
        }
    }
}

/// <summary>Rows as EF Core's data operations hold them.</summary>
static class Rows
{
    public static IReadOnlyList<Row> Of(string[] columns, object?[,] values, string[]? types) =>
        [.. Enumerable.Range(0, values.GetLength(0)).Select(row =>
            new Row(columns, [.. Enumerable.Range(0, columns.Length).Select(column => values[row, column])], types))];
}

/// <summary>One row: some columns and their values.</summary>
sealed record Row(string[] Columns, object?[] Values, string[]? Types)
{
    /// <summary>Whether this row has every value of a key.</summary>
    public bool Covers(Row key) => key.Columns.Select((column, position) => (column, value: key.Values[position]))
        .All(pair => Array.IndexOf(Columns, pair.column) is >= 0 and var at && IsSame(Values[at], pair.value));

    public object?[,] AsTable()
    {
        var table = new object?[1, Values.Length];
        for (var column = 0; column < Values.Length; column++)
            table[0, column] = Values[column];
        return table;
    }

    static bool IsSame(object? left, object? right) =>
        left is byte[] leftBytes && right is byte[] rightBytes ? leftBytes.AsSpan().SequenceEqual(rightBytes) : Equals(left, right);
}
