using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Refuses, before anything is touched, what could not be done safely.</summary>
static class Supported
{
    public static void RequireOwnTable(Table table, Operation operation)
    {
        if (!table.IsOwnedByUs)
            throw Mistakes.NotOwner(table.Name, table.Owner, operation.Source);
        if (table.Kind is not (TableKind.Ordinary or TableKind.Partitioned))
            throw Mistakes.TableKindNotSupported(table.Name, table.Kind, operation.Source);
    }

    /// <summary>Refuses to exchange a column on which something hangs that cannot be made anew at contract, without reading a table.</summary>
    public static void RefuseFixedDependents(LogicalTable table, LogicalColumn column, Operation operation) =>
        RefuseDependents(table, column, dependent => dependent.CanMove, operation);

    /// <summary>Refuses to drop a column on which something hangs that PostgreSQL does not drop with it.</summary>
    public static void RefuseLastingDependents(LogicalTable table, LogicalColumn column, Operation operation) =>
        RefuseDependents(table, column, dependent => dependent.Kind == DependentKind.Statistics, operation);

    static void RefuseDependents(LogicalTable table, LogicalColumn column, Func<Dependent, bool> isAllowed, Operation operation)
    {
        if (column.Original?.Dependents.Where(dependent => !isAllowed(dependent)).ToList() is not { Count: > 0 } dependents)
            return;
        throw Mistakes.ColumnHasDependents(
            table.Name, column.Name, dependents.Select(dependent => dependent.IsOwnedByUs ? dependent.Description : $"{dependent.Description} (which belongs to another role)"), operation.Source);
    }

    public static void RequireShadowable(LogicalTable table, LogicalColumn column, Operation operation)
    {
        if (column.Generated is not null)
            throw Mistakes.GeneratedColumnCannotChange(table.Name, column.Name, operation.Source);
        if (table.Constraints.Find(constraint => constraint.Kind == ConstraintKind.Exclusion && constraint.Slots.Contains(column.Slot)) is { } exclusion)
            throw Mistakes.ColumnHasDependents(table.Name, column.Name, [$"exclusion constraint {exclusion.Name.Value}"], operation.Source);
    }

    public static void RequireAddable(QualifiedName table, ColumnDefinition column, int serverVersion, Operation operation)
    {
        if (column.Generated == GeneratedKind.Stored)
            throw Mistakes.StoredGeneratedOnExistingTable(table, column.Name, operation.Source);
        if (column.Generated == GeneratedKind.Virtual && serverVersion < 180000)
            throw Mistakes.VirtualNeeds18(table, column.Name, operation.Source);
    }
}
