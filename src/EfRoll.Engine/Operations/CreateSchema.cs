using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Makes a schema, if it is not there.</summary>
public sealed record CreateSchema(Identifier Name) : Operation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema) =>
        schema.Database.Schemas.ContainsKey(Name) || schema.NewSchemas.Contains(Name)
            ? schema
            : schema with { NewSchemas = schema.NewSchemas.Add(Name) };
}
