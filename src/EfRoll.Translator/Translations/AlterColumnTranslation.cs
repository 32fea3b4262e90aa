using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Errors;
using EfRoll.Translator.Hints;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class AlterColumnTranslation
{
    public static IReadOnlyList<Operation> Translate(AlterColumnOperation operation, MigrationSource migration)
    {
        if (ColumnFacts.IsSystemColumn(operation.Name))
            return [];
        var subject = $"column {operation.Table}.{operation.Name}";
        var annotations = new AnnotationSet(operation, subject);
        var oldAnnotations = new AnnotationSet(operation.OldColumn, $"{subject} as it was");
        var up = annotations.TakeExpression(Hint.Up);
        var down = annotations.TakeExpression(Hint.Down);
        var isGenerated = RefuseChanges(operation, annotations, oldAnnotations);
        annotations.RefuseRest();
        oldAnnotations.RefuseRest();

        var old = operation.OldColumn;
        var facts = new ColumnFacts(operation, operation.Schema, operation.Table, operation.Name, migration);
        var oldFacts = new ColumnFacts(old, operation.Schema, operation.Table, operation.Name, migration);
        if (operation.Collation is not null && facts.StoreType != oldFacts.StoreType)
            throw Untranslatable.ColumnChange(operation.Table, operation.Name, $"Changing the type, with collation {operation.Collation},");

        // The default is touched only when the operation changes it: what an earlier migration left in the database stays, as with EF Core.
        var changesDefault = !isGenerated && (operation.DefaultValueSql != old.DefaultValueSql || !Equals(operation.DefaultValue, old.DefaultValue));
        var losesNotNull = operation.IsNullable && !old.IsNullable;
        return
        [
            new AlterColumn(new RelationName(operation.Schema, operation.Table), new Identifier(operation.Name))
            {
                Type = facts.StoreType,
                IsNullable = operation.IsNullable,
                Default = changesDefault ? new Setting(facts.Default) : null,
                Comment = operation.Comment == old.Comment ? null : new Setting(operation.Comment),
                Up = up,
                Down = down,
                UpFill = up is null && !operation.IsNullable ? facts.DefaultExpression : null,
                DownFill = down is null && losesNotNull ? DownFill(operation, migration) : null,
            },
        ];
    }

    // The migration's own Down makes the column NOT NULL again, and says there what becomes of NULL.
    static Expression? DownFill(AlterColumnOperation operation, MigrationSource migration)
    {
        var reversed = migration.Down.OfType<AlterColumnOperation>().FirstOrDefault(alter =>
            (alter.Schema, alter.Table, alter.Name, alter.IsNullable) == (operation.Schema, operation.Table, operation.Name, false));
        return reversed is null ? null : new ColumnFacts(reversed, reversed.Schema, reversed.Table, reversed.Name, migration).DefaultExpression;
    }

    /// <summary>Refuses what only a rebuilt column or sequence could follow; says whether the column makes its own values.</summary>
    static bool RefuseChanges(AlterColumnOperation operation, AnnotationSet annotations, AnnotationSet oldAnnotations)
    {
        var old = operation.OldColumn;
        var strategy = ColumnFacts.TakeStrategy(annotations);
        var oldStrategy = ColumnFacts.TakeStrategy(oldAnnotations);
        if (strategy != oldStrategy)
            throw Refuse($"Changing value generation from {oldStrategy?.ToString() ?? "none"} to {strategy?.ToString() ?? "none"}");

        RefuseDifference("Changing the options of the identity", annotations.Take<string>(NpgsqlAnnotation.IdentityOptions), oldAnnotations.Take<string>(NpgsqlAnnotation.IdentityOptions));
        RefuseDifference("Changing the compression", annotations.Take<string>(NpgsqlAnnotation.Compression), oldAnnotations.Take<string>(NpgsqlAnnotation.Compression));
        RefuseDifference("Changing the text search configuration", annotations.Take<string>(NpgsqlAnnotation.TsVectorConfig), oldAnnotations.Take<string>(NpgsqlAnnotation.TsVectorConfig));
        RefuseDifference("Changing the text search columns", Join(annotations), Join(oldAnnotations));
        RefuseDifference("Changing the collation",
            operation.Collation ?? annotations.Take<string>(NpgsqlAnnotation.DefaultColumnCollation),
            old.Collation ?? oldAnnotations.Take<string>(NpgsqlAnnotation.DefaultColumnCollation));
        RefuseDifference("Changing the computed expression", operation.ComputedColumnSql, old.ComputedColumnSql);
        if (operation.ComputedColumnSql is not null && operation.IsStored != old.IsStored)
            throw Refuse("Changing whether the computed value is stored");
        return strategy is not null || operation.ComputedColumnSql is not null;

        void RefuseDifference(string what, string? now, string? before)
        {
            if (now != before)
                throw Refuse($"{what} from {before ?? "none"} to {now ?? "none"}");
        }

        static string? Join(AnnotationSet set) => set.Take<string[]>(NpgsqlAnnotation.TsVectorProperties) is { } names ? string.Join(", ", names) : null;

        Exception Refuse(string what) => Untranslatable.ColumnChange(operation.Table, operation.Name, what);
    }
}
