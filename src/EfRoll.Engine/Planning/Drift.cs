using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Something that is otherwise than when the rollout was planned, and that the rollout has not done.</summary>
/// <param name="Text">What it is and what became of it: <c>column public.users.nick was added</c>.</param>
/// <param name="Consequence">Why it is in the way of complete; null where complete leaves it as it is.</param>
public sealed record Drift(string Text, string? Consequence)
{
    /// <summary>Compares a table with what it was like.</summary>
    internal static IEnumerable<Drift> Of(WatchedTable table, IReadOnlyCollection<Fact> now)
    {
        if (now.Count == 0)
            return [new Drift($"table {table.Name.Display} is gone", "complete changes it")];
        var before = table.Facts.ToDictionary(fact => (fact.Kind, fact.Name));
        var after = now.Where(fact => !IsOurs(table, fact)).ToDictionary(fact => (fact.Kind, fact.Name));
        return after.Values.Where(fact => !before.ContainsKey((fact.Kind, fact.Name))).Select(fact => new Drift($"{Describe(table, fact)} was {(fact.Kind == FactKind.Option ? "set" : "added")}", OfAdded(table, fact)))
            .Concat(before.Values.Where(fact => !after.ContainsKey((fact.Kind, fact.Name))).Select(fact => new Drift($"{Describe(table, fact)} was {(fact.Kind == FactKind.Option ? "reset" : "removed")}", OfRemoved(table, fact))))
            .Concat(before.Values.Where(fact => IsChanged(table, fact, after)).Select(fact => new Drift($"{Describe(table, fact)} was changed", OfChanged(table, fact, after[(fact.Kind, fact.Name)]))))
            .OrderBy(drift => drift.Text, StringComparer.Ordinal);
    }

    static bool IsOurs(WatchedTable table, Fact fact) => fact.Kind switch
    {
        FactKind.Trigger => HelperNames.IsOurs(fact.Name),
        FactKind.Column => HelperNames.IsOurs(fact.Name) || table.MadeColumns.Any(name => name.Value == fact.Name),
        FactKind.Index or FactKind.Constraint => HelperNames.IsOurs(fact.Name) || table.MadeObjects.Any(name => name.Value == fact.Name),
        FactKind.Reference => table.MadeReferences.Contains(fact.Name),
        FactKind.Grant => fact.Columns.Any(column => HelperNames.IsOurs(column.Value) || table.MadeColumns.Contains(column)),
        FactKind.Option => fact.Columns.Count > 0 && fact.Columns.All(column => HelperNames.IsOurs(column.Value) || table.MadeColumns.Contains(column)),
        _ => false,
    };

    // What reads a column that became wider is printed otherwise.
    static bool IsChanged(WatchedTable table, Fact before, Dictionary<(FactKind, string), Fact> after) =>
        after.TryGetValue((before.Kind, before.Name), out var found) && found.Value != before.Value && !before.Columns.Any(table.WidenedColumns.Contains);

    static string? OfAdded(WatchedTable table, Fact fact) => fact switch
    {
        { Kind: FactKind.Trigger, ChangesRows: true } when table.CountsOnRows => "what it changes in a row does not reach the other version",
        { Kind: FactKind.Column } when table.IsDropped => "complete drops it with the table",
        { Kind: FactKind.Column } when table.WantedColumns.Any(name => name.Value == fact.Name) => "complete gives another column that name",
        _ => OfEither(table, fact),
    };

    static string? OfRemoved(WatchedTable table, Fact fact) => fact.Kind switch
    {
        FactKind.Table or FactKind.Column => "complete counts on it",
        _ when IsMadeAnew(fact.Kind) && !fact.IsOfPartition => null,
        _ => OfNamed(table, fact) ?? OfEither(table, fact),
    };

    static string? OfChanged(WatchedTable table, Fact before, Fact now) => before.Kind switch
    {
        FactKind.Table => "the views that the new version reads were made for what it was",
        FactKind.Column when before.Columns.Any(table.ChangedColumns.Contains) => "complete puts its own in its place",
        FactKind.Trigger when now.ChangesRows => OfAdded(table, now),
        _ => OfNamed(table, before) ?? OfEither(table, before) ?? OfEither(table, now),
    };

    static string? OfNamed(WatchedTable table, Fact fact) =>
        fact.Kind is FactKind.Index or FactKind.Constraint && table.NamedObjects.Any(name => name.Value == fact.Name) ? "complete renames or drops it" : null;

    // These are read at complete, and made anew over the columns that take others' places.
    static bool IsMadeAnew(FactKind kind) => kind is FactKind.Policy or FactKind.Trigger or FactKind.Rule or FactKind.Statistics or FactKind.Publication;

    static string? OfEither(WatchedTable table, Fact fact) => fact.Kind switch
    {
        _ when fact.IsOfPartition && fact.Columns.Any(table.LeavingColumns.Contains) =>
            table.IsDropped ? "complete drops the table" : "complete drops the column that it is of",
        FactKind.Index or FactKind.Constraint or FactKind.Reference or FactKind.Grant when fact.Columns.Any(table.LeavingColumns.Contains) =>
            table.IsDropped ? "complete drops the table" : "complete puts another column in the place of the one that it is of, without it",
        FactKind.Option when !table.IsDropped && fact.Columns.Any(table.LeavingColumns.Contains) => "complete puts another column in the place of the one that it is of, without it",
        _ when IsMadeAnew(fact.Kind) && table.IsDropped => "complete drops the table",
        _ when IsMadeAnew(fact.Kind) && fact.Columns.Any(table.DroppedColumns.Contains) => "complete drops a column that it reads",
        FactKind.Grant when table.KeepsView => "the view that stays has the rights of when it was made",
        _ => null,
    };

    static string Describe(WatchedTable table, Fact fact) => fact.Kind switch
    {
        FactKind.Table => $"{fact.Name} of {table.Name.Display}",
        FactKind.Column => $"column {table.Name.Display}.{fact.Name}",
        FactKind.Option => $"{fact.Name} of {table.Name.Display}",
        FactKind.Reference => $"foreign key {fact.Name} to {table.Name.Display}",
        FactKind.Grant => $"right {fact.Name} on {table.Name.Display}",
        _ => $"{fact.Kind.ToString().ToLowerInvariant()} {fact.Name} of {table.Name.Display}",
    };
}
