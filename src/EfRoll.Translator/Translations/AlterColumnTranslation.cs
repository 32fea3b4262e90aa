using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
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
        var isInPlace = annotations.TakeHint(Hint.InPlace);
        var facts = new ColumnFacts(operation, operation.Schema, operation.Table, operation.Name, migration);
        var old = operation.OldColumn;
        var oldFacts = new ColumnFacts(old, operation.Schema, operation.Table, operation.Name, migration);
        var (options, oldOptions) = (facts.TakeIdentityOptions(annotations), oldFacts.TakeIdentityOptions(oldAnnotations));
        var oldSource = oldFacts.ValueSource(oldAnnotations, oldOptions);

        // The provider gives an identity that was serial no options.
        var source = facts.ValueSource(annotations, oldSource.Numbering == Numbering.Serial ? null : options);
        var keepsIdentity = source.Numbering is Numbering.ByDefault or Numbering.Always && oldSource.Numbering is Numbering.ByDefault or Numbering.Always;
        var (collation, oldCollation) = (facts.TakeCollation(annotations), oldFacts.TakeCollation(oldAnnotations));
        var (compression, oldCompression) = (annotations.Take<string>(NpgsqlAnnotation.Compression), oldAnnotations.Take<string>(NpgsqlAnnotation.Compression));
        annotations.RefuseRest();
        oldAnnotations.RefuseRest();

        // What the operation does not change is left as it is in the database, as EF Core leaves it: raw SQL may have made it different.
        var changesType = facts.StoreType != oldFacts.StoreType;
        var changesSource = (source.Numbering, source.Generated, source.Expression) != (oldSource.Numbering, oldSource.Generated, oldSource.Expression);
        var changesDefault = source == new ValueSource() && (operation.DefaultValueSql != old.DefaultValueSql || !Equals(operation.DefaultValue, old.DefaultValue));
        return
        [
            new AlterColumn(new RelationName(operation.Schema, operation.Table), new Identifier(operation.Name))
            {
                Type = changesType ? facts.StoreType : null,
                Collation = collation is not null && (changesType || collation != oldCollation) ? new RelationName(collation)
                    : oldCollation is not null && !changesType && collation is null ? new RelationName("default")
                    : null,
                IsNullable = operation.IsNullable == old.IsNullable ? null : operation.IsNullable,
                ValueSource = changesSource ? source : null,
                SequenceChanges = keepsIdentity ? (options ?? IdentityOptions.None).ChangesFrom(oldOptions ?? IdentityOptions.None) : null,
                Default = changesDefault ? new Setting(facts.Default) : null,
                Compression = compression == oldCompression ? null : new Setting(compression),
                Comment = operation.Comment == old.Comment ? null : new Setting(operation.Comment),
                Up = up,
                Down = down,
                IsInPlace = isInPlace,
                UpFill = up is null && old.IsNullable && !operation.IsNullable ? facts.DefaultExpression : null,
                DownFill = down is null && operation.IsNullable && !old.IsNullable ? DownFill(operation, migration) : null,
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
}
