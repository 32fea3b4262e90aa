using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;

namespace EfRoll.Engine;

/// <summary>A name and the changes it stands for, in order.</summary>
/// <param name="Id">The migration's id: EF Core's, or the file's name without its ending.</param>
/// <param name="Operations">The changes.</param>
public sealed record Migration(string Id, EquatableList<Operation> Operations)
{
    /// <summary>The changes that go back to the migration before it; null where nobody says how, as in hand-written files.</summary>
    public EquatableList<Operation>? Down { get; init; }

    /// <summary>Whether only its name is known here: its operations could not be translated, or were not asked for. Then nobody can tell whether it was edited.</summary>
    public bool IsOutline { get; init; }

    /// <summary>Where it is written, as far as its operations say.</summary>
    internal SourceLocation? Place => Operations.Select(operation => operation.Source).FirstOrDefault(source => source is not null);
}
