using System.Globalization;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Collects what has to be asked of PostgreSQL: every text of an author, and every definition that moves to other columns.</summary>
static class Questions
{
    public static EquatableList<Probe> Of(LogicalSchema after) =>
        after.Tables.Values.SelectMany(table => OfDerivations(table).Concat(OfChecks(table)).Concat(OfIndexes(table)))
            .Concat(after.Tables.Values.Concat(after.Ghosts).SelectMany(OfGenerated)).ToEquatableList();

    public static string KeyOf(LogicalTable table, Derivation derivation) =>
        string.Create(CultureInfo.InvariantCulture, $"{table.Id}/{derivation.Direction}/{derivation.Target.Id}");

    public static string KeyOf(LogicalTable table, LogicalConstraint constraint) =>
        string.Create(CultureInfo.InvariantCulture, $"{table.Id}/constraint/{constraint.Name.Value}");

    public static string KeyOf(LogicalTable table, LogicalIndex index) =>
        string.Create(CultureInfo.InvariantCulture, $"{table.Id}/index/{index.Name.Value}");

    public static string KeyOf(LogicalTable table, LogicalColumn generated) =>
        string.Create(CultureInfo.InvariantCulture, $"{table.Id}/generated/{generated.Slot.Id}");

    /// <summary>Whether something that was there stands on a column that gets a shadow, so that it has to be built anew on that.</summary>
    public static bool IsCarried(LogicalTable table, IEnumerable<Slot> slots) =>
        slots.Any(slot => table.SuccessorOf(slot) is { } successor && successor.Slot != slot);

    static IEnumerable<Probe> OfDerivations(LogicalTable table) =>
        table.Derivations.Where(derivation => Layout.IsUsed(table, derivation)).Select(derivation =>
        {
            var column = table.Columns.Find(column => column.Slot.Succeeds(derivation.Target))?.Name ?? derivation.Target.Original;
            return new ExpressionProbe(
                KeyOf(table, derivation), derivation.Scope.Table,
                derivation.Scope.Slots.Select(pair => new ProbeColumn(pair.Key, pair.Value.Type, pair.Value.Collation, pair.Key)).ToEquatableList(),
                derivation.Source, derivation.Expression, derivation.Target.Type)
            {
                What = $"{derivation.Direction} of {table.Name.Display}.{column?.Value ?? "a passing column"}",
            };
        });

    static IEnumerable<Probe> OfGenerated(LogicalTable table)
    {
        foreach (var column in table.Columns.Concat(table.Passing))
        {
            if (column is not { Generated: { } kind, Generation: { } generation })
                continue;
            yield return new GenerationProbe(
                KeyOf(table, column), generation.Scope.Table, ColumnsOf(table, generation.Scope), generation.Source, generation.Expression, column.Slot.Type, kind)
            {
                What = $"The expression of {table.Name.Display}.{column.Name.Value}",
            };
        }
    }

    static IEnumerable<Probe> OfChecks(LogicalTable table)
    {
        foreach (var constraint in table.Constraints.Where(constraint => constraint.Kind == ConstraintKind.Check))
        {
            if (constraint.Check is { } check)
            {
                SqlText definition = $"CHECK {check.Condition}";
                if (check.IsNoInherit)
                    definition = $"{definition} NO INHERIT";
                yield return new CheckProbe(KeyOf(table, constraint), check.Scope.Table, ColumnsOf(table, check.Scope), constraint.Source, definition)
                {
                    What = $"The check {constraint.Name.Value} of {table.Name.Display}",
                };
            }
            else if (IsCarried(table, constraint.Slots))
            {
                yield return new CheckProbe(KeyOf(table, constraint), table.Original!.Name.Name, ColumnsOf(table), null, SqlText.Verbatim(constraint.Original!.Definition))
                {
                    What = $"The check {constraint.Name.Value} of {table.Name.Display}, which moves to the changed column,",
                };
            }
        }
    }

    static IEnumerable<Probe> OfIndexes(LogicalTable table)
    {
        foreach (var index in table.Indexes)
        {
            if (OfIndex(table, KeyOf(table, index), index.Name, index.New, index.Original, index.Slots) is { } probe)
                yield return probe;
        }

        foreach (var constraint in table.Constraints.Where(constraint => constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique))
        {
            var original = constraint.Original is { } key ? table.Original!.Indexes.First(index => index.Constraint == key.Name) : null;
            if (OfIndex(table, KeyOf(table, constraint), constraint.Name, constraint.Index, original, constraint.Slots) is { } probe)
                yield return probe;
        }
    }

    static IndexProbe? OfIndex(
        LogicalTable table, string key, Identifier name, NewIndex? asked, Schema.Index? original, EquatableList<Slot> slots)
    {
        if (asked is not null)
        {
            return new IndexProbe(key, asked.Scope.Table, ColumnsOf(table, asked.Scope), asked.Source, asked.Tail, asked.IsUnique)
            {
                What = $"The index {name.Value} of {table.Name.Display}",
            };
        }

        return IsCarried(table, slots)
            ? new IndexProbe(key, table.Original!.Name.Name, ColumnsOf(table), null, SqlText.Verbatim(original!.Tail), original.IsUnique)
            {
                What = $"The index {name.Value} of {table.Name.Display}, which moves to the changed column,",
            }
            : null;
    }

    // The names of an author's moment, to be read back as they are in the table.
    static EquatableList<ProbeColumn> ColumnsOf(LogicalTable table, Scope scope) =>
        scope.Slots.Select(pair => Column(table, pair.Key, pair.Value)).ToEquatableList();

    // The names of the old version, to be read back as they are in the table.
    static EquatableList<ProbeColumn> ColumnsOf(LogicalTable table) =>
        table.Original!.Columns.Select(column => Column(table, column.Name, new Slot(0, column.Type) { Original = column.Name, Collation = column.Collation })).ToEquatableList();

    static ProbeColumn Column(LogicalTable table, Identifier name, Slot slot)
    {
        var successor = table.Columns.Find(column =>
            slot.Id == 0 ? column.Original?.Name == slot.Original : column.Slot.Succeeds(slot));
        return successor is null
            ? new ProbeColumn(name, slot.Type, slot.Collation, Layout.NameOf(table, slot) ?? HelperNames.Old(name))
            : new ProbeColumn(name, successor.Slot.Type, successor.Slot.Collation, Layout.NameOf(table, successor));
    }
}
