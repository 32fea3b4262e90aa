using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Makes a schema, if it is not there.</summary>
public sealed record CreateSchema(Identifier Name) : Operation, IObjectOperation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        if (schema.IsDropped(Name))
            return schema with { Drops = schema.Drops.RemoveAll(drop => drop.Kind == ObjectKind.Schema && drop.Name.Name == Name) };
        return schema.Database.Schemas.ContainsKey(Name) || schema.NewSchemas.Contains(Name)
            ? schema
            : schema with { NewSchemas = schema.NewSchemas.Add(Name) };
    }
}
