using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;

namespace EfRoll.Engine.Planning;

/// <summary>Refuses what PostgreSQL does on a partitioned table only under a lock, for as long as it takes to read it, or not at all.</summary>
static class PartitionRules
{
    public static void Check(LogicalSchema after)
    {
        foreach (var table in after.Tables.Values.Where(table => table.Original is { IsPartitioned: true }))
        {
            foreach (var index in table.Indexes.Where(index => index.New is { IsUnique: true }))
                RequirePartitionKey(table, index.Slots, $"the unique index {index.Name.Value} does not hold", index.New!.Source);
            foreach (var constraint in table.Constraints)
                Check(after, table, constraint);
        }
    }

    static void Check(LogicalSchema after, LogicalTable table, LogicalConstraint constraint)
    {
        var isCarried = Questions.IsCarried(table, constraint.Slots);
        if (constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique && (isCarried || constraint.Original is null))
        {
            throw Mistakes.NotOnPartitionedTable(table.Name, isCarried
                    ? $"the key {constraint.Name.Value} holds a column that changes, and PostgreSQL puts no key on an index that is there already."
                    : $"PostgreSQL puts no key such as {constraint.Name.Value} on an index that is there already.",
                isCarried ? "Leave that column out of the change, or change the table in a maintenance window." : "Make a unique index instead.", constraint.Source);
        }

        if (constraint.ForeignKey is not { } reference || after.Database.ServerVersion >= 180000)
            return;
        if (constraint.Original is null || isCarried || Questions.IsCarried(after.Tables[reference.Table], reference.Slots))
        {
            throw Mistakes.NotOnPartitionedTable(table.Name, $"before version 18 PostgreSQL adds a foreign key such as {constraint.Name.Value} to it only under a lock, while it reads all rows.",
                "Add it in a maintenance window, or upgrade the server first.", constraint.Source);
        }
    }

    static void RequirePartitionKey(LogicalTable table, IReadOnlyCollection<Slot> slots, string what, SourceLocation? source)
    {
        var missing = table.Columns.Find(column => column.Original?.Dependents.Any(dependent => dependent.Kind == DependentKind.PartitionKey) == true && !slots.Contains(column.Slot));
        if (missing is not null)
            throw Mistakes.NotOnPartitionedTable(table.Name, $"{what} {missing.Name.Value}, by which it is partitioned.", $"Add {missing.Name.Value} to its columns.", source);
    }
}
