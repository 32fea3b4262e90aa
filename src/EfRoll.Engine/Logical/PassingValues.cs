using System.Collections.Immutable;
using EfRoll.Engine.Operations;

namespace EfRoll.Engine.Logical;

/// <summary>Finds what the rollout itself makes and takes away again, but has to have for a while because raw SQL stands in between.</summary>
static class PassingValues
{
    public static LogicalSchema Keep(LogicalSchema after)
    {
        var ghosts = new SortedDictionary<int, LogicalTable>();
        foreach (var run in after.SqlRuns.Where(run => run.Operation.Moment != SqlMoment.Complete && !run.IsDefinition))
        {
            foreach (var seen in run.MentionedTables)
            {
                if (after.Tables.TryGetValue(seen.Id, out var final))
                    after = after.With(final with { Passing = With(final, seen) });
                else if (seen.Columns.Exists(column => column.Slot.Original is null))
                    ghosts[seen.Id] = seen with { Passing = ghosts.TryGetValue(seen.Id, out var earlier) ? With(seen with { Passing = earlier.Passing }, earlier) : [] };
            }
        }

        return after with { Ghosts = [.. ghosts.Values] };
    }

    static ImmutableList<LogicalColumn> With(LogicalTable final, LogicalTable seen) => final.Passing.AddRange(seen.Columns.Where(column =>
        column.Slot.Original is null && !final.Columns.Exists(other => other.Slot == column.Slot) && !final.Passing.Exists(other => other.Slot == column.Slot)));
}
