using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>
/// Where things are in the database while both versions run. What was there keeps its name; what the rollout makes gets its final name if
/// that is free, else a hidden one that is exchanged at contract.
/// </summary>
sealed class Layout(LogicalSchema after)
{
    readonly HashSet<QualifiedName> _indexes =
        [.. after.Database.Tables.Values.SelectMany(table => table.Indexes.Select(index => new QualifiedName(table.Name.Schema, index.Name)))];

    public LogicalSchema After { get; } = after;

    /// <summary>The tables that were there and that the new version does not have: complete drops them.</summary>
    public IEnumerable<Table> DroppedTables
    {
        get
        {
            var kept = After.Tables.Values.Select(table => table.Original?.Name).ToHashSet();
            return After.Database.Tables.Values.Where(table => !kept.Contains(table.Name));
        }
    }

    public QualifiedName NameOf(LogicalTable table)
    {
        if (table.Original is { } original)
            return original.Name;
        if (After.Ghosts.Exists(ghost => ghost.Id == table.Id))
            return table.Name with { Name = HelperNames.Kept(table.Id, table.Name.Name) };
        return IsTaken(table.Name) ? table.Name with { Name = HelperNames.New(table.Name.Name) } : table.Name;
    }

    public static Identifier NameOf(LogicalTable table, LogicalColumn column)
    {
        if (column.Slot.Original is { } original)
            return original;
        return table.Original?.Find(column.Name) is null ? column.Name : HelperNames.New(column.Name);
    }

    /// <summary>The physical column of a slot that has one: an original, one that the new version sees, or one that is kept. Null for a passing value.</summary>
    public static Identifier? NameOf(LogicalTable table, Slot slot)
    {
        if (slot.Original is { } original)
            return original;
        if (table.Columns.Find(column => column.Slot == slot) is { } column)
            return NameOf(table, column);
        return table.Passing.Find(column => column.Slot == slot) is { } passing ? HelperNames.Kept(slot.Id, passing.Name) : null;
    }

    /// <summary>The name under which an index is built.</summary>
    public Identifier BuildNameOf(LogicalTable table, Identifier finalName)
    {
        var schema = NameOf(table).Schema;
        return schema != table.Name.Schema || IsTaken(new QualifiedName(schema, finalName)) ? HelperNames.New(finalName) : finalName;
    }

    /// <summary>The sequence that is made with a column, until contract.</summary>
    public QualifiedName SequenceOf(LogicalTable table, LogicalColumn column)
    {
        var (schema, name) = (NameOf(table).Schema, column.SequenceName!.Value);
        return new QualifiedName(schema, IsTaken(new QualifiedName(schema, name)) ? HelperNames.New(name) : name);
    }

    /// <summary>The name under which a check or foreign key is built.</summary>
    public static Identifier BuildConstraintNameOf(LogicalTable table, Identifier finalName) =>
        table.Original is { } original && original.Constraints.Any(constraint => constraint.Name == finalName) ? HelperNames.New(finalName) : finalName;

    bool IsTaken(QualifiedName name) =>
        After.Database.Tables.ContainsKey(name) || After.Database.OtherRelations.ContainsKey(name) || _indexes.Contains(name);

    /// <summary>Whether the new version needs a view to see the table: its name, its columns or its defaults differ from what is there.</summary>
    public bool NeedsView(LogicalTable table)
    {
        if (NameOf(table) != table.Name)
            return true;
        if (table.Original is not { } original)
            return false;
        var visible = table.Columns.Select(column => column.Slot.Original).OfType<Identifier>().ToHashSet();
        return original.Columns.Any(column => !visible.Contains(column.Name))
            || table.Columns.Exists(column => NameOf(table, column) != column.Name || ViewDefaultOf(table, column) is not null)
            || HasMarker(table);
    }

    /// <summary>Whether rows say who wrote them: somebody's value follows from the other version's.</summary>
    public static bool HasMarker(LogicalTable table) => table.Original is not null && table.Derivations.Exists(derivation => IsUsed(table, derivation));

    /// <summary>Whether a derivation's value ends up in a column, be it by way of others.</summary>
    public static bool IsUsed(LogicalTable table, Derivation derivation) => derivation.Direction == Direction.Up
        ? table.Columns.Exists(column => column.Slot == derivation.Target) || table.Passing.Exists(column => column.Slot == derivation.Target)
            || table.Derivations.Exists(other => other.Direction == Direction.Up && other != derivation && other.Scope.Slots.ContainsValue(derivation.Target) && IsUsed(table, other))
        : table.Original is not null && derivation.Target.Original is not null
            || table.Derivations.Exists(other => other.Direction == Direction.Down && other != derivation && other.Scope.Slots.ContainsValue(derivation.Target) && IsUsed(table, other));

    /// <summary>The default that the view has to give a column because the table's own is another; null if the table's will do.</summary>
    public static SqlText? ViewDefaultOf(LogicalTable table, LogicalColumn column) => DefaultAt(table, column);

    /// <summary>As <see cref="ViewDefaultOf"/>, for a column as it was at some moment of the rollout.</summary>
    /// <param name="final">The table as it is at the end.</param>
    /// <param name="column">The column at that moment.</param>
    public static SqlText? DefaultAt(LogicalTable final, LogicalColumn column)
    {
        if (final.Original is null || column.Generated is not null || DrawsFromSequence(column))
            return null;
        if (column.NewSequence is { } sequence && column.Original is null or { Numbering: Numbering.None })
            return $"{NextValue.Of(sequence)}";
        if (column.Numbering != Numbering.None)
            return null;
        var physical = column.Slot.Original is not null ? column.Original?.Default
            : IsDerived(final, column) ? null
            : (final.Columns.Find(other => other.Slot == column.Slot) ?? column).Default;
        if (physical == column.Default)
            return null;

        // PostgreSQL does not store a plain NULL as a default, and the table's own would shine through.
        return column.Default is { } value ? SqlText.Verbatim(value) : (SqlText)$"CAST(NULLIF('', '') AS {SqlText.Verbatim(column.Slot.Type)})";
    }

    /// <summary>Whether the column is a shadow whose value comes from the sequence of the column it replaces: the trigger takes what that one drew.</summary>
    public static bool DrawsFromSequence(LogicalColumn column) =>
        column.Slot.Original is null && column.Numbering != Numbering.None && column.Original is { } original && original.Numbering != Numbering.None;

    /// <summary>Whether the column's value follows from the old version's row.</summary>
    public static bool IsDerived(LogicalTable table, LogicalColumn column) =>
        table.Derivations.Exists(derivation => derivation.Direction == Direction.Up && derivation.Target == column.Slot);
}
