using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Hints;

/// <summary>
/// Authors write <c>.Up("…")</c> and <c>.Down("…")</c> once, where the change is made. Its way back has the same two expressions, the other way round.
/// </summary>
static class HintsOnTheWayBack
{
    /// <summary>Gives operations of the way back what the way forth says; what they say themselves stays.</summary>
    public static void Carry(IReadOnlyList<MigrationOperation> forth, IEnumerable<MigrationOperation> back)
    {
        foreach (var operation in back)
        {
            if (KeyOf(operation) is not { } key || forth.FirstOrDefault(other => other.GetType() == Opposite(operation) && KeyOf(other) == key) is not { } other)
                continue;
            Copy(other, Hint.Down, operation, Hint.Up);
            Copy(other, Hint.Up, operation, Hint.Down);
        }
    }

    static void Copy(MigrationOperation from, string hint, MigrationOperation to, string hintThere)
    {
        if (from[hint] is { } value && to[hintThere] is null)
            to[hintThere] = value;
    }

    static (string? Schema, string Table, string Name)? KeyOf(MigrationOperation operation) => operation switch
    {
        AlterColumnOperation alter => (alter.Schema, alter.Table, alter.Name),
        AddColumnOperation add => (add.Schema, add.Table, add.Name),
        DropColumnOperation drop => (drop.Schema, drop.Table, drop.Name),
        _ => null,
    };

    static Type Opposite(MigrationOperation operation) => operation switch
    {
        AddColumnOperation => typeof(DropColumnOperation),
        DropColumnOperation => typeof(AddColumnOperation),
        _ => operation.GetType(),
    };
}
