using EfRoll.Soak.Model;

namespace EfRoll.Soak.Load;

/// <summary>Compares rows with what their last writers want.</summary>
static class Checker
{
    /// <summary>Says how a row differs; null if it does not. What nobody could know before is learnt.</summary>
    public static string? Difference(Side side, Row expected, (long Id, long Parent, int Version, string Tag, object?[][] Values) found)
    {
        if (found.Parent != expected.Parent || found.Version != expected.Version || found.Tag != expected.Tag)
            return $"{Name(side, expected)} is (parent {found.Parent}, ver {found.Version}, tag {found.Tag}) instead of (parent {expected.Parent}, ver {expected.Version}, tag {expected.Tag})";
        var values = expected.Of(side.IsNew);
        foreach (var (slot, place, column, _) in side.Columns(expected.Table))
        {
            var (wanted, actual) = (values[slot][place], found.Values[slot][place]);
            if (wanted is Unseen && actual is not null)
                Learn(side, expected, slot, place, actual);
            else if (!Equals(wanted, actual))
                return $"{Name(side, expected)}: {column.Name} is {Show(actual)} instead of {Show(wanted)}; ver {found.Version}, old version: {Show(expected, false)}, new version: {Show(expected, true)}";
        }

        return null;
    }

    // A part that the rollout does not change is the same column for both.
    static void Learn(Side side, Row row, int slot, int place, object actual)
    {
        foreach (var values in new[] { row.Old, row.New }.OfType<object?[][]>())
        {
            if (values[slot].Length > place && values[slot][place] is Unseen && (values == row.Of(side.IsNew) || row.Old[slot].Length == row.New?[slot].Length))
                values[slot] = [.. values[slot][..place], actual, .. values[slot][(place + 1)..]];
        }
    }

    static string Name(Side side, Row row) => $"{row.Table} {row.Id} of the {(side.IsNew ? "new" : "old")} version";

    static string Show(Row row, bool isNew) => (isNew ? row.New : row.Old) is { } parts ? string.Join(", ", parts.SelectMany(part => part).Select(Show)) : "none";

    static string Show(object? value) => value is null ? "NULL" : $"'{value}'";
}
