using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Makes columns unique together. The index is made concurrently while the rollout starts, and binds both versions from then on.</summary>
public sealed record AddUniqueConstraint(RelationName Table, KeyDefinition Key) : Operation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema) =>
        Keys.Add(schema, schema.Require(Table, this), ConstraintKind.Unique, Key, "key", this);
}
