using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class CreateTableTranslation
{
    public static IReadOnlyList<Operation> Translate(CreateTableOperation operation, MigrationSource migration)
    {
        RefuseOptions(operation.Name, new AnnotationSet(operation, $"table {operation.Name}"));
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
            },
        ];
    }

    public static void RefuseOptions(string table, AnnotationSet annotations)
    {
        if (annotations.TakeFlag(NpgsqlAnnotation.UnloggedTable) == true)
            throw Untranslatable.TableOption(table, "UNLOGGED");
        if (annotations.TakeAll(NpgsqlAnnotation.StorageParameterPrefix) is { Count: > 0 } parameters)
            throw Untranslatable.TableOption(table, $"The storage parameter {parameters[0].Key}");
        annotations.RefuseRest();
    }
}
