using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Logical;

/// <summary>A sequence as the version at this point of the rollout sees it.</summary>
/// <param name="Id">Tells sequences apart, whatever they are called meanwhile.</param>
/// <param name="Name">Its name at this point.</param>
/// <param name="Type">The type of its values.</param>
/// <param name="Options">How it counts.</param>
public sealed record LogicalSequence(int Id, QualifiedName Name, string Type, SequenceOptions Options)
{
    /// <summary>The sequence it was before the rollout; null for one that the rollout makes.</summary>
    public Sequence? Original { get; init; }

    /// <summary>Whether it is to start again at <see cref="SequenceOptions.Start"/>.</summary>
    public bool IsRestarted { get; init; }

    /// <summary>Where it was last named.</summary>
    public SourceLocation? Source { get; init; }
}

/// <summary>Something that was there before the rollout, is not a table or a part of one, and goes at contract.</summary>
/// <param name="Kind">What it is, as SQL and people call it.</param>
/// <param name="Name">Its name; for a schema the schema's, twice.</param>
/// <param name="Source">Where that was written.</param>
public sealed record DroppedObject(ObjectKind Kind, QualifiedName Name, SourceLocation? Source);

/// <summary>Kinds of things that stand beside tables.</summary>
public enum ObjectKind
{
    /// <summary>A sequence.</summary>
    Sequence,

    /// <summary>An enum or a range type.</summary>
    Type,

    /// <summary>A collation.</summary>
    Collation,

    /// <summary>A schema.</summary>
    Schema,
}
