using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Renames a sequence, or moves it to another schema. While both versions run there are two, which count in turn.</summary>
/// <param name="Name">The sequence.</param>
/// <param name="NewName">Its new name; without a schema it stays in its own.</param>
public sealed record RenameSequence(RelationName Name, RelationName NewName) : Operation, IObjectOperation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var sequence = schema.RequireSequence(Name, this);
        var newName = new QualifiedName(NewName.Schema ?? sequence.Name.Schema, NewName.Name);
        if (newName == sequence.Name)
            return schema;
        if (newName != sequence.Original?.Name)
            schema.RefuseTakenName(newName, this);
        schema.RequireSchema(newName.Schema, this);
        return schema.With(sequence with { Name = newName, Source = Source });
    }
}
