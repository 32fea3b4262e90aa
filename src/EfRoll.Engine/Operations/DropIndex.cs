using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Removes an index, concurrently, once the rollout is complete.</summary>
/// <param name="Name">The index; its schema is its table's.</param>
public sealed record DropIndex(RelationName Name) : Operation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var (table, index) = schema.RequireIndex(Name, this);
        return schema.With(table with { Indexes = table.Indexes.Remove(index) });
    }
}
