using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Lets a sequence start again, at contract: until then both versions go on where it stands.</summary>
/// <param name="Name">The sequence.</param>
/// <param name="Start">Where it starts from now on; null for where it started before.</param>
public sealed record RestartSequence(RelationName Name, long? Start) : Operation, IObjectOperation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var sequence = schema.RequireSequence(Name, this);
        var options = sequence.Options with { Start = Start ?? sequence.Options.Start };
        SequenceRules.RefuseInvalid(sequence.Name, sequence.Type, options, this);
        return schema.With(sequence with { Options = options, IsRestarted = true, Source = Source });
    }
}
