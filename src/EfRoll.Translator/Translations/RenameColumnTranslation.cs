using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class RenameColumnTranslation
{
    public static IReadOnlyList<Operation> Translate(RenameColumnOperation operation)
    {
        new AnnotationSet(operation, $"renaming column {operation.Table}.{operation.Name}").RefuseRest();
        return [new RenameColumn(new RelationName(operation.Schema, operation.Table), new Identifier(operation.Name), new Identifier(operation.NewName))];
    }
}
