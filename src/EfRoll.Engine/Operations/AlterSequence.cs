using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>
/// Changes how a sequence counts; what is left null stays as it is. While both versions run it has the wider limits and the larger increment, so
/// that the blocks of numbers that either version takes do not overlap; the rest follows at contract.
/// </summary>
public sealed record AlterSequence(RelationName Name) : Operation, IObjectOperation
{
    /// <summary>What it adds each time.</summary>
    public long? Increment { get; init; }

    /// <summary>Its lowest value.</summary>
    public SequenceBound? Minimum { get; init; }

    /// <summary>Its highest value.</summary>
    public SequenceBound? Maximum { get; init; }

    /// <summary>How many values a session takes at once.</summary>
    public long? Cache { get; init; }

    /// <summary>Whether it begins anew at its end.</summary>
    public bool? IsCyclic { get; init; }

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var sequence = schema.RequireSequence(Name, this);
        var before = sequence.Options;
        var increment = Increment ?? before.Increment;
        var (minimum, maximum) = SequenceRules.Bounds(
            sequence.Type, increment, Minimum is { } low ? low.Value : before.Minimum, Maximum is { } high ? high.Value : before.Maximum);
        var options = before with
        {
            Increment = increment,
            Minimum = minimum,
            Maximum = maximum,
            Cache = Cache ?? before.Cache,
            IsCyclic = IsCyclic ?? before.IsCyclic,
        };
        SequenceRules.RefuseInvalid(sequence.Name, sequence.Type, options, this);
        return schema.With(sequence with { Options = options, Source = Source });
    }
}

/// <summary>A limit of a sequence; null for PostgreSQL's own choice.</summary>
public sealed record SequenceBound(long? Value);
