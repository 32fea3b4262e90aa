using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class RenameTableTranslation
{
    public static IReadOnlyList<Operation> Translate(RenameTableOperation operation)
    {
        new AnnotationSet(operation, $"renaming table {operation.Name}").RefuseRest();

        // Without a new schema the table stays in its own, as with the provider.
        var newName = new RelationName(operation.NewSchema, operation.NewName ?? operation.Name);
        return [new RenameTable(new RelationName(operation.Schema, operation.Name), newName)];
    }
}
