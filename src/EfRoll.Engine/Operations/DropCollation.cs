using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Removes a collation at contract.</summary>
public sealed record DropCollation(RelationName Name) : Operation, IObjectOperation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema) => schema.Without(schema.RequireObject(ObjectKind.Collation, Name, this), Source);
}
