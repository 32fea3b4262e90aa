using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>The triggers that keep the versions of tables' rows in step, as the rollout's expressions demand.</summary>
sealed class TableTriggers(Layout layout, VersionViews views, ProbeAnswers answers)
{
    /// <summary>Those of a table that both versions write.</summary>
    public SyncTriggers Of(LogicalTable table)
    {
        var sync = new RowSync(table, answers);
        return new SyncTriggers(table.Original!, layout.After.BaseSchema, views.Schemas.Select(pair => pair.Value).ToEquatableList(), views.SessionMark)
        {
            Ups = sync.Ups.Select(up => ToSync(table, sync, up)).ToEquatableList(),
            Downs = sync.Downs.Select(down => ToSync(table, sync, down) with { Drawn = DrawnBy(table, sync, down) }).ToEquatableList(),
            Followed = Followed(table).ToEquatableList(),
            OldOnly = table.Original!.Columns
                .Where(column => column.Generated is null && !table.Columns.Exists(other => other.Slot.Original == column.Name))
                .Select(column => SyncColumn.Of(column.Name, column.Type, column.Collation is not null)).ToEquatableList(),
            NewOnly = table.Columns.Where(column => column.Slot.Original is null && column.Generated is null)
                .Select(column => SyncColumn.Of(Layout.NameOf(table, column), column.Slot.Type, column.Slot.Collation is not null)).ToEquatableList(),
        };
    }

    IEnumerable<Sync> Followed(LogicalTable table)
    {
        var passing = table.Passing.Select(column => column.Slot).ToHashSet();
        var sync = new RowSync(table, answers, passing);
        foreach (var up in sync.Ups.Where(up => !passing.Contains(up.Target)))
        {
            var inputs = sync.InputsOf(up).Where(passing.Contains).Select(slot => SyncColumn.Of(Layout.NameOf(table, slot)!.Value, slot.Type, slot.Collation is not null)).ToEquatableList();
            if (inputs.Count > 0)
                yield return new Sync(SyncColumn.Of(sync.ColumnOf(up), up.Target.Type, up.Target.Collation is not null), sync.ValueOf(up, $"NEW"), inputs);
        }
    }

    static Sync ToSync(LogicalTable table, RowSync sync, Derivation derivation)
    {
        var inputs = sync.InputsOf(derivation);
        var generated = table.Original!.Columns.FirstOrDefault(column => column.Generated is not null && inputs.Any(slot => slot.Original == column.Name));
        if (generated is not null)
            throw Mistakes.ExpressionReadsGenerated(table.Name, generated.Name, derivation.Expression.Text, derivation.Source);
        return new Sync(
            SyncColumn.Of(sync.ColumnOf(derivation), derivation.Target.Type, derivation.Target.Collation is not null),
            sync.ValueOf(derivation, $"NEW"),
            inputs.Select(slot => SyncColumn.Of(Layout.NameOf(table, slot)!.Value, slot.Type, slot.Collation is not null)).ToEquatableList())
        {
            Assignment = sync.AssignmentOf(derivation),
        };
    }

    static Assignment? DrawnBy(LogicalTable table, RowSync sync, Derivation down)
    {
        var column = table.Columns.Find(column => column.Slot.Succeeds(down.Target) && Layout.DrawsFromSequence(column));
        var up = column is null ? null : sync.Ups.FirstOrDefault(up => up.Target == column.Slot);
        return up is null ? null : new Assignment(sync.ColumnOf(up), sync.ValueOf(up, $"NEW"));
    }
}
