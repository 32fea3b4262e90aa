using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Hints;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class AddColumnTranslation
{
    public static IReadOnlyList<Operation> Translate(AddColumnOperation operation, MigrationSource migration)
    {
        if (ColumnFacts.IsSystemColumn(operation.Name))
            return [];
        var annotations = new AnnotationSet(operation, $"column {operation.Table}.{operation.Name}");
        var up = annotations.TakeExpression(Hint.Up);
        var column = new ColumnFacts(operation, operation.Schema, operation.Table, operation.Name, migration).Definition(annotations);
        var isInPlace = annotations.TakeHint(Hint.InPlace);
        annotations.RefuseRest();
        return [new AddColumn(new RelationName(operation.Schema, operation.Table), column) { Up = up, IsInPlace = isInPlace }];
    }
}
