using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Says which tables a rollout changes, and how, so that changes by others can be told from its own.</summary>
sealed class Watch(Layout layout, ObjectChanges objects, VersionViews views, ViewPolicy policy)
{
    /// <summary>The tables that were there and that the rollout changes, without what they are like.</summary>
    public EquatableList<WatchedTable> Tables() => layout.After.Tables.Values.Where(IsChanged).Select(Of)
        .Concat(layout.DroppedTables.Select(Dropped))
        .OrderBy(table => table.Name).ToEquatableList();

    bool IsChanged(LogicalTable table) => table.Original is not null
        && (layout.NeedsView(table) || WiderColumns.Of(table).Any() || table.Columns.Exists(RequiredInPlace.Gains) || table.Columns.Exists(RequiredInPlace.Loses) || Named(table).Any() || Made(table).Any());

    WatchedTable Of(LogicalTable table)
    {
        var original = table.Original!;
        var unchanged = table.Columns.Where(IsUnchanged).Select(column => column.Slot.Original).OfType<Identifier>().ToHashSet();
        var staying = table.Columns.Select(column => column.Slot.Original).OfType<Identifier>().ToHashSet();
        return new WatchedTable(original.Name)
        {
            MadeColumns = table.Columns.Where(column => column.Slot.Original is null).Select(column => Layout.NameOf(table, column)).ToEquatableList(),
            MadeObjects = Made(table).ToEquatableList(),
            MadeReferences = objects.BuiltConstraints.Where(built => built.Target?.Original == original)
                .Select(built => $"{built.BuildName.Value} of {layout.NameOf(built.Table).Display}").ToEquatableList(),
            WidenedColumns = WiderColumns.Of(table).Select(column => column.Original!.Name).ToEquatableList(),
            LeavingColumns = original.Columns.Select(column => column.Name).Where(name => !staying.Contains(name)).ToEquatableList(),
            DroppedColumns = original.Columns.Where(column => !table.Columns.Exists(other => other.Original?.Number == column.Number)).Select(column => column.Name).ToEquatableList(),
            ChangedColumns = original.Columns.Select(column => column.Name).Where(name => !unchanged.Contains(name)).ToEquatableList(),
            WantedColumns = table.Columns.Select(column => column.Name).ToEquatableList(),
            NamedObjects = Named(table).ToEquatableList(),
            CountsOnRows = Layout.HasMarker(table) && original.Triggers.Count == 0,
            KeepsView = policy == ViewPolicy.All && views.Tables.Contains(table),
        };
    }

    static WatchedTable Dropped(Table table) => new(table.Name)
    {
        LeavingColumns = table.Columns.Select(column => column.Name).ToEquatableList(),
        DroppedColumns = table.Columns.Select(column => column.Name).ToEquatableList(),
        ChangedColumns = table.Columns.Select(column => column.Name).ToEquatableList(),
        IsDropped = true,
    };

    static bool IsUnchanged(LogicalColumn column) => column.Original is { } original && column.Slot.Original == original.Name && column.Name == original.Name
        && column.Slot.Type == original.Type && column.IsNotNull == original.IsNotNull && column.Default == original.Default
        && column.Slot.Collation == original.Collation && column.Generated == original.Generated && column.Numbering == original.Numbering;

    IEnumerable<Identifier> Made(LogicalTable table) => objects.BuiltIndexes.Where(built => built.Table == table).Select(built => built.BuildName)
        .Concat(objects.BuiltConstraints.Where(built => built.Table == table).Select(built => built.BuildName));

    IEnumerable<Identifier> Named(LogicalTable table) => objects.DroppedIndexes.Concat(objects.DroppedConstraints).Where(dropped => dropped.Table == table).Select(dropped => dropped.Name)
        .Concat(objects.RenamedIndexes.Concat(objects.RenamedConstraints).Where(renamed => renamed.Table == table).Select(renamed => renamed.From));
}
