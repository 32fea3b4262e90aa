using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

/// <summary>EF Core repeats here what the database has; only a difference is a change. An extension that is left out stays, as with the provider.</summary>
static class AlterDatabaseTranslation
{
    public static IReadOnlyList<Operation> Translate(AlterDatabaseOperation operation, MigrationSource migration)
    {
        if (operation.Collation != operation.OldDatabase.Collation)
            throw Untranslatable.DatabaseChange("A change of the database's collation");

        var annotations = new AnnotationSet(operation, "the database");
        var oldAnnotations = new AnnotationSet(operation.OldDatabase, "the database as it was");
        var defaultSchema = migration.Model.GetDefaultSchema();
        var operations = new List<Operation>();
        foreach (var change in Changes(NpgsqlAnnotation.CollationDefinitionPrefix))
            operations.AddRange(Collation(change));
        foreach (var change in Changes(NpgsqlAnnotation.EnumPrefix))
            operations.AddRange(Enum(change));
        foreach (var change in Changes(NpgsqlAnnotation.RangePrefix))
            operations.AddRange(Range(change));
        foreach (var change in Changes(NpgsqlAnnotation.ExtensionPrefix).Where(change => change.Value is not null))
            operations.AddRange(Extension(change));

        // Only CREATE DATABASE takes these; the provider leaves them out here, too.
        foreach (var name in (string[])[NpgsqlAnnotation.DatabaseTemplate, NpgsqlAnnotation.Tablespace])
        {
            annotations.Take<string>(name);
            oldAnnotations.Take<string>(name);
        }

        annotations.RefuseRest();
        oldAnnotations.RefuseRest();
        return operations;

        List<Change> Changes(string prefix)
        {
            var now = annotations.TakeAll(prefix).ToDictionary();
            var before = oldAnnotations.TakeAll(prefix).ToDictionary();
            return [.. now.Keys.Union(before.Keys).Order(StringComparer.Ordinal)
                .Select(name => new Change(prefix, name, now.GetValueOrDefault(name), before.GetValueOrDefault(name), defaultSchema))
                .Where(change => !Equals(change.Value, change.OldValue))
                // What is made may take the place of what goes.
                .OrderBy(change => change.Value is null)];
        }
    }

    static IEnumerable<Operation> Enum(Change change)
    {
        if (change.Value is null)
            return [new DropType(change.Name)];
        var labels = change.Text.Split(',').ToEquatableList();
        return change.OldValue is null ? [.. change.EnsureSchema(), new CreateEnumType(change.Name, labels)] : [new AlterEnumType(change.Name, labels)];
    }

    static IEnumerable<Operation> Range(Change change)
    {
        if (change.Value is null)
            return [new DropType(change.Name)];
        var parts = change.Parts(5);
        return change.OldValue is not null
            ? throw change.Refuse("Changing the range type")
            : [.. change.EnsureSchema(), new CreateRange(change.Name, parts[0] ?? throw change.Refuse("Creating the range type"))
            {
                Canonical = parts[1],
                OperatorClass = parts[2],
                // The provider writes a collation only beside a canonical function.
                Collation = parts[1] is null ? null : parts[3],
                Difference = parts[4],
            }];
    }

    static IEnumerable<Operation> Collation(Change change)
    {
        if (change.Value is null)
            return [new DropCollation(change.Name)];
        if (change.OldValue is not null)
            throw change.Refuse("Changing the collation");
        var parts = change.Parts(4);
        if (parts is not [{ } collate, { } characterType, _, _])
            throw change.Refuse("Creating the collation");
        return
        [
            .. change.EnsureSchema(),
            new CreateCollation(change.Name, collate, characterType)
            {
                Provider = parts[2],
                IsDeterministic = parts[3] is null ? null : bool.TryParse(parts[3], out var deterministic) ? deterministic : throw change.Refuse("Creating the collation"),
            },
        ];
    }

    // The version is the third part; older providers put the others in quotes.
    static IEnumerable<Operation> Extension(Change change)
    {
        var (schema, name) = change.Split();
        var version = change.Text.Split(',').ElementAtOrDefault(2)?.Trim();
        return
        [
            .. change.EnsureSchema(),
            new CreateExtension(new Identifier(name)) { Schema = Names.Optional(schema), Version = version is null or "" or "''" ? null : version },
        ];
    }

    /// <summary>Something that the annotations of before and after say differently.</summary>
    sealed record Change(string Prefix, string Key, object? Value, object? OldValue, string? DefaultSchema)
    {
        public string Text => Value as string ?? throw Refuse("Changing");

        public RelationName Name
        {
            get
            {
                var (schema, name) = Split();
                return new RelationName(schema ?? DefaultSchema, name);
            }
        }

        public (string? Schema, string Name) Split() => Key.Split('.') switch
        {
            [var name] when name.Length > 0 => (null, name),
            [var schema, var name] when schema.Length > 0 && name.Length > 0 => (schema, name),
            _ => throw Refuse("Reading the name of"),
        };

        public string?[] Parts(int count)
        {
            var parts = Text.Split(',').Select(part => part.Length == 0 ? null : part).ToArray();
            return parts.Length == count ? parts : throw Refuse("Creating");
        }

        /// <summary>As the provider does: whatever is made, its schema is made first.</summary>
        public IEnumerable<Operation> EnsureSchema() =>
            (Split().Schema ?? DefaultSchema) is { } schema and not "public" ? [new CreateSchema(new Identifier(schema))] : [];

        public EfRollException Refuse(string what) => Untranslatable.DatabaseChange($"{what} {Key} ({Prefix}{Key}: {Value ?? "none"}, before: {OldValue ?? "none"})");
    }
}
