using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Renames a column. The new version sees it by its new name at once; it is renamed at contract.</summary>
public sealed record RenameColumn(RelationName Table, Identifier Name, Identifier NewName) : Operation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Table, this);
        var column = table.Require(Name, this);
        if (Name == NewName)
            return schema;
        if (table.Find(NewName) is not null)
            throw Mistakes.ColumnExists(table.Name, NewName, Source);
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, this);
        return schema.With(table.With(column, column with { Name = NewName }));
    }
}
