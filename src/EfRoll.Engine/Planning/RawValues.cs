using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Columns whose value the rollout knows from raw SQL that fills them once: the old version's rows of later get the same.</summary>
static class RawValues
{
    /// <summary>Refuses where that SQL, or other raw SQL, changes what the value is made of: made again, it would be another one.</summary>
    public static void Check(LogicalSchema after, ProbeAnswers answers)
    {
        foreach (var (table, derivation) in Of(after))
        {
            var inputs = answers[Questions.KeyOf(table, derivation)].Reads.Select(name => derivation.Scope.Slots[name]).ToList();
            if (after.SqlRuns.Exists(run => run.Operation.Moment != SqlMoment.Complete && inputs.Exists(slot => SqlTargets.MayWrite(run, table, slot))))
                throw Mistakes.AlteredColumnNeedsExpression(table.Name, NameOf(table, derivation), Direction.Up, derivation.Source);
        }
    }

    /// <summary>What is to be said of them.</summary>
    public static IEnumerable<string> Notes(LogicalSchema after) => Of(after).Select(pair =>
        $"Rows that the old version writes get {pair.Derivation.Expression.Text} in {pair.Table.Name.Display}.{NameOf(pair.Table, pair.Derivation).Value}, as the migration's own UPDATE says; where that is NULL, its write fails. .Up(\"…\") can say something else.");

    static IEnumerable<(LogicalTable Table, Derivation Derivation)> Of(LogicalSchema after) => after.Tables.Values
        .SelectMany(table => table.Derivations.Where(derivation => derivation.IsOfRawSql && Layout.IsUsed(table, derivation) && table.SuccessorOf(derivation.Target) is not null).Select(derivation => (table, derivation)));

    static Identifier NameOf(LogicalTable table, Derivation derivation) => table.SuccessorOf(derivation.Target)!.Name;
}
