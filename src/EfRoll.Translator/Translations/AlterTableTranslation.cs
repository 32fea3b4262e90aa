using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Hints;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class AlterTableTranslation
{
    public static IReadOnlyList<Operation> Translate(AlterTableOperation operation)
    {
        var annotations = new AnnotationSet(operation, $"table {operation.Name}");
        var oldAnnotations = new AnnotationSet(operation.OldTable, $"table {operation.Name} as it was");

        var isUnlogged = annotations.TakeFlag(NpgsqlAnnotation.UnloggedTable) ?? false;
        var wasUnlogged = oldAnnotations.TakeFlag(NpgsqlAnnotation.UnloggedTable) ?? false;
        var parameters = annotations.TakeStorageParameters();
        var oldParameters = oldAnnotations.TakeStorageParameters();
        var isInPlace = annotations.TakeHint(Hint.InPlace);
        annotations.RefuseRest();
        oldAnnotations.RefuseRest();

        var name = new RelationName(operation.Schema, operation.Name);
        var changes = parameters.Keys.Union(oldParameters.Keys).Order(StringComparer.Ordinal)
            .Where(key => parameters.GetValueOrDefault(key) != oldParameters.GetValueOrDefault(key))
            .Select(key => KeyValuePair.Create(key, parameters.GetValueOrDefault(key))).ToEquatableList();
        var operations = new List<Operation>();
        if (isUnlogged != wasUnlogged || changes.Count > 0)
        {
            operations.Add(new AlterTable(name)
            {
                IsUnlogged = isUnlogged == wasUnlogged ? null : isUnlogged,
                StorageParameters = changes,
                IsInPlace = isInPlace,
            });
        }

        if (operation.Comment != operation.OldTable.Comment)
            operations.Add(new CommentTable(name, operation.Comment));
        return operations;
    }
}
