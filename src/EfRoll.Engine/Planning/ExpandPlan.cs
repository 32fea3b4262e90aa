using System.Globalization;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>The steps that make room for the new version. Nothing that the old version uses is taken away or renamed.</summary>
sealed class ExpandPlan(Layout layout, ObjectChanges objects, ObjectPlan beside, VersionViews views, SqlPlan sql, TableTriggers triggers, ProbeAnswers answers, HistoryScript? history)
{
    readonly List<Step> _steps = [];
    readonly HashSet<BuiltIndex> _builtIndexes = new(ReferenceEqualityComparer.Instance);

    LogicalSchema After => layout.After;

    IEnumerable<LogicalTable> NewTables => After.Tables.Values.Where(table => table.Original is null);

    /// <summary>The tables that get columns, triggers or a wider type.</summary>
    IEnumerable<LogicalTable> GrowingTables => After.Tables.Values.Concat(After.Ghosts).Where(table => TableStatements(table).Any()).OrderBy(table => table.Name);

    public EquatableList<Step> Steps()
    {
        AddViolationCounts(built => !sql.MayPrepare(built));
        AddOldInserts(isBefore: true);
        Add(GrowingTables.SelectMany(RequiredInPlace.Counts));
        Add(beside.Questions());
        Add(beside.Expand());
        AddTrials(table => !sql.MayPrepareEarly(table));
        if (sql.Kept.Prepare() is { } keep)
            Add([keep]);
        if (sql.HasEarly)
        {
            Add(sql.Early());
            AddViolationCounts(built => sql.MayPrepare(built) && !sql.MayPrepareLate(built));
            AddTrials(sql.MayPrepareEarly);
        }

        AddNewTables();
        foreach (var table in GrowingTables)
            AddTable(table);
        foreach (var table in After.Tables.Values.Where(Layout.HasMarker).OrderBy(table => table.Name))
            AddBackfill(table);
        AddSequencePositions();
        AddLateSql();
        AddViolationCounts(built => sql.MayPrepareLate(built) || Violations.Query(layout, built, isExpanded: false) is null, isExpanded: true);
        AddOldInserts(isBefore: false);
        Add(objects.BuiltIndexes.Where(built => built.Table.Original is not null).OrderBy(built => built.Table.Name).ThenBy(built => built.FinalName).SelectMany(IndexSteps));
        AddConstraints();
        AddVersion();
        return _steps.ToEquatableList();
    }

    string Id(string what) => string.Create(CultureInfo.InvariantCulture, $"expand-{_steps.Count + 1:00}-{what}");

    void Add(IEnumerable<Step> steps)
    {
        foreach (var step in steps)
            _steps.Add(step with { Id = Id(step.Id) });
    }

    void AddViolationCounts(Func<BuiltConstraint, bool> isAsked, bool isExpanded = false)
    {
        foreach (var built in objects.BuiltConstraints.Where(isAsked).OrderBy(built => built.Table.Name).ThenBy(built => built.BuildName))
        {
            var constraint = $"{built.Constraint.Name.Value} of {layout.NameOf(built.Table).Display}";
            if (Violations.Query(layout, built, isExpanded) is { } query)
                _steps.Add(new CountViolations(Id($"{built.Constraint.Name.Value}-count"), $"Look for rows that violate {constraint}", query, $"Rows violate {constraint}") { Source = built.Constraint.Source });
        }
    }

    // What the old version will insert is known at once, unless SQL fills the table that it must fit into.
    void AddOldInserts(bool isBefore)
    {
        foreach (var built in objects.BuiltConstraints.Where(built => built.Target is not null).OrderBy(built => built.Table.Name).ThenBy(built => built.BuildName))
        {
            var (target, constraint) = (built.Target!, $"{built.Constraint.Name.Value} of {layout.NameOf(built.Table).Display}");
            var isFilled = sql.MayFill(target);
            if (Violations.IsKnownBefore(layout, built, isFilled) != isBefore || Violations.OldInserts(layout, built, isEmpty: isBefore && target.Original is null) is not { } query)
                continue;
            _steps.Add(new CountViolations(Id($"{built.Constraint.Name.Value}-default"), $"Look whether rows of the old version fit {constraint}", query, constraint)
            {
                IsOfOldInserts = true,
                Source = built.Constraint.Source,
                Hazards = isBefore ? [] : [$"What the old version inserts gets the default of the new column: start stops here unless that is a key of {target.Name.Display} by now."],
            });
        }
    }

    void AddTrials(Func<LogicalTable, bool> isAsked)
    {
        foreach (var table in After.Tables.Values.Where(Layout.HasMarker).Where(isAsked).OrderBy(table => table.Name))
        {
            var sync = new RowSync(table, answers);
            var ups = sync.Ups.Where(up => sync.InputsOf(up) is { Count: > 0 } inputs && inputs.All(slot => slot.Original is not null)).ToList();
            if (ups.Count == 0)
                continue;
            var name = table.Original!.Name;
            _steps.Add(new TryExpressions(
                Id($"{name.Name.Value}-try"), $"Compute the new version's values of {name.Display}, without writing", name,
                ups.Select(up => new Assignment(table.Columns.Find(column => column.Slot == up.Target)?.Name ?? sync.ColumnOf(up), sync.ValueOf(up, $"t"))).ToEquatableList(),
                table.Columns.Where(column => column.IsNotNull).Select(column => column.Name).ToEquatableList())
            {
                Key = KeyOf(table.Original),
                IsPartitioned = table.Original.IsPartitioned,
            });
        }
    }

    /// <summary>The columns by which errors name a row.</summary>
    public static EquatableList<Identifier> KeyOf(Table table) =>
        table.Constraints.FirstOrDefault(constraint => constraint.Kind == ConstraintKind.PrimaryKey)?.Columns
            .Select(number => table.ColumnAt(number).Name).ToEquatableList() ?? [];

    void AddNewTables()
    {
        var tables = NewTables.OrderBy(table => table.Name).ToList();
        var ghosts = After.Ghosts.Where(ghost => ghost.Original is null).ToList();
        if (tables.Count + ghosts.Count == 0)
            return;
        var statements = tables.Concat(ghosts).Select(table => NewTable.Create(layout, sql.NewTables.AsMade(table), answers)).ToList();
        statements.AddRange(tables.SelectMany(table => NewTable.Objects(layout, table, objects, sql.NewTables, isLate: false).Concat(NewTable.Facts(layout, table))));
        statements.AddRange(tables.SelectMany(table => NewTable.ForeignKeys(layout, table, objects, sql.NewTables, isLate: false)));
        _steps.Add(new TransactionStep(Id("tables"), $"Create {Names(tables.Concat(ghosts))}", [], statements.ToEquatableList())
        {
            // Foreign keys between them go first: the tables may refer to each other.
            Undo = tables.SelectMany(table => DropForeignKeys(table, isLate: false))
                .Concat(tables.Concat(ghosts).Select(table => (SqlText)$"DROP TABLE {layout.NameOf(table)}")).ToEquatableList(),
        });
    }

    IEnumerable<SqlText> DropForeignKeys(LogicalTable table, bool isLate) =>
        objects.BuiltConstraints.Where(built => built.Table == table && IsBetweenNewTables(built) && sql.NewTables.IsLate(table, null, built.Constraint) == isLate)
            .Select(built => (SqlText)$"ALTER TABLE {layout.NameOf(table)} DROP CONSTRAINT {built.BuildName}");

    static bool IsBetweenNewTables(BuiltConstraint built) => built.Table.Original is null && built.Target is { Original: null };

    IEnumerable<SqlText> TableStatements(LogicalTable table)
    {
        if (table.Original is not { } original)
            yield break;
        foreach (var statement in WiderColumns.Statements(table))
            yield return statement;

        foreach (var statement in GrowingColumns(table).SelectMany(column => GrowingColumn.Create(original.Name, table, column, answers)))
            yield return statement;
        foreach (var statement in table.Passing.SelectMany(column => GrowingColumn.CreatePassing(original.Name, table, column, answers)))
            yield return statement;
        foreach (var column in table.Columns.Where(RequiredInPlace.Gains))
            yield return RequiredInPlace.AddCheck(original.Name, column.Slot.Original!.Value);
        if (original.IsUnlogged && !table.IsUnlogged)
            yield return $"ALTER TABLE {original.Name} SET LOGGED";
        foreach (var statement in table.Columns.SelectMany(column => ColumnSequence.Expand(table, column)))
            yield return statement;
        if (!Layout.HasMarker(table))
            yield break;

        // Existing rows read 'b' without a rewrite; from then on 'o' is what an insert gets that does not say otherwise.
        yield return $"ALTER TABLE {original.Name} ADD COLUMN {HelperNames.Marker} \"char\" NOT NULL DEFAULT 'b'";
        yield return $"ALTER TABLE {original.Name} ALTER COLUMN {HelperNames.Marker} SET DEFAULT 'o'";
        yield return $"ALTER TABLE {original.Name} ADD CONSTRAINT {HelperNames.FilledCheck} CHECK ({FilledCondition(table)}) NOT VALID";
        foreach (var grant in original.Columns.SelectMany(column => column.Grants).Where(grant => grant.Privilege is "INSERT" or "SELECT").Distinct())
            yield return $"GRANT {SqlText.Verbatim(grant.Privilege)} ({HelperNames.Marker}) ON {original.Name} TO {VersionViews.Grantee(grant)}";
        foreach (var statement in triggers.Of(table).Create().Concat(UpdateOfTriggers.Change(table, adds: true)))
            yield return statement;
    }

    // A generated column reads others, which have to be there.
    static IEnumerable<LogicalColumn> GrowingColumns(LogicalTable table) =>
        table.Columns.Where(column => column.Slot.Original is null).OrderBy(column => column.Generated is not null);

    // Also what SET NOT NULL relies on at contract instead of reading the table.
    static SqlText FilledCondition(LogicalTable table) => SqlText.Join(" AND ",
        table.Columns.Where(column => column.IsNotNull && Layout.IsDerived(table, column))
            .Select(column => (SqlText)$"{Layout.NameOf(table, column)} IS NOT NULL").Prepend((SqlText)$"{HelperNames.Marker} <> 'b'"));

    void AddTable(LogicalTable table)
    {
        var name = table.Original!.Name;
        var undo = new List<SqlText>();
        if (Layout.HasMarker(table))
        {
            undo.AddRange(triggers.Of(table).Drop().Concat(UpdateOfTriggers.Change(table, adds: false)));
            undo.Add($"ALTER TABLE {name} DROP CONSTRAINT {HelperNames.FilledCheck}");
            undo.Add($"ALTER TABLE {name} DROP COLUMN {HelperNames.Marker}");
        }

        undo.AddRange(table.Columns.SelectMany(column => ColumnSequence.Undo(table, column)));
        undo.AddRange(table.Columns.Where(RequiredInPlace.Gains).Select(column => RequiredInPlace.DropCheck(name, column.Slot.Original!.Value)));
        if (table.Original.IsUnlogged && !table.IsUnlogged)
            undo.Add($"ALTER TABLE {name} SET UNLOGGED");
        undo.AddRange(GrowingColumns(table).Concat(table.Passing).Reverse()
            .Select(column => (SqlText)$"ALTER TABLE {name} DROP COLUMN {Layout.NameOf(table, column.Slot)!.Value}"));
        var widened = WiderColumns.Of(table).ToList();
        var moved = widened.SelectMany(column => column.Original!.Dependents).ToList();
        var locks = Dependents.LocksOfViews(moved)
            .Concat(moved.Where(dependent => dependent.Kind != DependentKind.View).Select(dependent => dependent.Relation!.Value).Append(name).Distinct()
                .Select(relation => new RelationLock(relation, LockMode.AccessExclusive)));
        _steps.Add(new TransactionStep(
            Id($"{name.Name.Value}"), $"Make room in {name.Display}", locks.ToEquatableList(), TableStatements(table).ToEquatableList())
        {
            Undo = undo.ToEquatableList(),
            Hazards = widened.Select(column => $"{name.Display}.{column.Original!.Name.Value} becomes {column.Slot.Type} at once; a rollback keeps that wider type.").ToEquatableList(),
        });
    }

    void AddBackfill(LogicalTable table)
    {
        var sync = new RowSync(table, answers);
        var original = table.Original!;
        _steps.Add(new BackfillTable(
            Id($"{original.Name.Name.Value}-backfill"), $"Fill {original.Name.Display} for the new version", original.Name, HelperNames.Marker,
            sync.Ups.Select(up => new Assignment(sync.ColumnOf(up), sync.ValueOf(up, $"t"))).ToEquatableList())
        {
            EstimatedRows = original.EstimatedRows,
            Key = KeyOf(original),
            IsPartitioned = original.IsPartitioned,
            Hazards = After.Database.MaySilenceTriggers || original.Triggers.Count == 0
                ? []
                : [$"The backfill fires these triggers of {original.Name.Display}, since the role may not set session_replication_role: {string.Join(", ", original.Triggers)}."],
        });
        var narrow = triggers.Of(table).Narrow().ToEquatableList();
        if (narrow.Count > 0)
        {
            _steps.Add(new TransactionStep(
                Id($"{original.Name.Name.Value}-narrow"), $"Let updates of {original.Name.Display} that touch no changed column pass",
                [new RelationLock(original.Name, LockMode.ShareRowExclusive)], narrow));
        }
    }

    // Rows written from now on move it themselves.
    void AddSequencePositions()
    {
        foreach (var table in GrowingTables)
        {
            foreach (var column in table.Columns.Where(ColumnSequence.IsFollowing))
                _steps.Add(new TransactionStep(Id($"{column.Name.Value}-sequence"), $"Put the sequence of {table.Name.Display}.{column.Name.Value} behind its rows", [], [ColumnSequence.Advance(table, column)]));
        }
    }

    void AddLateSql()
    {
        Add(sql.Late(IndexesFor));

        var tables = NewTables.OrderBy(table => table.Name).ToList();
        var statements = sql.NewTables.BringToEnd().ToList();
        statements.AddRange(tables.SelectMany(table => NewTable.Objects(layout, table, objects, sql.NewTables, isLate: true)));
        statements.AddRange(tables.SelectMany(table => NewTable.ForeignKeys(layout, table, objects, sql.NewTables, isLate: true)));
        if (statements.Count == 0)
            return;
        _steps.Add(new TransactionStep(Id("tables-finish"), $"Finish {Names(tables)}", [], statements.ToEquatableList())
        {
            Undo = tables.SelectMany(table => DropForeignKeys(table, isLate: true)).ToEquatableList(),
        });
    }

    // ON CONFLICT needs the unique index that an operation before it made; nothing else depends on an index for being right.
    IReadOnlyList<Step> IndexesFor(SqlRun run) => run.Names(new Identifier("conflict"))
        ? [.. objects.BuiltIndexes.Where(built => built is { IsUnique: true, Table.Original: not null } && IsThere(run, built)).SelectMany(IndexSteps)]
        : [];

    static bool IsThere(SqlRun run, BuiltIndex built) => run.Tables.TryGetValue(built.Table.Id, out var seen) && run.Mentions(seen)
        && (built.Constraint is { } key ? seen.Constraints.Exists(other => other.Kind == key.Kind && ReferenceEquals(other.Index, key.Index))
            : seen.Indexes.Exists(other => other.New is not null && ReferenceEquals(other.New, built.Table.Indexes.Find(index => index.Name == built.FinalName)!.New)));

    IEnumerable<Step> IndexSteps(BuiltIndex built)
    {
        if (!_builtIndexes.Add(built))
            yield break;
        var table = layout.NameOf(built.Table);
        yield return new CreateIndexConcurrently(built.FinalName.Value, $"Build index {built.FinalName.Value} on {table.Display}", table, built.BuildName, built.IsUnique, built.Tail)
        {
            IsPartitioned = built.Table.Original!.IsPartitioned,
            Tablespace = built.Carried?.Tablespace,
            Undo = built.Table.Original.IsPartitioned
                ? PartitionIndexes.Drop(table, new QualifiedName(table.Schema, built.BuildName)).ToEquatableList()
                : [$"DROP INDEX {table.Schema}.{built.BuildName}"],
            UndoLocks = [new RelationLock(table, LockMode.AccessExclusive)],
            Source = built.Source,
            Hazards = built is { IsUnique: true, IsCarried: false } ? [$"From then on {table.Display} refuses equal values in {built.FinalName.Value} from both versions."] : [],
        };
    }

    void AddConstraints()
    {
        var all = objects.BuiltConstraints.Where(built => !IsBetweenNewTables(built) && !(built.Table.Original is null && built.Target is null))
            .OrderBy(built => built.Table.Name).ThenBy(built => built.BuildName).ToList();
        foreach (var built in all)
        {
            var table = layout.NameOf(built.Table);
            var tables = built.Target is { } target && target != built.Table ? new[] { table, layout.NameOf(target) } : [table];
            var mode = built.Target is null ? LockMode.AccessExclusive : LockMode.ShareRowExclusive;
            var isNewTable = built.Table.Original is null;
            var add = isNewTable
                ? (SqlText)$"ALTER TABLE {table} ADD CONSTRAINT {built.BuildName} {built.Definition}"
                : $"ALTER TABLE {table} ADD CONSTRAINT {built.BuildName} {NotValid(built)}";
            _steps.Add(new TransactionStep(
                Id($"{built.BuildName.Value}"), $"Add {built.Constraint.Name.Value} to {table.Display}",
                tables.Select(name => new RelationLock(name, mode)).ToEquatableList(), [add])
            {
                Source = built.Constraint.Source,
                Undo = [$"ALTER TABLE {table} DROP CONSTRAINT {built.BuildName}"],
                UndoLocks = tables.Select(name => new RelationLock(name, LockMode.AccessExclusive)).ToEquatableList(),
                Hazards = built.IsCarried ? [] : [$"From then on {table.Display} refuses rows that violate {built.Constraint.Name.Value} from both versions."],
            });
        }

        foreach (var built in all.Where(built => built.Table.Original is not null))
        {
            var table = layout.NameOf(built.Table);
            _steps.Add(new ValidateConstraint(Id($"{built.BuildName.Value}-validate"), $"Check rows of {table.Display} against {built.Constraint.Name.Value}", table, built.BuildName) { Source = built.Constraint.Source });
        }

        Add(GrowingTables.SelectMany(RequiredInPlace.Validations));
        foreach (var table in After.Tables.Values.Where(Layout.HasMarker).OrderBy(table => table.Name))
        {
            var name = table.Original!.Name;
            _steps.Add(new ValidateConstraint(Id($"{name.Name.Value}-filled"), $"Prove that no row of {name.Display} was left out", name, HelperNames.FilledCheck));
            var columns = table.Columns.Where(column => Layout.IsDerived(table, column)).Select(column => Layout.NameOf(table, column)).ToList();
            if (columns.Count > 0)
                _steps.Add(new TransactionStep(Id($"{name.Name.Value}-analyze"), $"Gather statistics of the new columns of {name.Display}", [], [$"ANALYZE {name} ({columns})"]));
        }
    }

    // A definition that PostgreSQL printed may say so already.
    static SqlText NotValid(BuiltConstraint built) =>
        built.Definition.ToString().EndsWith(" NOT VALID", StringComparison.Ordinal) ? built.Definition : $"{built.Definition} NOT VALID";

    void AddVersion() => _steps.Add(views.Open(Id("version"), history?.Insert ?? [], history?.Delete ?? []));

    static string Names(IEnumerable<LogicalTable> tables) => string.Join(", ", tables.Select(table => table.Name.Display));
}
