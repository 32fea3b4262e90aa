using EfRoll.Engine.Logical;
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
        var (table, index) = schema.RequireIndex(Name, this);
        schema.RefuseTakenIndexName(table.Name.Schema, NewName, this);
        return schema.With(table with { Indexes = table.Indexes.Replace(index, index with { Name = NewName }) });
    }
}
