using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class DropConstraintTranslation
{
    public static IReadOnlyList<Operation> Translate(MigrationOperation operation, string? schema, string table, string name, ConstraintKind kind)
    {
        new AnnotationSet(operation, $"dropping {name}").RefuseRest();
        return [new DropConstraint(new RelationName(schema, table), new Identifier(name)) { Kind = kind }];
    }
}
