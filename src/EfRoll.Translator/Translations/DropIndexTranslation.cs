using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class DropIndexTranslation
{
    public static IReadOnlyList<Operation> Translate(DropIndexOperation operation)
    {
        new AnnotationSet(operation, $"dropping index {operation.Name}").RefuseRest();
        return [new DropIndex(new RelationName(operation.Schema, operation.Name))];
    }
}
