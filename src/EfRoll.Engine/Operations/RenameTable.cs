using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Renames a table, or moves it to another schema. The new version sees it by its new name at once; it is renamed at contract.</summary>
/// <param name="Name">The table.</param>
/// <param name="NewName">Its new name; without a schema it stays in its own.</param>
public sealed record RenameTable(RelationName Name, RelationName NewName) : Operation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Name, this);
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, this);
        var newName = new QualifiedName(NewName.Schema ?? table.Name.Schema, NewName.Name);
        if (newName == table.Name)
            return schema;
        schema.RefuseTakenName(newName, this);
        schema.RequireSchema(newName.Schema, this);
        return schema.With(table with { Name = newName });
    }
}
