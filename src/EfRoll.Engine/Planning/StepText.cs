using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>What people are told of a step, in whatever form a plan is written.</summary>
/// <param name="Runs">How it runs.</param>
/// <param name="Locks">The table locks it takes.</param>
/// <param name="Statements">Its SQL.</param>
sealed record StepText(string Runs, IReadOnlyCollection<RelationLock> Locks, IReadOnlyCollection<SqlText> Statements)
{
    /// <summary>About how many rows it writes; null if not known, or none.</summary>
    public long? Rows { get; private init; }

    public static StepText Of(Step step) => step switch
    {
        TransactionStep transaction => new StepText(
            transaction.Locks.Count > 0 ? "in one transaction; locks first, under the lock timeout" : "in one transaction", transaction.Locks, transaction.Statements),
        CreateIndexConcurrently index => new StepText(
            index.IsPartitioned ? "outside a transaction, partition by partition" : "outside a transaction", [Gentle(index.Table)], [index.Statement]),
        DropIndexConcurrently index => new StepText("outside a transaction; reads and writes pass", [], [index.Statement]),
        ValidateConstraint constraint => new StepText("outside a transaction; reads all rows", [Gentle(constraint.Table)], [constraint.Statement]),
        CountViolations count => new StepText("only reads; goes on if it finds nothing", [], [count.Query]),
        TryExpressions trial => new StepText(
            "only reads, page range by page range; refuses where a value cannot be computed, or a required one is NULL", [], [Values(trial)]),
        BackfillTable backfill => new StepText("in short batches, page range by page range; locks rows only", [], [Update(backfill)])
        {
            Rows = backfill.EstimatedRows >= 0 ? backfill.EstimatedRows : null,
        },
        RunOutsideTransaction run => new StepText("outside a transaction", [], [run.Statement]),
        _ => throw new InvalidOperationException($"{step.GetType().Name} has no form in a plan's text."),
    };

    /// <summary>The rollback of a whole plan.</summary>
    public static StepText OfRollback(Plan plan)
    {
        var steps = plan.Expand.Reverse().Where(step => step.Undo.Count > 0).ToList();
        var locks = steps.SelectMany(step => step is TransactionStep transaction ? step.UndoLocks.Concat(transaction.Locks) : step.UndoLocks)
            .GroupBy(wanted => wanted.Relation).Select(group => group.MaxBy(wanted => wanted.Mode)!).ToList();
        return new StepText("in one transaction", locks, [.. steps.SelectMany(step => step.Undo)]);
    }

    /// <summary>The locks by mode, strongest first.</summary>
    public IEnumerable<IGrouping<LockMode, RelationLock>> LocksByMode => Locks.GroupBy(wanted => wanted.Mode).OrderByDescending(group => group.Key);

    public static string NameOf(LockMode mode) => mode switch
    {
        LockMode.AccessExclusive => "ACCESS EXCLUSIVE",
        LockMode.ShareRowExclusive => "SHARE ROW EXCLUSIVE (reads pass)",
        _ => "SHARE UPDATE EXCLUSIVE (reads and writes pass)",
    };

    static RelationLock Gentle(QualifiedName table) => new(table, LockMode.ShareUpdateExclusive);

    static SqlText Update(BackfillTable backfill)
    {
        var assignments = backfill.Assignments.Select(assignment => (SqlText)$"{assignment.Column} = {assignment.Value}").Append((SqlText)$"{backfill.Marker} = 'o'");
        return $"UPDATE ONLY {backfill.Table} AS t\nSET\n    {SqlText.Join(",\n    ", assignments)}\nWHERE t.{backfill.Marker} = 'b'";
    }

    static SqlText Values(TryExpressions trial)
    {
        var values = trial.Assignments.Select(assignment => (SqlText)$"{assignment.Value} AS {assignment.Column}");
        return $"SELECT\n    {SqlText.Join(",\n    ", values)}\nFROM {trial.Table} AS t";
    }
}
