using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Translator.Errors;
using EfRoll.Translator.Hints;
using EfRoll.Translator.Translations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations.Operations;

namespace EfRoll.Translator;

/// <summary>Turns EF Core's operations into the engine's. What has no translation is refused, never left out.</summary>
static class MigrationTranslator
{
    /// <summary>Translates a whole migration; every refusal in it is reported, not only the first.</summary>
    public static MigrationManifest Translate(MigrationSource migration)
    {
        var operations = new List<Operation>();
        var refusals = new List<Refusal>();
        try
        {
            foreach (var (operation, source) in migration.Up)
            {
                try
                {
                    operations.AddRange(Translate(operation, migration).Select(translated => translated with { Source = source, Accepted = AcceptedOf(operation) }));
                }
                catch (EfRollException exception)
                {
                    refusals.Add(ToRefusal(exception.At(source)));
                }
            }
        }
        catch (EfRollException exception)
        {
            refusals.Add(ToRefusal(exception));
        }

        return new MigrationManifest(new Engine.Migration(migration.Id, refusals.Count > 0 ? [] : operations.ToEquatableList()))
        {
            Refusals = refusals.ToEquatableList(),
        };
    }

    /// <summary>Turns an error into a refusal that is kept until somebody wants to roll the migration out.</summary>
    public static Refusal ToRefusal(EfRollException exception) => new((int)exception.Code, exception.Message, exception.Remedy, exception.Location);

    static IReadOnlyList<Operation> Translate(MigrationOperation operation, MigrationSource migration) => operation switch
    {
        // The provider refuses types that are not EF Core's own, also derived ones: nobody could apply them in place either.
        _ when !IsOfEf(operation.GetType()) => throw Untranslatable.UnknownOperation(operation.GetType()),

        CreateTableOperation create => CreateTableTranslation.Translate(create, migration),
        DropTableOperation drop => DropTableTranslation.Translate(drop),
        RenameTableOperation rename => RenameTableTranslation.Translate(rename),
        AlterTableOperation alter => AlterTableTranslation.Translate(alter),
        AddColumnOperation add => AddColumnTranslation.Translate(add, migration),
        DropColumnOperation drop => DropColumnTranslation.Translate(drop, migration),
        RenameColumnOperation rename => RenameColumnTranslation.Translate(rename),
        AlterColumnOperation alter => AlterColumnTranslation.Translate(alter, migration),
        CreateIndexOperation create => CreateIndexTranslation.Translate(create, migration),
        DropIndexOperation drop => DropIndexTranslation.Translate(drop),
        RenameIndexOperation rename => RenameIndexTranslation.Translate(rename),
        AddPrimaryKeyOperation add => ConstraintTranslation.Translate(add),
        AddUniqueConstraintOperation add => ConstraintTranslation.Translate(add),
        AddForeignKeyOperation add => ConstraintTranslation.Translate(add),
        AddCheckConstraintOperation add => ConstraintTranslation.Translate(add),
        DropPrimaryKeyOperation drop => DropConstraintTranslation.Translate(drop, drop.Schema, drop.Table, drop.Name, ConstraintKind.PrimaryKey),
        DropUniqueConstraintOperation drop => DropConstraintTranslation.Translate(drop, drop.Schema, drop.Table, drop.Name, ConstraintKind.Unique),
        DropForeignKeyOperation drop => DropConstraintTranslation.Translate(drop, drop.Schema, drop.Table, drop.Name, ConstraintKind.ForeignKey),
        DropCheckConstraintOperation drop => DropConstraintTranslation.Translate(drop, drop.Schema, drop.Table, drop.Name, ConstraintKind.Check),
        DropSchemaOperation drop => DropSchemaTranslation.Translate(drop),
        EnsureSchemaOperation ensure => EnsureSchemaTranslation.Translate(ensure),
        SqlOperation sql => SqlTranslation.Translate(sql, migration),
        InsertDataOperation insert => DataTranslation.Translate(insert, migration),
        UpdateDataOperation update => DataTranslation.Translate(update, migration),
        DeleteDataOperation delete => DataTranslation.Translate(delete, migration),
        AlterDatabaseOperation alter => AlterDatabaseTranslation.Translate(alter, migration),

        CreateSequenceOperation create => SequenceTranslation.Translate(create),
        AlterSequenceOperation alter => SequenceTranslation.Translate(alter),
        DropSequenceOperation drop => SequenceTranslation.Translate(drop),
        RenameSequenceOperation rename => SequenceTranslation.Translate(rename),
        RestartSequenceOperation restart => SequenceTranslation.Translate(restart),
        NpgsqlCreateDatabaseOperation create => throw Untranslatable.Operation($"Creating database {create.Name}"),
        NpgsqlDropDatabaseOperation drop => throw Untranslatable.Operation($"Dropping database {drop.Name}"),
        _ => throw Untranslatable.UnknownOperation(operation.GetType()),
    };

    static EquatableList<Acceptance> AcceptedOf(MigrationOperation operation) => operation.GetAnnotations()
        .Where(annotation => annotation.Name.StartsWith(Hint.Accept, StringComparison.Ordinal))
        .Select(annotation => new Acceptance(
            annotation.Name[Hint.Accept.Length..],
            annotation.Value is string reason && !string.IsNullOrWhiteSpace(reason) ? reason : throw Untranslatable.Hint(operation.GetType().Name, $".Accept(\"{annotation.Name[Hint.Accept.Length..]}\")", "it needs a reason")))
        .ToEquatableList();

    static bool IsOfEf(Type type) =>
        type.Assembly == typeof(MigrationOperation).Assembly || type.Assembly == typeof(NpgsqlCreateDatabaseOperation).Assembly;
}
