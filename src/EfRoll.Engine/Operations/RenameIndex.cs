using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Renames an index at contract.</summary>
/// <param name="Name">The index; its schema is its table's.</param>
/// <param name="NewName">Its new name.</param>
public sealed record RenameIndex(RelationName Name, Identifier NewName) : Operation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        if (Name.Name == NewName)
            return schema;

        // As ALTER INDEX does: a key's index is renamed by the key's name, which goes with it.
        var full = Name.In(schema.BaseSchema);
        if (schema.Tables.Values.FirstOrDefault(candidate => candidate.Name.Schema == full.Schema && candidate.Constraints.Exists(HasThisIndex)) is { } keyed)
            return new RenameConstraint(new RelationName(keyed.Name.Schema, keyed.Name.Name), Name.Name, NewName) { Source = Source }.Apply(schema);

        var (table, index) = schema.RequireIndex(Name, this);
        schema.RefuseTakenIndexName(table.Name.Schema, NewName, this);
        return schema.With(table with { Indexes = table.Indexes.Replace(index, index with { Name = NewName }) });
    }

    bool HasThisIndex(LogicalConstraint constraint) =>
        constraint.Name == Name.Name && constraint.Kind is (ConstraintKind.PrimaryKey or ConstraintKind.Unique or ConstraintKind.Exclusion);
}
