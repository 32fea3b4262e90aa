using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class RenameIndexTranslation
{
    public static IReadOnlyList<Operation> Translate(RenameIndexOperation operation)
    {
        new AnnotationSet(operation, $"renaming index {operation.Name}").RefuseRest();
        return [new RenameIndex(new RelationName(operation.Schema, operation.Name), new Identifier(operation.NewName))];
    }
}
