using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Removes a constraint of any kind at contract; until then the old version relies on it.</summary>
public sealed record DropConstraint(RelationName Table, Identifier Name) : Operation
{
    /// <summary>The kind it must be of; null for any.</summary>
    public ConstraintKind? Kind { get; init; }

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Table, this);
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, this);
        var constraint = table.Constraints.Find(candidate => candidate.Name == Name && (Kind is null || candidate.Kind == Kind))
            ?? throw Mistakes.ConstraintNotFound(table.Name, Name, table.Constraints.Select(other => other.Name), Source);
        if (constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique)
            RefuseWhileReferenced(schema, table, constraint);
        return schema.With(table with { Constraints = table.Constraints.Remove(constraint) });
    }

    void RefuseWhileReferenced(LogicalSchema schema, LogicalTable table, LogicalConstraint key)
    {
        var wanted = key.Slots.ToHashSet();
        foreach (var other in schema.Tables.Values)
        {
            var user = other.Constraints.Find(constraint => constraint.ForeignKey is { } reference && reference.Table == table.Id && wanted.SetEquals(reference.Slots));
            if (user is not null)
                throw Mistakes.KeyIsReferenced(table.Name, key.Name, other.Name, user.Name, Source);
        }
    }
}
