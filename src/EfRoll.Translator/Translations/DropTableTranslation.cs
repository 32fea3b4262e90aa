using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class DropTableTranslation
{
    public static IReadOnlyList<Operation> Translate(DropTableOperation operation)
    {
        new AnnotationSet(operation, $"dropping table {operation.Name}").RefuseRest();
        return [new DropTable(new RelationName(operation.Schema, operation.Name))];
    }
}
