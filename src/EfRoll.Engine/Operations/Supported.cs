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

    /// <summary>Refuses to change a column on which something hangs that cannot be made anew at contract, without reading a table.</summary>
    public static void RefuseFixedDependents(LogicalTable table, LogicalColumn column, Operation operation) =>
        RefuseDependents(table, column, dependent => dependent.CanMove || dependent.Kind == DependentKind.Setting, operation);

    /// <summary>Refuses to drop a column on which something hangs that PostgreSQL does not drop with it.</summary>
    public static void RefuseLastingDependents(LogicalTable table, LogicalColumn column, Operation operation) =>
        RefuseDependents(table, column, dependent => dependent.Kind is DependentKind.Statistics or DependentKind.Setting, operation);

    static void RefuseDependents(LogicalTable table, LogicalColumn column, Func<Dependent, bool> isAllowed, Operation operation)
    {
        if (column.Original?.Dependents.Where(dependent => !isAllowed(dependent)).ToList() is not { Count: > 0 } dependents)
            return;
        throw Mistakes.ColumnHasDependents(
            table.Name, column.Name, dependents.Select(dependent => dependent.IsOwnedByUs ? dependent.Description : $"{dependent.Description} (which belongs to another role)"), operation.Source);
    }

    /// <summary>Refuses to put another column in the place of one that has something which the other cannot be given.</summary>
    public static void RequireShadowable(LogicalTable table, LogicalColumn column, Operation operation)
    {
        RefuseDependents(table, column, dependent => dependent.Kind != DependentKind.Setting, operation);
        if (table.Constraints.Find(constraint => constraint.Kind == ConstraintKind.Exclusion && constraint.Slots.Contains(column.Slot)) is { } exclusion)
            throw Mistakes.ColumnHasDependents(table.Name, column.Name, [$"exclusion constraint {exclusion.Name.Value}"], operation.Source);
    }

    /// <summary>Refuses a generated column that PostgreSQL does not have, or for which it would rewrite a table with rows unless the author accepts that.</summary>
    public static void RequireGenerated(LogicalSchema schema, LogicalTable table, Identifier column, GeneratedKind kind, bool isInPlace, Operation operation)
    {
        if (kind == GeneratedKind.Virtual && schema.Database.ServerVersion < 180000)
            throw Mistakes.VirtualNeeds18(table.Name, column, operation.Source);
        if (kind == GeneratedKind.Stored && table.Original is { IsEmpty: false } && !isInPlace)
            throw Mistakes.RewritesTable(table.Name, $"The stored generated column {column.Value}", "Make it virtual on PostgreSQL 18, or a plain column with .Up(\"…\"); or ", operation.Source);
    }
}
