using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Renames a constraint at contract.</summary>
public sealed record RenameConstraint(RelationName Table, Identifier Name, Identifier NewName) : Operation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Table, this);
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, this);
        var constraint = table.Constraints.Find(candidate => candidate.Name == Name)
            ?? throw Mistakes.ConstraintNotFound(table.Name, Name, table.Constraints.Select(other => other.Name), Source);
        if (Name == NewName)
            return schema;
        table.RefuseTakenConstraintName(NewName, this);
        return schema.With(table with { Constraints = table.Constraints.Replace(constraint, constraint with { Name = NewName }) });
    }
}
