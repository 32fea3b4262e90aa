using EfRoll.Engine.Logical;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>
/// Where raw SQL runs. What stands before all changes of the tables that it names runs before them, so that it can put rows right; the rest runs
/// when the tables have room and are filled. Consecutive SQL is one transaction: temporary tables and settings last, and nothing is half done.
/// </summary>
sealed class SqlPlan
{
    readonly Layout _layout;
    readonly ProbeAnswers _answers;
    readonly List<SqlRun> _early;
    readonly List<SqlRun> _late;
    readonly HashSet<string> _temporary = [];

    public SqlPlan(Layout layout, ProbeAnswers answers)
    {
        (_layout, _answers) = (layout, answers);
        var atStart = layout.After.SqlRuns.Where(run => run.Operation.Moment == SqlMoment.Start).ToList();
        _early = [.. atStart.Take(CountEarly(atStart))];
        _late = [.. atStart.Skip(_early.Count)];
        NewTables = new NewTableMoments(layout, _late);
    }

    /// <summary>Tables of the rollout's own, through the moments at which SQL sees them.</summary>
    public NewTableMoments NewTables { get; }

    /// <summary>Whether any SQL runs before the tables are changed.</summary>
    public bool HasEarly => _early.Count > 0;

    /// <summary>Whether SQL that runs before the tables are changed may change the rows of a table.</summary>
    public bool MayPrepareEarly(LogicalTable table) => MayPrepare(_early, table);

    /// <summary>Whether SQL may change rows of a constraint's tables before the migration adds it.</summary>
    public bool MayPrepare(BuiltConstraint built) => MayPrepareLate(built) || MayPrepareEarly(built.Table) || built.Target is { } target && MayPrepareEarly(target);

    /// <summary>Whether that is SQL which runs after the tables are filled.</summary>
    public bool MayPrepareLate(BuiltConstraint built) => MayPrepare(_late, built.Table) || built.Target is { } target && MayPrepare(_late, target);

    /// <summary>Steps before the tables are changed.</summary>
    public IEnumerable<Step> Early() => Group(_early, isExpanded: false, _ => []);

    /// <summary>Steps after the tables are filled.</summary>
    /// <param name="needed">What must be done just before some SQL runs.</param>
    public IEnumerable<Step> Late(Func<SqlRun, IReadOnlyList<Step>> needed) => Group(_late, isExpanded: true, needed);

    /// <summary>What runs in the transaction that completes the rollout, while the tables are still as both versions have them.</summary>
    public IEnumerable<SqlText> BeforeExchange() => AtComplete(isOfData: true).SelectMany(run =>
        new SqlShape(_layout, run, isExpanded: true, _temporary).Around(run.Operation.Sql));

    /// <summary>What runs in that transaction when the tables are the new version's.</summary>
    public IEnumerable<SqlText> AfterExchange() => AtComplete(isOfData: false).Select(run => SqlText.Verbatim(AuthorsText.Of(run.Operation.Sql, _ => null)));

    IEnumerable<SqlRun> AtComplete(bool isOfData) =>
        _layout.After.SqlRuns.Where(run => run.Operation.Moment == SqlMoment.Complete && SqlKinds.IsOfData(run.Operation.Sql) == isOfData);

    IEnumerable<Step> Group(List<SqlRun> runs, bool isExpanded, Func<SqlRun, IReadOnlyList<Step>> needed)
    {
        var together = new List<SqlRun>();
        foreach (var run in runs)
        {
            var before = needed(run);
            if (together.Count > 0 && (run.Operation.IsTransactionSuppressed || before.Count > 0))
            {
                yield return Together(together, isExpanded);
                together = [];
            }

            foreach (var step in before)
                yield return step;

            if (run.Operation.IsTransactionSuppressed)
                yield return new RunOutsideTransaction("sql", $"Run SQL: {Summary(run.Operation.Sql)}", SqlText.Verbatim(run.Operation.Sql)) { Undo = UndoOf([run], isExpanded) };
            else
                together.Add(run);
        }

        if (together.Count > 0)
            yield return Together(together, isExpanded);
    }

    TransactionStep Together(List<SqlRun> runs, bool isExpanded)
    {
        var statements = new List<SqlText>();
        foreach (var run in runs)
        {
            _temporary.UnionWith(SqlKinds.TemporaryTables(run.Operation.Sql));
            statements.AddRange(NewTables.BringTo(run));
            statements.AddRange(new SqlShape(_layout, run, isExpanded, _temporary).Around(run.Operation.Sql));
            if (isExpanded)
                statements.AddRange(run.MentionedTables.SelectMany(table => Follow(table)));
        }

        var title = $"Run SQL: {Summary(runs[0].Operation.Sql)}{(runs.Count > 1 ? $" and {runs.Count - 1} more" : "")}";
        return new TransactionStep("sql", title, [], statements.ToEquatableList()) { RunsAuthorsSql = true, Undo = UndoOf(runs, isExpanded) };
    }

    EquatableList<SqlText> UndoOf(List<SqlRun> runs, bool isExpanded) =>
        runs.AsEnumerable().Reverse().Where(run => !string.IsNullOrWhiteSpace(run.Operation.Down))
            .SelectMany(run => new SqlShape(_layout, run, isExpanded, _temporary).Around(run.Operation.Down)).ToEquatableList();

    // What SQL wrote into a column of the rollout's own is what later columns are made of.
    IEnumerable<SqlText> Follow(LogicalTable seen)
    {
        if (!_layout.After.Tables.TryGetValue(seen.Id, out var table) || table.Original is not { } original)
            yield break;
        var visible = seen.Columns.Select(column => column.Slot).ToHashSet();
        var written = visible.Where(slot => slot.Original is null).ToHashSet();
        if (written.Count == 0)
            yield break;
        var sync = new RowSync(table, _answers, written);
        var ups = sync.Ups.Where(up => !visible.Contains(up.Target) && sync.InputsOf(up).Any(written.Contains)).ToList();
        if (ups.Count == 0)
            yield break;
        var row = new Identifier("t");
        var sets = ups.Select(up => (SqlText)$"{sync.ColumnOf(up)} = {sync.ValueOf(up, $"{row}")}");
        var isBehind = ups.Select(up => (SqlText)$"ROW({row}.{sync.ColumnOf(up)})::record OPERATOR(pg_catalog.*<>) ROW(CAST({sync.ValueOf(up, $"{row}")} AS {SqlText.Verbatim(up.Target.Type)}))::record");
        yield return $"UPDATE {original.Name} AS {row} SET {sets} WHERE {SqlText.Join(" OR ", isBehind)}";
    }

    // What makes a temporary table stays in one transaction with what uses it: a run that was stopped in between would not find it again.
    static int CountEarly(List<SqlRun> runs)
    {
        var count = runs.TakeWhile(SeesOnlyTheOld).Count();
        for (var i = count - 1; i >= 0; i--)
        {
            if (SqlKinds.TemporaryTables(runs[i].Operation.Sql).Any(name => runs.Skip(count).Any(later => later.Names(new Identifier(name)))))
                count = i;
        }

        return count;
    }

    static bool SeesOnlyTheOld(SqlRun run) => run.MentionedTables.All(table => table.Original is not null
        && table.Columns.TrueForAll(column => column.Slot.Original is not null && column.Slot.Type == column.Original!.Type));

    static bool MayPrepare(List<SqlRun> runs, LogicalTable table) =>
        runs.Exists(run => run.Tables.TryGetValue(table.Id, out var seen) && run.Mentions(seen));

    static string Summary(string sql)
    {
        var line = string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 60 ? line : $"{line[..57]}...";
    }
}
