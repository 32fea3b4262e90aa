using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Queries for rows that violate a constraint which is about to be added; each returns the rows' keys as <c>key</c>.</summary>
static class Violations
{
    // What users make has ids from here on; below are PostgreSQL's own types.
    const uint FirstUserId = 16384;

    /// <summary>The query; null where the rows cannot be asked yet, because the constraint stands on something that the rollout makes.</summary>
    /// <param name="layout">Where things are.</param>
    /// <param name="built">The constraint.</param>
    /// <param name="isExpanded">Whether what the rollout makes is there and filled.</param>
    public static SqlText? Query(Layout layout, BuiltConstraint built, bool isExpanded)
    {
        var table = built.Table;
        if (table.Original is not { } original || built.IsCarried)
            return null;
        if (built.Constraint.ForeignKey is { } foreignKey)
        {
            var target = built.Target!;
            if (!isExpanded && !(target.Original is not null && AreThere(table, built.Constraint.Slots) && AreThere(target, foreignKey.Slots)))
                return null;
            var columns = Columns(table, built.Constraint.Slots).Zip(Columns(target, foreignKey.Slots)).ToList();
            var isGiven = SqlText.Join(" AND ", columns.Select(pair => (SqlText)$"t.{pair.First} IS NOT NULL"));
            var matches = SqlText.Join(" AND ", columns.Select(pair => (SqlText)$"r.{pair.Second} = t.{pair.First}"));
            return $"SELECT {Key(original)} AS key FROM {original.Name} AS t WHERE {isGiven} AND NOT EXISTS (SELECT FROM {layout.NameOf(target)} AS r WHERE {matches})";
        }

        var isOnOriginals = built.Constraint.Check!.Scope.Slots.Where(pair => built.Reads.Contains(pair.Key)).All(pair => table.SuccessorOf(pair.Value)?.Slot.Original is not null);
        return isOnOriginals || isExpanded
            ? (SqlText)$"SELECT {Key(original)} AS key FROM {original.Name} AS t WHERE NOT {Condition(built.Definition.ToString())}"
            : null;
    }

    /// <summary>The query for rows without a value in a column.</summary>
    public static SqlText Nulls(Table table, Identifier column) => $"SELECT {Key(table)} AS key FROM {table.Name} AS t WHERE t.{column} IS NULL";

    /// <summary>
    /// Returns the default of a foreign key's columns if it is no key of the table that it refers to: what the old version inserts, and it does not
    /// know the columns, would be refused. Null if the old version gives them values, or they get them of the old version's row.
    /// </summary>
    /// <param name="layout">Where things are.</param>
    /// <param name="built">The foreign key.</param>
    /// <param name="isEmpty">Whether the table that it refers to is new and nobody fills it.</param>
    public static SqlText? OldInserts(Layout layout, BuiltConstraint built, bool isEmpty)
    {
        if (built is not { IsCarried: false, Table.Original: not null, Target: { } target, Constraint.ForeignKey: { } foreignKey })
            return null;
        var columns = built.Constraint.Slots.Select(slot => built.Table.Columns.Find(column => column.Slot == slot)).ToList();
        if (!columns.TrueForAll(column => column is { Default: not null, Generated: null, Slot.Original: null } && !Layout.IsDerived(built.Table, column)))
            return null;
        var values = columns.Select(column => (SqlText)$"CAST({SqlText.Verbatim(column!.Default!)} AS {SqlText.Verbatim(column.Slot.Type)})").ToList();
        var matches = SqlText.Join(" AND ", Columns(target, foreignKey.Slots).Zip(values).Select(pair => (SqlText)$"r.{pair.First} = {pair.Second}"));
        var isGiven = SqlText.Join(" AND ", values.Select(value => (SqlText)$"{value} IS NOT NULL"));
        SqlText query = $"SELECT concat_ws(', ', {values}) AS key WHERE {isGiven}";
        return isEmpty ? query : $"{query} AND NOT EXISTS (SELECT FROM {layout.NameOf(target)} AS r WHERE {matches})";
    }

    /// <summary>Whether it can be asked before anything is done: the types and the rows that it needs are there, and stay so.</summary>
    public static bool IsKnownBefore(Layout layout, BuiltConstraint built, bool isTargetFilled) => !isTargetFilled
        && built.Constraint.Slots.All(slot => layout.After.Database.Types.GetValueOrDefault(slot.Type) is { Id: < FirstUserId })
        && built.Constraint.Slots.All(slot => built.Table.Columns.Find(column => column.Slot == slot)?.Default?.Contains('(', StringComparison.Ordinal) is not true)
        && (built.Target!.Original is null || built.Constraint.ForeignKey!.Slots.All(slot => slot.Original is not null));

    // A column that the same rollout changes later is asked by its new values, which are not there yet.
    static bool AreThere(LogicalTable table, EquatableList<Slot> slots) => slots.All(slot => table.SuccessorOf(slot)?.Slot.Original is not null);

    static IEnumerable<Identifier> Columns(LogicalTable table, EquatableList<Slot> slots) => slots.Select(slot => Layout.NameOf(table, table.SuccessorOf(slot)!));

    // PostgreSQL prints CHECK, the condition in parentheses, and perhaps NO INHERIT.
    static SqlText Condition(string definition) =>
        SqlText.Verbatim(definition["CHECK ".Length..(definition.LastIndexOf(')') + 1)]);

    static SqlText Key(Table table)
    {
        var columns = table.Constraints.FirstOrDefault(constraint => constraint.Kind == ConstraintKind.PrimaryKey)?.Columns
            .Select(number => (SqlText)$"t.{table.ColumnAt(number).Name}").ToList();
        return columns is null ? (SqlText)$"t.ctid::text" : $"concat_ws(', ', {columns})";
    }
}
