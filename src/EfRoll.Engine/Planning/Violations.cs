using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Queries for rows that violate a constraint which is about to be added; each returns the rows' keys as <c>key</c>.</summary>
static class Violations
{
    /// <summary>The query; null where the rows cannot be asked yet, because the constraint stands on something that the rollout makes.</summary>
    public static SqlText? Query(Layout layout, BuiltConstraint built)
    {
        var table = built.Table;
        if (table.Original is not { } original || built.IsCarried)
            return null;
        if (built.Constraint.ForeignKey is { } foreignKey)
        {
            var target = built.Target!;
            if (target.Original is null || built.Constraint.Slots.Concat(foreignKey.Slots).Any(slot => slot.Original is null))
                return null;
            var columns = built.Constraint.Slots.Zip(foreignKey.Slots).ToList();
            var isGiven = SqlText.Join(" AND ", columns.Select(pair => (SqlText)$"t.{pair.First.Original!.Value} IS NOT NULL"));
            var matches = SqlText.Join(" AND ", columns.Select(pair => (SqlText)$"r.{pair.Second.Original!.Value} = t.{pair.First.Original!.Value}"));
            return $"SELECT {Key(original)} AS key FROM {original.Name} AS t WHERE {isGiven} AND NOT EXISTS (SELECT FROM {layout.NameOf(target)} AS r WHERE {matches})";
        }

        var isOnOriginals = built.Constraint.Check!.Scope.Slots.Where(pair => built.Reads.Contains(pair.Key)).All(pair => table.SuccessorOf(pair.Value)?.Slot.Original is not null);
        return isOnOriginals
            ? (SqlText)$"SELECT {Key(original)} AS key FROM {original.Name} AS t WHERE NOT {Condition(built.Definition.ToString())}"
            : null;
    }

    /// <summary>The query for rows without a value in a column.</summary>
    public static SqlText Nulls(Table table, Identifier column) => $"SELECT {Key(table)} AS key FROM {table.Name} AS t WHERE t.{column} IS NULL";

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
