using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Removes an enum or range type at contract.</summary>
public sealed record DropType(RelationName Name) : Operation, IObjectOperation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema) => schema.Without(schema.RequireObject(ObjectKind.Type, Name, this), Source);
}
