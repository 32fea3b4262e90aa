using EfRoll.Engine.Operations;
using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

/// <summary>EF Core repeats here what the database has; only a difference is a change.</summary>
static class AlterDatabaseTranslation
{
    static readonly (string Prefix, string What)[] Kinds =
    [
        (NpgsqlAnnotation.ExtensionPrefix, "extension"),
        (NpgsqlAnnotation.EnumPrefix, "enum"),
        (NpgsqlAnnotation.RangePrefix, "range type"),
        (NpgsqlAnnotation.CollationDefinitionPrefix, "collation"),
    ];

    public static IReadOnlyList<Operation> Translate(AlterDatabaseOperation operation)
    {
        if (operation.Collation != operation.OldDatabase.Collation)
            throw Untranslatable.DatabaseChange("A change of the database's collation");

        var annotations = new AnnotationSet(operation, "the database");
        var oldAnnotations = new AnnotationSet(operation.OldDatabase, "the database as it was");
        foreach (var (prefix, what) in Kinds)
        {
            var now = annotations.TakeAll(prefix).ToDictionary();
            var before = oldAnnotations.TakeAll(prefix).ToDictionary();
            foreach (var name in now.Keys.Union(before.Keys).Order(StringComparer.Ordinal))
            {
                var (value, oldValue) = (now.GetValueOrDefault(name), before.GetValueOrDefault(name));
                if (!Equals(value, oldValue))
                    throw Untranslatable.DatabaseChange($"{(oldValue is null ? "Creating" : value is null ? "Dropping" : "Changing")} the {what} {name}");
            }
        }

        annotations.RefuseRest();
        oldAnnotations.RefuseRest();
        return [];
    }
}
