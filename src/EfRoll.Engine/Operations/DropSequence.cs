using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Removes a sequence at contract. The old version goes on using it until then.</summary>
public sealed record DropSequence(RelationName Name) : Operation, IObjectOperation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var sequence = schema.RequireSequence(Name, this);
        schema = schema with { Sequences = schema.Sequences.Remove(sequence.Id) };
        return sequence.Original is { } original
            ? schema with { Drops = schema.Drops.Add(new DroppedObject(ObjectKind.Sequence, original.Name, Source)) }
            : schema;
    }
}
