using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Refuses to drop what is still used when all migrations are folded; what uses it may go in a later one than that which drops it.</summary>
static class ObjectRules
{
    public static void RefuseUsed(LogicalSchema after)
    {
        foreach (var drop in after.Drops)
        {
            var users = (drop.Kind switch
            {
                ObjectKind.Sequence => UsersOfSequence(after, after.Database.Sequences[drop.Name]),
                ObjectKind.Type => UsersOfType(after, after.Database.UserTypes[drop.Name]),
                ObjectKind.Collation => UsersOfCollation(after, after.Database.UserCollations[drop.Name]),
                _ => UsersOfSchema(after, drop.Name.Name),
            }).ToList();
            if (users.Count > 0)
                throw Mistakes.ObjectInUse(ObjectPlan.Describe(drop), users, drop.Source);
        }
    }

    static IEnumerable<string> UsersOfSequence(LogicalSchema after, Sequence sequence)
    {
        foreach (var reference in sequence.Defaults)
        {
            if (ObjectPlan.FindColumn(after, reference) is { } column && column.Default == column.Original!.Default)
                yield return $"the default of {reference.Table.Display}.{reference.Column.Value}";
        }

        if (sequence.OwnedBy is { } owner && ObjectPlan.FindColumn(after, owner) is { Identity: not null })
            yield return $"the identity of {owner.Table.Display}.{owner.Column.Value}";
        foreach (var dependent in sequence.Dependents)
            yield return dependent;
    }

    static IEnumerable<string> UsersOfType(LogicalSchema after, UserObject type) =>
        ColumnsWith(after, column => column.Slot.Type == type.Text || column.Slot.Type == $"{type.Text}[]").Concat(type.Dependents);

    static IEnumerable<string> UsersOfCollation(LogicalSchema after, UserObject collation) =>
        ColumnsWith(after, column => column.Slot.Collation == collation.Name)
            .Concat(after.Tables.Values.SelectMany(table => table.Indexes.Select(index => index.Original).OfType<Schema.Index>())
                .Where(index => index.Tail.Contains($"COLLATE {collation.Text}", StringComparison.Ordinal)).Select(index => $"index {index.Name.Value}"))
            .Concat(collation.Dependents);

    static IEnumerable<string> ColumnsWith(LogicalSchema after, Func<LogicalColumn, bool> isMeant) =>
        after.Tables.Values.SelectMany(table => table.Columns.Where(isMeant).Select(column => $"{table.Name.Display}.{column.Name.Value}"));

    static IEnumerable<string> UsersOfSchema(LogicalSchema after, Identifier schema) =>
        after.Tables.Values.Where(table => table.Name.Schema == schema).Select(table => $"table {table.Name.Display}")
            .Concat(after.Sequences.Values.Where(sequence => sequence.Name.Schema == schema && sequence.Original?.OwnedBy is null).Select(sequence => $"sequence {sequence.Name.Display}"))
            .Concat(after.Objects.Where(other => other.Name.Schema == schema).Select(other => $"{(other.Kind == ObjectKind.Type ? "type" : "collation")} {other.Name.Display}"))
            .Concat(after.Database.SchemaContents.GetValueOrDefault(schema, []));
}
