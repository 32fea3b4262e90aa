using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class DropSchemaTranslation
{
    public static IReadOnlyList<Operation> Translate(DropSchemaOperation operation)
    {
        new AnnotationSet(operation, $"dropping schema {operation.Name}").RefuseRest();
        return [new DropSchema(new Identifier(operation.Name))];
    }
}
