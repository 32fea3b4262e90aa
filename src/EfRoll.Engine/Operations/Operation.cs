using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;

namespace EfRoll.Engine.Operations;

/// <summary>One change that an author asks for.</summary>
/// <remarks>
/// An operation is pure: it checks itself against the schema at its point of the rollout and returns the schema after it. What has to be
/// done to the database is planned from the net change of all operations together (<see cref="Planning"/>).
/// </remarks>
public abstract record Operation
{
    /// <summary>Where it was written.</summary>
    public SourceLocation? Source { get; init; }

    /// <summary>What a review finds of it, and its author accepts.</summary>
    public EquatableList<Acceptance> Accepted { get; init; } = [];

    /// <summary>Returns the schema after this change.</summary>
    /// <exception cref="Errors.EfRollException">The change is not possible here, or not safe.</exception>
    public abstract LogicalSchema Apply(LogicalSchema schema);
}

/// <summary>Says that an author knows what a review finds of an operation, and wants it so.</summary>
/// <param name="Code">What is found: <c>EFR4111</c>.</param>
/// <param name="Reason">Why it is accepted.</param>
public sealed record Acceptance(string Code, string Reason);
