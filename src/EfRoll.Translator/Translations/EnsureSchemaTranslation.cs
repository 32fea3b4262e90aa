using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class EnsureSchemaTranslation
{
    public static IReadOnlyList<Operation> Translate(EnsureSchemaOperation operation)
    {
        new AnnotationSet(operation, $"schema {operation.Name}").RefuseRest();

        // As the provider does: this one is there, and making it would need a right that the role may not have.
        return operation.Name == "public" ? [] : [new CreateSchema(new Identifier(operation.Name))];
    }
}
