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
        if (table.Kind is TableKind.Foreign or TableKind.Partition or TableKind.Partitioned)
            throw Mistakes.TableKindNotSupported(table.Name, table.Kind, operation.Source);
    }

    public static void RefuseDependents(LogicalTable table, LogicalColumn column, Operation operation)
    {
        if (column.Original?.Dependents is { Count: > 0 } dependents)
            throw Mistakes.ColumnHasDependents(table.Name, column.Name, dependents, operation.Source);
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
        if (column.Identity is not null)
            throw Mistakes.IdentityOnExistingTable(table, column.Name, operation.Source);
        if (column.Generated == GeneratedKind.Stored)
            throw Mistakes.StoredGeneratedOnExistingTable(table, column.Name, operation.Source);
        if (column.Generated == GeneratedKind.Virtual && serverVersion < 180000)
            throw Mistakes.VirtualNeeds18(table, column.Name, operation.Source);
    }
}
