using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>
/// Gives an enum the labels that it lacks, where the list has them; those that it has keep their order, as with EF Core. A label of an enum that is
/// in use cannot be taken away.
/// </summary>
/// <param name="Name">The enum.</param>
/// <param name="Labels">All its labels.</param>
public sealed record AlterEnumType(RelationName Name, EquatableList<string> Labels) : Operation, IObjectOperation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var type = schema.RequireObject(ObjectKind.Type, Name, this);
        var before = type.Labels ?? throw Mistakes.ObjectNotFound("enum", type.Name, Source);
        var removed = before.Except(Labels).Where(label => type.Original?.Labels?.Contains(label) == true).ToList();
        if (removed.Count > 0)
            throw Mistakes.EnumLabelsRemoved(type.Name, removed, Source);
        var labels = before.Intersect(Labels).ToList();
        var first = labels.FirstOrDefault();
        for (var position = 0; position < Labels.Count; position++)
        {
            var label = Labels[position];
            if (labels.Contains(label))
                continue;
            if (position == Labels.Count - 1 || position == 0 && first is null)
                labels.Add(label);
            else
                labels.Insert(position == 0 ? labels.IndexOf(first!) : labels.IndexOf(Labels[position - 1]) + 1, label);
        }

        return schema.Replace(type, type with { Labels = labels.ToEquatableList(), Source = Source });
    }
}
