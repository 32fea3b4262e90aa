using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Makes an enum. One that was dropped in the same rollout and is made anew under its name gets the labels that it lacks.</summary>
public sealed record CreateEnumType(RelationName Name, EquatableList<string> Labels) : Operation, IObjectOperation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var name = Name.In(schema.BaseSchema);
        schema.RequireSchema(name.Schema, this);
        var drop = schema.Drops.Find(drop => drop.Kind == ObjectKind.Type && drop.Name == name);
        if (drop is not null && schema.FindObject(ObjectKind.Type, name) is null && schema.Database.UserTypes[name] is { Labels: not null } original)
        {
            var revived = new LogicalObject(ObjectKind.Type, name) { Original = original, Labels = original.Labels };
            return new AlterEnumType(Name, Labels) { Source = Source }.Apply(schema with { Drops = schema.Drops.Remove(drop), Objects = schema.Objects.Add(revived) });
        }

        schema.RefuseTakenObjectName(ObjectKind.Type, name, this);
        return schema with { Objects = schema.Objects.Add(new LogicalObject(ObjectKind.Type, name) { Labels = Labels, Source = Source }) };
    }
}
