using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class AlterTableTranslation
{
    public static IReadOnlyList<Operation> Translate(AlterTableOperation operation)
    {
        var annotations = new AnnotationSet(operation, $"table {operation.Name}");
        var oldAnnotations = new AnnotationSet(operation.OldTable, $"table {operation.Name} as it was");

        if ((annotations.TakeFlag(NpgsqlAnnotation.UnloggedTable) ?? false) != (oldAnnotations.TakeFlag(NpgsqlAnnotation.UnloggedTable) ?? false))
            throw Untranslatable.TableOption(operation.Name, "Switching UNLOGGED");
        var parameters = annotations.TakeAll(NpgsqlAnnotation.StorageParameterPrefix).ToDictionary();
        var oldParameters = oldAnnotations.TakeAll(NpgsqlAnnotation.StorageParameterPrefix).ToDictionary();
        var changed = parameters.Keys.Union(oldParameters.Keys)
            .FirstOrDefault(name => !Equals(parameters.GetValueOrDefault(name), oldParameters.GetValueOrDefault(name)));
        if (changed is not null)
            throw Untranslatable.TableOption(operation.Name, $"Changing the storage parameter {changed}");
        annotations.RefuseRest();
        oldAnnotations.RefuseRest();

        return operation.Comment == operation.OldTable.Comment
            ? []
            : [new CommentTable(new RelationName(operation.Schema, operation.Name), operation.Comment)];
    }
}
