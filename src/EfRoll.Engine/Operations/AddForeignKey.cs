using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Adds a foreign key. It binds both versions' new rows at once; existing rows are checked without a strong lock.</summary>
public sealed record AddForeignKey(RelationName Table, ForeignKeyDefinition ForeignKey) : Operation
{
    static readonly string[] Actions = ["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"];

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Table, this);
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, this);
        if (!Actions.Contains(ForeignKey.OnDelete) || !Actions.Contains(ForeignKey.OnUpdate))
            throw Mistakes.InvalidDefinition("The foreign key", $"ON DELETE {ForeignKey.OnDelete} ON UPDATE {ForeignKey.OnUpdate}", $"an action is one of {string.Join(", ", Actions)}", Source);
        var target = schema.Require(ForeignKey.ReferencedTable, this);
        if (target.Original is { } originalTarget)
            Supported.RequireOwnTable(originalTarget, this);
        var referenced = ForeignKey.ReferencedColumns.Count > 0
            ? ForeignKey.ReferencedColumns.Select(name => target.Require(name, this).Slot).ToEquatableList()
            : target.Constraints.Find(constraint => constraint.Kind == ConstraintKind.PrimaryKey)?.Slots
                ?? throw Mistakes.NoPrimaryKeyToReference(target.Name, Source);
        var slots = ForeignKey.Columns.Select(name => table.Require(name, this).Slot).ToEquatableList();
        if (slots.Count != referenced.Count)
            throw Mistakes.ForeignKeyColumnCount(table.Name, slots.Count, target.Name, referenced.Count, Source);
        if (!IsUnique(target, referenced))
            throw Mistakes.ReferencedColumnsNotUnique(target.Name, referenced.Select(slot => target.Columns.Find(column => column.Slot == slot)!.Name), Source);

        table = RawUpdate.Derive(schema, table, slots, Source);
        var name = ForeignKey.Name ?? schema.ChooseName(table, ForeignKey.Columns, "fkey");
        table.RefuseTakenConstraintName(name, this);
        return schema.With(table with
        {
            Constraints = table.Constraints.Add(new LogicalConstraint(name, ConstraintKind.ForeignKey)
            {
                Slots = slots,
                IsDeferrable = ForeignKey.IsDeferrable,
                IsDeferred = ForeignKey.IsDeferred,
                ForeignKey = new LogicalForeignKey(target.Id, referenced, ForeignKey.OnDelete, ForeignKey.OnUpdate)
                {
                    IsMatchFull = ForeignKey.IsMatchFull,
                    SetSlots = ForeignKey.SetColumns.Select(column => table.Require(column, this).Slot).ToEquatableList(),
                },
                Source = Source,
            }),
        });
    }

    static bool IsUnique(LogicalTable target, EquatableList<Slot> slots)
    {
        var wanted = slots.ToHashSet();
        return target.Constraints.Exists(constraint =>
                constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique && wanted.SetEquals(constraint.Slots))
            || target.Indexes.Exists(index => (index.Original?.IsUnique ?? index.New!.IsUnique) && wanted.SetEquals(index.Slots));
    }
}
