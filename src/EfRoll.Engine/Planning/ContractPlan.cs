using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>The steps that end the old version: one transaction of catalogue changes, then indexes that nobody needs any more.</summary>
sealed class ContractPlan(Layout layout, ObjectChanges objects, ObjectPlan beside, VersionViews views, SqlPlan sql, TableTriggers triggers, ViewPolicy policy, string? baseMigration, HistoryScript? history)
{
    readonly List<SqlText> _statements = [];
    readonly HashSet<QualifiedName> _touched = [];

    LogicalSchema After => layout.After;

    IEnumerable<LogicalTable> OldTables => After.Tables.Values.Where(table => table.Original is not null).OrderBy(table => table.Name);

    // The view of a table that does not change may stay as it is, if it is to stay at all.
    IEnumerable<LogicalTable> ExchangedViews => views.Tables.Where(layout.NeedsView);

    public EquatableList<Step> Steps()
    {
        _statements.AddRange(sql.BeforeExchange());

        _statements.AddRange(sql.Kept.Drop());
        _touched.UnionWith(sql.Kept.Tables.Select(table => table.Name));

        // The old version's views, where it has some: they stand on columns that go.
        _statements.AddRange(OldVersionSchemas().Select(schema => (SqlText)$"DROP SCHEMA {schema} CASCADE"));
        _statements.AddRange(views.Drop().Where(_ => policy == ViewPolicy.Changed));
        if (policy == ViewPolicy.All)
            _statements.AddRange(ExchangedViews.Select(table => (SqlText)$"DROP VIEW {views.NameOf(table)}"));

        foreach (var table in OldTables)
            AddStatements(table, table.Columns.SelectMany(column => ColumnSequence.StopFollowing(table, column)));
        foreach (var table in OldTables.Where(Layout.HasMarker))
            AddStatements(table, triggers.Of(table).Drop().Concat(UpdateOfTriggers.Change(table, adds: false)));
        foreach (var table in OldTables)
            NameColumns(table);
        SetDependentsAside();
        var parts = CarriedPartitionedIndexes().ToList();
        if (parts.Count > 0)
            _statements.Add(PartitionIndexes.KeepNames(parts));
        DropConstraints();
        foreach (var table in OldTables)
            ExchangeColumns(table);
        foreach (var table in After.Tables.Values.Where(table => table.Original is null))
            AddStatements(table, table.Passing.Select(column => (SqlText)$"ALTER TABLE {layout.NameOf(table)} DROP COLUMN {Layout.NameOf(table, column.Slot)!.Value}"));
        _statements.AddRange(After.Ghosts.Where(ghost => ghost.Original is null).Select(ghost => (SqlText)$"DROP TABLE {layout.NameOf(ghost)}"));
        if (parts.Count > 0)
            _statements.Add(PartitionIndexes.TakeNames());

        // Before names are given: what takes the place of a dropped table has indexes of the same names.
        DropTables();
        RenameConstraints();
        DropPartitionedIndexes();
        RenameIndexes();
        AddKeys();
        NameIndexColumns();
        AddComments();
        foreach (var table in OldTables)
        {
            AddStatements(table, ColumnSql.StorageParameters(table.Original!.Name, table));
            if (table.IsUnlogged && !table.Original.IsUnlogged)
                AddStatements(table, [$"ALTER TABLE {table.Original.Name} SET UNLOGGED"]);
        }

        if (ReplacesColumns)
            _statements.Add(Dependents.PutBack());
        MoveTables();
        _statements.AddRange(sql.AfterExchange());
        if (history is not null)
            _statements.AddRange(history.AtContract);
        if (policy == ViewPolicy.All)
            _statements.AddRange(views.CreateFinal(ExchangedViews));

        var steps = new List<Step>();
        if (Verification() is { } verification)
            steps.Add(verification);
        steps.AddRange(beside.BeforeExchange());
        steps.Add(new TransactionStep("contract-02-exchange", "End the old version: exchange columns, names and constraints", Locks(), _statements.ToEquatableList())
        {
            RunsAuthorsSql = sql.HasAtComplete,
            Hazards = sql.HazardsAtComplete().ToEquatableList(),
        });
        steps.AddRange(objects.DroppedIndexes.Where(dropped => !dropped.GoesWithColumn && !IsPartitioned(dropped)).OrderBy(dropped => dropped.Name)
            .Select(dropped => new DropIndexConcurrently(
                $"contract-03-{dropped.Name.Value}", $"Drop index {dropped.Name.Value}", new QualifiedName(dropped.Table.Name.Schema, NameAtTheEnd(dropped)))));
        steps.AddRange(sql.Outside());
        steps.AddRange(beside.AfterExchange());
        return steps.ToEquatableList();
    }

    /// <summary>What must hold before anything is taken away from the old version: everything built is there and proven.</summary>
    CountViolations? Verification()
    {
        var constraints = OldTables.Where(Layout.HasMarker).Select(table => (Table: table.Original!.Name, Name: HelperNames.FilledCheck))
            .Concat(OldTables.SelectMany(table => table.Columns.Where(RequiredInPlace.Gains).Select(column => (Table: table.Original!.Name, Name: HelperNames.NotNullCheck(column.Original!.Name)))))
            .Concat(objects.BuiltConstraints.Select(built => (Table: layout.NameOf(built.Table), Name: built.BuildName)))
            .Select(pair => (SqlText)$"({Literal.Text(pair.Table.ToString())}, {Literal.Text(pair.Name.Value)})").ToList();
        var indexes = objects.BuiltIndexes.Where(built => built.Table.Original is not null)
            .Select(built => (SqlText)$"({Literal.Text(new QualifiedName(layout.NameOf(built.Table).Schema, built.BuildName).ToString())})").ToList();
        var queries = new List<SqlText>();
        if (constraints.Count > 0)
        {
            queries.Add($"""
                SELECT 'constraint ' || wanted.name || ' of ' || wanted.relation AS key
                FROM (VALUES {constraints}) AS wanted (relation, name)
                LEFT JOIN pg_constraint AS c ON c.conrelid = to_regclass(wanted.relation) AND c.conname = wanted.name
                WHERE c.convalidated IS NOT TRUE
                """);
        }

        if (indexes.Count > 0)
        {
            queries.Add($"""
                SELECT 'index ' || wanted.relation AS key
                FROM (VALUES {indexes}) AS wanted (relation)
                LEFT JOIN pg_index AS i ON i.indexrelid = to_regclass(wanted.relation)
                WHERE i.indisvalid IS NOT TRUE
                """);
        }

        var fired = OldTables.Where(Layout.HasMarker).SelectMany(table => triggers.Of(table).Names().Select(name => (Table: table.Original!.Name, Name: name)))
            .Concat(OldTables.SelectMany(table => table.Columns.SelectMany(column => ColumnSequence.Triggers(table, column)).Select(name => (Table: table.Original!.Name, Name: name))))
            .Select(pair => (SqlText)$"({Literal.Text(pair.Table.ToString())}, {Literal.Text(pair.Name.Value)})").ToList();
        if (fired.Count > 0)
        {
            // Of each partition, too: there it may be switched off alone.
            queries.Add($"""
                SELECT 'trigger ' || wanted.name || ' of ' || part.relid::regclass AS key
                FROM (VALUES {fired}) AS wanted (relation, name)
                CROSS JOIN LATERAL (
                    SELECT to_regclass(wanted.relation) AS relid
                    UNION
                    SELECT tree.relid FROM pg_partition_tree(to_regclass(wanted.relation)) AS tree) AS part
                LEFT JOIN pg_trigger AS t ON t.tgrelid = part.relid AND t.tgname = wanted.name
                WHERE part.relid IS NOT NULL AND (t.tgenabled IN ('O', 'A')) IS NOT TRUE
                """);
        }

        var seen = views.Tables.Select(table => views.NameOf(table)).Concat(new[] { views.HistoryView }.OfType<QualifiedName>())
            .Select(view => (SqlText)$"({Literal.Text(view.ToString())})").ToList();
        // Where nothing else is verified, the lock on a view that is gone says so.
        if (seen.Count > 0 && queries.Count > 0)
        {
            queries.Add($"""
                SELECT 'view ' || wanted.relation AS key
                FROM (VALUES {seen}) AS wanted (relation)
                WHERE to_regclass(wanted.relation) IS NULL
                """);
        }

        return queries.Count == 0
            ? null
            : new CountViolations("contract-01-verify", "Verify that everything is in place for the new version", SqlText.Join("\nUNION ALL\n", queries),
                "Something that 'start' made is missing, not valid or switched off")
            {
                IsOfOurs = true,
            };
    }

    void DropConstraints()
    {
        // Foreign keys first, also those of tables that go: they stand on the keys.
        foreach (var (table, key) in layout.DroppedTables.SelectMany(table => table.Constraints.Select(constraint => (table, constraint)))
            .Where(pair => pair.constraint.Target is { } target && objects.DroppedConstraints.Any(dropped => dropped.Table.Original!.Name == target.Table)))
        {
            _statements.Add($"ALTER TABLE {table.Name} DROP CONSTRAINT {key.Name}");
        }

        foreach (var dropped in objects.DroppedConstraints.OrderBy(dropped => Original(dropped).Kind != ConstraintKind.ForeignKey).ThenBy(dropped => dropped.Table.Name).ThenBy(dropped => dropped.Name))
        {
            AddStatements(dropped.Table, [$"ALTER TABLE {dropped.Table.Original!.Name} DROP CONSTRAINT {dropped.Name}"]);
            if (Original(dropped).Target is { } target)
                _touched.Add(target.Table);
        }
    }

    bool ReplacesColumns => OldTables.Any(table => new ColumnExchange(table).ReplacesColumns);

    void NameColumns(LogicalTable table)
    {
        AddStatements(table, table.Columns.SelectMany(column => ColumnSequence.Keep(table, column)));
        foreach (var rename in new ColumnExchange(table).RenamesBefore())
            AddStatements(table, [rename]);
    }

    void SetDependentsAside()
    {
        if (ReplacesColumns)
            _statements.AddRange(Dependents.SetAside(OldTables.SelectMany(table => new ColumnExchange(table).Exchanged)));
    }

    void ExchangeColumns(LogicalTable table)
    {
        var name = table.Original!.Name;
        var exchange = new ColumnExchange(table);
        foreach (var gone in exchange.Exchanged)
            AddStatements(table, [$"ALTER TABLE {name} DROP COLUMN {gone.Column}"]);
        foreach (var column in table.Passing)
            AddStatements(table, [$"ALTER TABLE {name} DROP COLUMN {Layout.NameOf(table, column.Slot)!.Value}"]);
        foreach (var rename in exchange.RenamesAfter())
            AddStatements(table, [rename]);

        foreach (var column in table.Columns)
        {
            var isDerived = Layout.IsDerived(table, column);
            if (isDerived && column.IsNotNull || RequiredInPlace.Gains(column))
            {
                AddStatements(table, [column.NotNullName is { } constraint
                    ? $"ALTER TABLE {name} ADD CONSTRAINT {constraint} NOT NULL {column.Name}"
                    : (SqlText)$"ALTER TABLE {name} ALTER COLUMN {column.Name} SET NOT NULL"]);
            }
            else if (column.Slot.Original is null && column.NotNullName is { } wanted && GrowingColumn.BuildNotNullName(table, column) is { } built && built != wanted)
            {
                AddStatements(table, [$"ALTER TABLE {name} RENAME CONSTRAINT {built} TO {wanted}"]);
            }

            if (RequiredInPlace.Gains(column))
                AddStatements(table, [RequiredInPlace.DropCheck(name, column.Original!.Name)]);
            else if (RequiredInPlace.Loses(column))
                AddStatements(table, [$"ALTER TABLE {name} ALTER COLUMN {column.Name} DROP NOT NULL"]);
            if (column.Slot.Original is not null && column.Slot.Collation != column.Original!.Collation)
                AddStatements(table, [$"ALTER TABLE {name} ALTER COLUMN {column.Name} TYPE {SqlText.Verbatim(column.Slot.Type)} COLLATE {column.Slot.Collation ?? new QualifiedName("pg_catalog", "default")}"]);
            var changesDefault = isDerived ? column.Default is not null : column.Slot.Original is not null && column.Generated is null && column.Default != column.Original!.Default;
            if (changesDefault && column.NewSequence is null)
                AddStatements(table, [ColumnSql.SetDefault(name, column.Name, column.Default)]);
            AddStatements(table, ColumnSequence.Contract(name, column));
            if (column.Slot.Original is not null && column.Compression != column.Original!.Compression)
                AddStatements(table, [ColumnSql.SetCompression(name, column.Name, column.Compression)]);
        }

        if (!Layout.HasMarker(table))
            return;
        AddStatements(table, [$"ALTER TABLE {name} DROP CONSTRAINT {HelperNames.FilledCheck}", $"ALTER TABLE {name} DROP COLUMN {HelperNames.Marker}"]);
    }

    void RenameConstraints()
    {
        var renames = objects.RenamedConstraints.Select(renamed => (renamed.Table, renamed.From, renamed.To))
            .Concat(objects.BuiltConstraints.Select(built => (built.Table, built.BuildName, built.Constraint.Name)));
        foreach (var table in renames.GroupBy(rename => rename.Item1.Id).OrderBy(group => layout.NameOf(group.First().Item1)))
        {
            foreach (var (from, to) in RenameOrder.Of(table.Select(rename => (rename.Item2, rename.Item3))))
                AddStatements(table.First().Item1, [$"ALTER TABLE {layout.NameOf(table.First().Item1)} RENAME CONSTRAINT {from} TO {to}"]);
        }
    }

    static bool IsPartitioned(Dropped dropped) => dropped.Table.Original!.IsPartitioned;

    IEnumerable<(QualifiedName Old, QualifiedName New)> CarriedPartitionedIndexes() => objects.BuiltIndexes
        .Where(built => built.Table.Original is { IsPartitioned: true } && built.Carried is not null)
        .Select(built => (built.Table.Original!.Name.Schema, built))
        .Select(pair => (new QualifiedName(pair.Schema, pair.built.Carried!.Name), new QualifiedName(pair.Schema, pair.built.BuildName)));

    // PostgreSQL drops none of these concurrently; nothing is read for it.
    void DropPartitionedIndexes()
    {
        foreach (var dropped in objects.DroppedIndexes.Where(dropped => !dropped.GoesWithColumn && IsPartitioned(dropped)).OrderBy(dropped => dropped.Name))
            AddStatements(dropped.Table, [$"DROP INDEX {dropped.Table.Original!.Name.Schema}.{dropped.Name}"]);
    }

    void RenameIndexes()
    {
        var renames = objects.RenamedIndexes.Select(renamed => (renamed.Table, renamed.From, renamed.To))
            .Concat(objects.BuiltIndexes.Where(built => built.Constraint is null).Select(built => (built.Table, built.BuildName, built.FinalName)))
            .Concat(objects.DroppedIndexes.Where(dropped => !dropped.GoesWithColumn && !IsPartitioned(dropped)).Select(dropped => (dropped.Table, dropped.Name, NameAtTheEnd(dropped))));
        foreach (var schema in renames.GroupBy(rename => layout.NameOf(rename.Item1).Schema).OrderBy(group => group.Key))
        {
            foreach (var (from, to) in RenameOrder.Of(schema.Select(rename => (rename.Item2, rename.Item3))))
                _statements.Add($"ALTER INDEX {schema.Key}.{from} RENAME TO {to}");
        }
    }

    // An index that is dropped gives its name away beforehand where something else is to have it.
    Identifier NameAtTheEnd(Dropped dropped)
    {
        var isWanted = objects.BuiltIndexes.Exists(built => built.Table.Name.Schema == dropped.Table.Name.Schema && built.FinalName == dropped.Name)
            || objects.RenamedIndexes.Exists(renamed => renamed.Table.Name.Schema == dropped.Table.Name.Schema && renamed.To == dropped.Name)
            || objects.RenamedConstraints.Exists(renamed => renamed.Table.Name.Schema == dropped.Table.Name.Schema && renamed.To == dropped.Name);
        return isWanted ? HelperNames.Old(dropped.Name) : dropped.Name;
    }

    void AddKeys()
    {
        foreach (var built in objects.BuiltIndexes.Where(built => built.Table.Original is not null).OrderBy(built => built.Table.Name).ThenBy(built => built.FinalName))
        {
            var table = built.Table.Original!.Name;
            if (built.Constraint is { } key)
                AddStatements(built.Table, [NewTable.AddKey(table, built.BuildName, built.FinalName, key)]);
            _statements.AddRange(built.TakeOver(table));
            if (built.Comment is { } comment)
                _statements.Add($"COMMENT ON INDEX {table.Schema}.{built.FinalName} IS {Literal.Text(comment)}");
            if (built.Constraint?.Comment is { } keyComment)
                _statements.Add($"COMMENT ON CONSTRAINT {built.FinalName} ON {table} IS {Literal.Text(keyComment)}");
        }

        foreach (var built in objects.BuiltConstraints.Where(built => built.Constraint.Comment is not null))
            _statements.Add($"COMMENT ON CONSTRAINT {built.Constraint.Name} ON {layout.NameOf(built.Table)} IS {Literal.Text(built.Constraint.Comment!)}");
        foreach (var built in objects.BuiltIndexes.Where(built => built.Table.Original is null && built.BuildName != built.FinalName))
        {
            if (built.Constraint is not null)
                _statements.Add($"ALTER TABLE {layout.NameOf(built.Table)} RENAME CONSTRAINT {built.BuildName} TO {built.FinalName}");
        }
    }

    // An index keeps the names its columns had when it was built, and shows them.
    void NameIndexColumns()
    {
        foreach (var table in objects.BuiltIndexes.Where(built => built.Table.Original is not null).Select(built => built.Table.Original!.Name).Distinct().Order())
        {
            _statements.Add(SqlText.Block($"""
                DECLARE
                    part record;
                BEGIN
                    FOR part IN
                        SELECT i.indexrelid::regclass AS index, of_index.attname AS former, of_table.attname AS name
                        FROM pg_index AS i
                        CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS key (number, position)
                        JOIN pg_attribute AS of_index ON of_index.attrelid = i.indexrelid AND of_index.attnum = key.position
                        JOIN pg_attribute AS of_table ON of_table.attrelid = i.indrelid AND of_table.attnum = key.number
                        WHERE i.indrelid = to_regclass({Literal.Text(table.ToString())}) AND of_index.attname LIKE '\_efroll\_new\_%'
                    LOOP
                        EXECUTE format('ALTER TABLE %s RENAME COLUMN %I TO %I', part.index, part.former, part.name);
                    END LOOP;
                END
                """));
        }
    }

    void AddComments()
    {
        foreach (var table in OldTables)
        {
            var name = table.Original!.Name;
            if (table.Comment != table.Original.Comment)
                _statements.Add(table.Comment is { } comment ? (SqlText)$"COMMENT ON TABLE {name} IS {Literal.Text(comment)}" : $"COMMENT ON TABLE {name} IS NULL");
            foreach (var column in table.Columns.Where(column => column.Slot.Original is not null && column.Comment != column.Original!.Comment))
            {
                _statements.Add(column.Comment is { } text
                    ? (SqlText)$"COMMENT ON COLUMN {name}.{column.Name} IS {Literal.Text(text)}"
                    : $"COMMENT ON COLUMN {name}.{column.Name} IS NULL");
            }
        }
    }

    void DropTables()
    {
        var dropped = layout.DroppedTables.Select(table => table.Name).ToList();
        if (dropped.Count == 0)
            return;
        _statements.Add($"DROP TABLE {dropped}");
        _touched.UnionWith(dropped);
        _touched.UnionWith(layout.DroppedTables.SelectMany(table => table.Constraints).Select(constraint => constraint.Target?.Table).OfType<QualifiedName>());
    }

    void MoveTables()
    {
        var moved = After.Tables.Values.Where(table => layout.NameOf(table) != table.Name).ToList();
        _statements.AddRange(TableMoves.Of(moved.Select(table => (layout.NameOf(table), table.Name))));
        _touched.UnionWith(moved.Where(table => table.Original is not null).Select(layout.NameOf));

        foreach (var table in After.Tables.Values.Where(table => table.Original is null).OrderBy(table => table.Name))
        {
            foreach (var column in table.Columns.Where(column => column.SequenceName is { } name && layout.SequenceOf(table, column).Name != name))
                _statements.Add($"ALTER SEQUENCE {table.Name.Schema}.{layout.SequenceOf(table, column).Name} RENAME TO {column.SequenceName!.Value}");
        }
    }

    EquatableList<RelationLock> Locks()
    {
        var order = new LockOrder(After.Database);
        var viewLocks = order.Sort(ExchangedViews, layout.NameOf).Select(table => new RelationLock(views.NameOf(table), LockMode.AccessExclusive));
        var moved = OldTables.SelectMany(table => new ColumnExchange(table).Dependents).ToList();
        _touched.UnionWith(moved.Where(dependent => dependent.Kind != DependentKind.View).Select(dependent => dependent.Relation!.Value).Where(After.Database.Tables.ContainsKey));
        var tableLocks = order.Sort(_touched, name => name).Select(name => new RelationLock(name, LockMode.AccessExclusive));
        return viewLocks.Concat(Dependents.LocksOfViews(moved)).Concat(tableLocks).ToEquatableList();
    }

    IEnumerable<Identifier> OldVersionSchemas() => baseMigration is null
        ? []
        : After.Database.Schemas.Keys.Select(schema => HelperNames.VersionSchemaOf(schema, baseMigration)).Where(After.Database.Schemas.ContainsKey);

    static Constraint Original(Dropped dropped) => dropped.Table.Original!.Constraints.First(constraint => constraint.Name == dropped.Name);

    void AddStatements(LogicalTable table, IEnumerable<SqlText> statements)
    {
        var all = statements.ToList();
        if (all.Count == 0)
            return;
        _statements.AddRange(all);
        _touched.Add(layout.NameOf(table));
    }
}
