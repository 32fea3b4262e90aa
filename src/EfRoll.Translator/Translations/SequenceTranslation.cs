using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

static class SequenceTranslation
{
    public static IReadOnlyList<Operation> Translate(CreateSequenceOperation operation)
    {
        new AnnotationSet(operation, $"sequence {operation.Name}").RefuseRest();
        return
        [
            new CreateSequence(new RelationName(operation.Schema, operation.Name))
            {
                Type = TypeOf(operation),
                Start = operation.StartValue,
                Increment = operation.IncrementBy,
                Minimum = operation.MinValue,
                Maximum = operation.MaxValue,
                IsCyclic = operation.IsCyclic,
            },
        ];
    }

    public static IReadOnlyList<Operation> Translate(AlterSequenceOperation operation)
    {
        new AnnotationSet(operation, $"sequence {operation.Name}").RefuseRest();
        return
        [
            new AlterSequence(new RelationName(operation.Schema, operation.Name))
            {
                Increment = operation.IncrementBy,
                Minimum = new SequenceBound(operation.MinValue),
                Maximum = new SequenceBound(operation.MaxValue),
                IsCyclic = operation.IsCyclic,
            },
        ];
    }

    public static IReadOnlyList<Operation> Translate(RestartSequenceOperation operation)
    {
        new AnnotationSet(operation, $"restarting sequence {operation.Name}").RefuseRest();
        return [new RestartSequence(new RelationName(operation.Schema, operation.Name), operation.StartValue)];
    }

    public static IReadOnlyList<Operation> Translate(RenameSequenceOperation operation)
    {
        new AnnotationSet(operation, $"renaming sequence {operation.Name}").RefuseRest();

        // Without a new schema the sequence stays in its own, as with the provider.
        var newName = new RelationName(operation.NewSchema, operation.NewName ?? operation.Name);
        return [new RenameSequence(new RelationName(operation.Schema, operation.Name), newName)];
    }

    public static IReadOnlyList<Operation> Translate(DropSequenceOperation operation)
    {
        new AnnotationSet(operation, $"dropping sequence {operation.Name}").RefuseRest();
        return [new DropSequence(new RelationName(operation.Schema, operation.Name))];
    }

    // EF Core allows more types than PostgreSQL has sequences of; the provider would write those, too.
    static string TypeOf(CreateSequenceOperation operation) => Type.GetTypeCode(operation.ClrType) switch
    {
        TypeCode.Int16 => "smallint",
        TypeCode.Int32 => "integer",
        TypeCode.Int64 => "bigint",
        _ => throw Untranslatable.Operation($"Creating sequence {operation.Name} of {operation.ClrType.Name}"),
    };
}
