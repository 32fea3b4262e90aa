using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Removes a column. The old version keeps reading and writing it until contract.</summary>
public sealed record DropColumn(RelationName Table, Identifier Column) : Operation
{
    /// <summary>The value for rows that the new version writes, from its columns; null for the column's default.</summary>
    public Expression? Down { get; init; }

    /// <summary>The value to fall back on when there is neither <see cref="Down"/> nor a default: what EF Core's <c>Down</c> would give.</summary>
    public Expression? DownFill { get; init; }

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Table, this);
        var column = table.Require(Column, this);
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, this);
        Supported.RefuseLastingDependents(table, column, this);

        var referencing = schema.Tables.Values
            .SelectMany(other => other.Constraints.Select(constraint => (other, constraint)))
            .FirstOrDefault(pair => pair.constraint.ForeignKey is { } key && key.Table == table.Id && key.Slots.Contains(column.Slot)
                && !(pair.other.Id == table.Id && pair.constraint.Slots.Contains(column.Slot)));
        if (referencing.constraint is { } foreignKey)
            throw Mistakes.ColumnIsReferenced(table.Name, Column, referencing.other.Name, foreignKey.Name, Source);

        // PostgreSQL drops what stands on a dropped column: indexes and constraints, also those that share it with other columns.
        table = table with
        {
            Columns = table.Columns.Remove(column),
            Indexes = table.Indexes.RemoveAll(index => index.Slots.Contains(column.Slot)),
            Constraints = table.Constraints.RemoveAll(constraint => constraint.Slots.Contains(column.Slot)),
        };

        // A slot that the rollout made, and that took no column's place, is nobody's yet: the old version does not know it. What it does know may
        // follow from it, though, by the down of a column that was dropped before.
        if (table.Original is null || column.Original is null)
            return schema.With((Down ?? DefaultOf(column)) is { } passed && IsInDown(table, column.Slot) ? WithDown(passed) : table);

        var mustBeFilled = column is { IsNotNull: true, Default: null, Identity: null, Generated: null };
        var down = Down ?? (mustBeFilled ? DownFill ?? throw Mistakes.DroppedColumnNeedsValue(table.Name, Column, Source) : null);

        // A shadow that is dropped again: the column behind it still gets its value through it.
        if (column.Slot.Original is null && column.Original.Generated is null)
            down ??= column.Default is { } value ? new Expression(value) : new Expression("NULL");

        return schema.With(down is null ? table : WithDown(down));

        LogicalTable WithDown(Expression expression) => table with
        {
            Derivations = table.Derivations.Add(new Derivation(column.Slot, Direction.Down, expression, table.ScopeNow, schema.Migration, Source)),
        };
    }

    static Expression? DefaultOf(LogicalColumn column) => column is { Default: { } value, Generated: null } ? new Expression(value) : null;

    static bool IsInDown(LogicalTable table, Slot slot) =>
        table.Derivations.Exists(derivation => derivation.Direction == Direction.Down && derivation.Scope.Slots.ContainsValue(slot));
}
