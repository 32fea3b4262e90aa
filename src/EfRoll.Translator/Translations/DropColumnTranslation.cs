using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Hints;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class DropColumnTranslation
{
    public static IReadOnlyList<Operation> Translate(DropColumnOperation operation, MigrationSource migration)
    {
        if (ColumnFacts.IsSystemColumn(operation.Name))
            return [];
        var annotations = new AnnotationSet(operation, $"dropping column {operation.Table}.{operation.Name}");
        var down = annotations.TakeExpression(Hint.Down);
        annotations.RefuseRest();
        return
        [
            new DropColumn(new RelationName(operation.Schema, operation.Table), new Identifier(operation.Name))
            {
                Down = down,
                DownFill = down is null ? Fill(operation, migration) : null,
            },
        ];
    }

    // The migration's own Down adds the column again, and says there what its rows get.
    static Expression? Fill(DropColumnOperation operation, MigrationSource migration)
    {
        var added = migration.Down.OfType<AddColumnOperation>()
            .FirstOrDefault(add => (add.Schema, add.Table, add.Name) == (operation.Schema, operation.Table, operation.Name));
        return added is null ? null : new ColumnFacts(added, added.Schema, added.Table, added.Name, migration).DefaultExpression;
    }
}
