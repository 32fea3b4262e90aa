using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Removes an empty schema at contract.</summary>
public sealed record DropSchema(Identifier Name) : Operation, IObjectOperation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        schema.RequireSchema(Name, this);
        return schema.NewSchemas.Contains(Name)
            ? schema with { NewSchemas = schema.NewSchemas.Remove(Name) }
            : schema with { Drops = schema.Drops.Add(new DroppedObject(ObjectKind.Schema, new QualifiedName(Name, Name), Source)) };
    }
}
