using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class CreateTableTranslation
{
    public static IReadOnlyList<Operation> Translate(CreateTableOperation operation, MigrationSource migration)
    {
        var tableAnnotations = new AnnotationSet(operation, $"table {operation.Name}");
        var isUnlogged = tableAnnotations.TakeFlag(NpgsqlAnnotation.UnloggedTable) ?? false;
        var parameters = tableAnnotations.TakeStorageParameters();
        tableAnnotations.RefuseRest();
        var columns = operation.Columns
            .Where(column => !ColumnFacts.IsSystemColumn(column.Name))
            .Select(column =>
            {
                var annotations = new AnnotationSet(column, $"column {operation.Name}.{column.Name}");
                var definition = new ColumnFacts(column, operation.Schema, operation.Name, column.Name, migration).Definition(annotations);
                annotations.RefuseRest();
                return definition;
            });

        return
        [
            new CreateTable(new RelationName(operation.Schema, operation.Name), columns.ToEquatableList())
            {
                PrimaryKey = operation.PrimaryKey is { } primaryKey ? ConstraintTranslation.Key(primaryKey) : null,
                UniqueConstraints = operation.UniqueConstraints.Select(ConstraintTranslation.Key).ToEquatableList(),
                Checks = operation.CheckConstraints.Select(ConstraintTranslation.Check).ToEquatableList(),
                ForeignKeys = operation.ForeignKeys.Select(ConstraintTranslation.ForeignKey).ToEquatableList(),
                Comment = operation.Comment,
                IsUnlogged = isUnlogged,
                StorageParameters = parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToEquatableList(),
            },
        ];
    }
}
