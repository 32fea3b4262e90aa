using EfRoll.Engine.Errors;
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
    readonly List<SqlRun> _atComplete;
    readonly List<SqlRun> _afterComplete;
    readonly HashSet<string> _temporary = [];

    public SqlPlan(Layout layout, ProbeAnswers answers)
    {
        (_layout, _answers) = (layout, answers);
        var runs = new SqlPlacing(layout).Place(layout.After.SqlRuns);
        var atComplete = runs.FindAll(run => run.Operation.Moment == SqlMoment.Complete);
        _afterComplete = atComplete.FindAll(SqlKinds.RefusesTransaction);
        _atComplete = atComplete.FindAll(run => !_afterComplete.Contains(run));
        var atStart = runs.FindAll(run => run.Operation.Moment == SqlMoment.Start);
        var free = Free(atStart);
        var bound = atStart.FindAll(run => !free.Contains(run));
        var early = CountEarly(bound);
        _early = [.. free, .. bound.Take(early)];
        _late = [.. bound.Skip(early)];
        NewTables = new NewTableMoments(layout, _late);
        Kept = new KeptRows(layout.After, atStart);
    }

    /// <summary>What SQL changes in the old version's rows, to be put back at rollback.</summary>
    public KeptRows Kept { get; }

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

    /// <summary>Whether SQL may put rows into a table: whatever it writes to, or all that names it where the table is new.</summary>
    public bool MayFill(LogicalTable table) => _early.Concat(_late).Any(run => run.Tables.TryGetValue(table.Id, out var seen) && run.Mentions(seen)
        && (seen.Original is null || SqlTargets.Of(run).Any(target => target.Id == table.Id)));

    /// <summary>Steps before the tables are changed.</summary>
    public IEnumerable<Step> Early() => Group(_early, isExpanded: false, _ => []);

    /// <summary>Steps after the tables are filled.</summary>
    /// <param name="needed">What must be done just before some SQL runs.</param>
    public IEnumerable<Step> Late(Func<SqlRun, IReadOnlyList<Step>> needed) => Group(_late, isExpanded: true, needed);

    /// <summary>What runs in the transaction that completes the rollout, while the tables are still as both versions have them.</summary>
    public IEnumerable<SqlText> BeforeExchange() => _atComplete.Where(IsBeforeExchange).SelectMany(run => SqlKinds.IsOfData(run.Operation.Sql)
        ? new SqlShape(_layout, run, isExpanded: true, _temporary).Around(run.Operation.Sql)
        : [AsWritten(run.Operation.Sql)]);

    /// <summary>What runs in that transaction when the tables are the new version's; they have the names of its moment meanwhile.</summary>
    public IEnumerable<SqlText> AfterExchange() => _atComplete.Where(run => !IsBeforeExchange(run)).SelectMany(run =>
    {
        var tables = run.MentionedTables.Where(table => _layout.After.Tables.ContainsKey(table.Id)).Select(table => (Moment: table, Final: _layout.After.Tables[table.Id])).ToList();
        // Another table may have such a name by now.
        var displaced = _layout.After.Tables.Values.Where(other => tables.Exists(pair => pair.Moment.Name == other.Name) && !tables.Exists(pair => pair.Final.Id == other.Id));
        var moves = tables.Select(pair => (pair.Final.Name, pair.Moment.Name)).Concat(displaced.Select(other => (other.Name, other.Name with { Name = HelperNames.Old(other.Name.Name) }))).ToList();
        return TableMoves.Of(moves).Concat(tables.SelectMany(pair => RenameColumns(pair.Moment.Name, pair.Final, pair.Moment)))
            .Append(AsWritten(run.Operation.Sql))
            .Concat(tables.SelectMany(pair => RenameColumns(pair.Moment.Name, pair.Moment, pair.Final))).Concat(TableMoves.Of(moves.Select(move => (move.Item2, move.Item1))));
    });

    /// <summary>What PostgreSQL refuses in that transaction: it runs after it, a statement at a time, and has to do with the names of the end.</summary>
    public IEnumerable<Step> Outside()
    {
        foreach (var run in _afterComplete)
        {
            if (run.MentionedTables.FirstOrDefault(table => !IsSameAtTheEnd(run, table)) is { } other)
                throw Mistakes.SqlNamesEarlierShape(other.Name, run.Operation.Source);
        }

        return _afterComplete.SelectMany(run => SqlTokens.Statements(run.Operation.Sql).Where(statement => !AuthorsText.IsTransactionControl(statement)), (run, statement) => (run, statement)).Select((pair, number) =>
            new RunOutsideTransaction($"contract-04-sql-{number}", $"Run SQL: {Summary(pair.statement.Text)}", SqlText.Verbatim(pair.statement.Text)) { Source = pair.run.Operation.Source });
    }

    bool IsSameAtTheEnd(SqlRun run, LogicalTable table) => _layout.After.Tables.TryGetValue(table.Id, out var final) && final.Name == table.Name
        && table.Columns.Where(column => run.Names(column.Name)).All(column => final.Find(column.Name) is { } last && (last.Slot == column.Slot || last.Slot.Succeeds(column.Slot)));

    /// <summary>What the SQL that runs at complete may cost, in sentences.</summary>
    public IEnumerable<string> HazardsAtComplete()
    {
        var heavy = _atComplete.Where(run => SqlTokens.Statements(run.Operation.Sql).Any(statement =>
            statement.Begins("do") || statement.Begins("update") || statement.Begins("with") || statement.Begins("create", "index") || statement.Begins("create", "unique")
            || statement.Begins("alter", "table") || statement.Begins("refresh") || statement.Begins("create", "materialized"))).ToList();
        if (heavy.Count > 0)
            yield return $"Raw SQL runs in this transaction, and both versions wait for its locks as long as it takes: {string.Join("; ", heavy.Select(run => Summary(run.Operation.Sql)))}. .RunAt(\"start\") runs it before; an index or a column as an operation needs no such lock.";
    }

    /// <summary>Tables of before whose rows raw SQL changes once; what the old version writes afterwards it does not see.</summary>
    public static IEnumerable<(SqlRun Run, LogicalTable Table)> ChangedOnce(LogicalSchema after) => after.SqlRuns.Where(run => run.Operation.Moment == SqlMoment.Chosen)
        .SelectMany(run => SqlTokens.Statements(run.Operation.Sql).Where(statement => statement.Begins("update") || statement.Begins("with") || statement.Begins("merge") || statement.Begins("do"))
            .SelectMany(statement => SqlTargets.Updated(run, statement, (table, slot) => IsDerived(after, table, slot))).Select(table => (run, table)))
        .DistinctBy(pair => pair.table.Id).OrderBy(pair => pair.table.Name);

    static bool IsDerived(LogicalSchema after, LogicalTable table, Slot slot) =>
        after.Tables.GetValueOrDefault(table.Id)?.Derivations.Exists(derivation => derivation is { Direction: Direction.Up, IsInferred: false } && derivation.Target == slot) is true;

    /// <summary>Whether any of it runs at complete.</summary>
    public bool HasAtComplete => _atComplete.Count > 0;

    // What is dropped goes first: it may stand on columns that go.
    static bool IsBeforeExchange(SqlRun run) => !run.NeedsDefinition && (SqlKinds.IsOfData(run.Operation.Sql)
        || SqlTokens.Statements(run.Operation.Sql).All(statement => statement.Begins("drop")) && run.MentionedTables.All(table => table.Original?.Name == table.Name));

    static IEnumerable<SqlText> RenameColumns(QualifiedName table, LogicalTable from, LogicalTable to)
    {
        var renames = to.Columns.Select(column => (From: from.Columns.Find(other => other.Slot.Succeeds(column.Slot) || column.Slot.Succeeds(other.Slot))?.Name, To: column.Name))
            .Where(rename => rename.From is not null).Select(rename => (rename.From!.Value, rename.To));
        return RenameOrder.Of(renames).Select(rename => (SqlText)$"ALTER TABLE {table} RENAME COLUMN {rename.From} TO {rename.To}");
    }

    static SqlText AsWritten(string sql) => SqlText.Verbatim(AuthorsText.Of(sql, _ => null));

    // What needs no table is there before the tables that may need it; but what replaces or drops it again comes after whatever stands in between.
    static List<SqlRun> Free(List<SqlRun> runs)
    {
        var free = new List<SqlRun>();
        var made = new HashSet<Identifier>();
        var bound = new HashSet<Identifier>();
        foreach (var run in runs.Where(run => run.IsDefinition))
        {
            var statements = SqlTokens.Statements(run.Operation.Sql).Select(statement => (Statement: statement, Made: Made.By(statement))).ToList();
            var names = statements.Select(each => each.Made?.Name.Name).OfType<Identifier>().ToList();
            var isFree = !run.MentionedTables.Any() && !bound.Any(run.Names) && !names.Exists(made.Contains) && statements.TrueForAll(each => !each.Statement.Begins("drop")
                && each.Made is { Kind: "schema" or "extension" or "type" or "domain" or "collation" or "sequence" or "function" });
            made.UnionWith(names);
            if (isFree)
                free.Add(run);
            else
                bound.UnionWith(names);
        }

        return free;
    }

    IEnumerable<Step> Group(List<SqlRun> runs, bool isExpanded, Func<SqlRun, IReadOnlyList<Step>> needed)
    {
        var together = new List<SqlRun>();
        foreach (var run in runs)
        {
            var before = needed(run);
            if (together.Count > 0 && (SqlKinds.NeedsNoTransaction(run) || before.Count > 0))
            {
                yield return Together(together, isExpanded);
                together = [];
            }

            foreach (var step in before)
                yield return step;

            if (SqlKinds.NeedsNoTransaction(run))
                yield return new RunOutsideTransaction("sql", $"Run SQL: {Summary(run.Operation.Sql)}", SqlText.Verbatim(run.Operation.Sql)) { Undo = UndoOf([run], isExpanded), Source = run.Operation.Source };
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
            var own = Around(run, run.Operation.Sql, isExpanded);
            statements.AddRange(Kept.Around(run, isExpanded ? own.Concat(run.MentionedTables.SelectMany(Follow)) : own));
        }

        var title = $"Run SQL: {Summary(runs[0].Operation.Sql)}{(runs.Count > 1 ? $" and {runs.Count - 1} more" : "")}";
        return new TransactionStep("sql", title, [], statements.ToEquatableList()) { RunsAuthorsSql = true, Undo = UndoOf(runs, isExpanded), Source = SourceOf(runs) };
    }

    // Several places would have to be told apart by whoever reads the message.
    static SourceLocation? SourceOf(List<SqlRun> runs) => runs.Select(run => run.Operation.Source).Distinct().ToList() is [var source] ? source : null;

    EquatableList<SqlText> UndoOf(List<SqlRun> runs, bool isExpanded) =>
        runs.AsEnumerable().Reverse().SelectMany(run => run.Operation.Down switch
        {
            null => Kept.Restore(run),
            var down when string.IsNullOrWhiteSpace(down) || ChangesOnlyOwn(run) => [],
            var down => Around(run, down, isExpanded),
        }).ToEquatableList();

    // What it does to rows of the rollout's own tables goes with these, which may have other types by then.
    static bool ChangesOnlyOwn(SqlRun run) => run.MentionedTables.Any() && run.MentionedTables.All(table => table.Original is null)
        && SqlTokens.Statements($"{run.Operation.Sql};{run.Operation.Down}").All(statement => statement.Begins("insert") || statement.Begins("update") || statement.Begins("delete"));

    // A definition must not stand on the temporary views; where it runs, the tables have the names that it uses.
    IEnumerable<SqlText> Around(SqlRun run, string sql, bool isExpanded) =>
        run.IsDefinition ? [AsWritten(sql)] : new SqlShape(_layout, run, isExpanded, _temporary).Around(sql);

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

    static string Summary(string sql) => OneLine.Of(sql, 60);
}
