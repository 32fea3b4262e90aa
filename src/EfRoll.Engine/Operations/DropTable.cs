using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Removes a table. The old version keeps it until contract; the new one no longer sees it.</summary>
public sealed record DropTable(RelationName Name) : Operation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Name, this);
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, this);
        var referencing = schema.Tables.Values
            .Where(other => other.Id != table.Id)
            .SelectMany(other => other.Constraints.Where(constraint => constraint.ForeignKey?.Table == table.Id).Select(constraint => (other, constraint)))
            .FirstOrDefault();
        if (referencing.constraint is { } foreignKey)
            throw Mistakes.TableIsReferenced(table.Name, referencing.other.Name, foreignKey.Name, Source);
        if (table.Original?.Dependents is { Count: > 0 } dependents)
            throw Mistakes.TableHasDependents(table.Name, dependents, Source);
        return schema.Without(table);
    }
}
