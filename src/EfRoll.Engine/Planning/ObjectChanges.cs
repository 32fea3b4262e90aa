using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using Index = EfRoll.Engine.Schema.Index;

namespace EfRoll.Engine.Planning;

/// <summary>An index to be built, and the constraint that it is to stand behind.</summary>
sealed record BuiltIndex(LogicalTable Table, Identifier BuildName, Identifier FinalName, bool IsUnique, SqlText Tail, LogicalConstraint? Constraint, string? Comment)
{
    /// <summary>Whether it stands in for one that was there, on a column that got a shadow.</summary>
    public bool IsCarried => Carried is not null;

    /// <summary>The one that it stands in for.</summary>
    public Index? Carried { get; init; }

    /// <summary>Where it was written, for a new one.</summary>
    public SourceLocation? Source { get; init; }

    /// <summary>Sets, once it has its name, what was set on the one that it stands in for.</summary>
    public IEnumerable<SqlText> TakeOver(QualifiedName table)
    {
        if (Carried is null)
            yield break;
        if (Carried.IsReplicaIdentity)
            yield return $"ALTER TABLE {table} REPLICA IDENTITY USING INDEX {FinalName}";
        if (Carried.IsClustered)
            yield return $"ALTER TABLE {table} CLUSTER ON {FinalName}";
        foreach (var (place, target) in Carried.StatisticsTargets)
            yield return $"ALTER INDEX {table.Schema}.{FinalName} ALTER COLUMN {place} SET STATISTICS {target}";
    }
}

/// <summary>A check or foreign key to be added.</summary>
sealed record BuiltConstraint(LogicalTable Table, Identifier BuildName, LogicalConstraint Constraint, SqlText Definition)
{
    /// <summary>Whether it stands in for one that was there.</summary>
    public bool IsCarried { get; init; }

    /// <summary>For a check: the columns that it reads, by the names of its scope.</summary>
    public EquatableList<Identifier> Reads { get; init; } = [];

    /// <summary>For a foreign key: the table it refers to.</summary>
    public LogicalTable? Target { get; init; }
}

/// <summary>Something that only changes its name.</summary>
sealed record Renamed(LogicalTable Table, Identifier From, Identifier To);

/// <summary>Something that goes at contract.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Name">Its name.</param>
/// <param name="GoesWithColumn">Whether PostgreSQL drops it together with a column that goes.</param>
sealed record Dropped(LogicalTable Table, Identifier Name, bool GoesWithColumn);

/// <summary>The net change of indexes and constraints. A pair of drop and add with equal content is a rename.</summary>
sealed class ObjectChanges
{
    readonly Layout _layout;
    readonly ProbeAnswers _answers;

    public ObjectChanges(Layout layout, ProbeAnswers answers)
    {
        _layout = layout;
        _answers = answers;
        foreach (var table in layout.After.Tables.Values)
        {
            AddKeys(table);
            AddIndexes(table);
            AddChecks(table);
            AddForeignKeys(table);
            AddExclusions(table);
        }
    }

    public List<BuiltIndex> BuiltIndexes { get; } = [];

    public List<Renamed> RenamedIndexes { get; } = [];

    public List<Dropped> DroppedIndexes { get; } = [];

    public List<BuiltConstraint> BuiltConstraints { get; } = [];

    public List<Renamed> RenamedConstraints { get; } = [];

    public List<Dropped> DroppedConstraints { get; } = [];

    void AddIndexes(LogicalTable table)
    {
        var gone = table.Original?.Indexes.Where(index => index.Constraint is null && !table.Indexes.Exists(other => other.Original == index)).ToList() ?? [];
        foreach (var index in table.Indexes)
        {
            if (index.Original is { } original)
            {
                if (Questions.IsCarried(table, index.Slots))
                    Carry(table, index.Name, original, _answers[Questions.KeyOf(table, index)].Definition!, constraint: null);
                else if (original.Name != index.Name)
                    RenamedIndexes.Add(new Renamed(table, original.Name, index.Name));
                continue;
            }

            var tail = _answers[Questions.KeyOf(table, index)].Definition!;
            var same = gone.Find(other => other.IsValid && other.IsUnique == index.New!.IsUnique && other.Tail == tail.ToString() && !GoesWithColumn(table, other.Columns));
            if (same is null)
            {
                BuiltIndexes.Add(new BuiltIndex(table, _layout.BuildNameOf(table, index.Name), index.Name, index.New!.IsUnique, tail, null, index.New.Comment) { Source = index.New.Source });
                continue;
            }

            gone.Remove(same);
            if (same.Name != index.Name)
                RenamedIndexes.Add(new Renamed(table, same.Name, index.Name));
        }

        DroppedIndexes.AddRange(gone.Select(index => new Dropped(table, index.Name, GoesWithColumn(table, index.Columns))));
    }

    void AddKeys(LogicalTable table)
    {
        var gone = Gone(table, ConstraintKind.PrimaryKey, ConstraintKind.Unique);
        foreach (var key in table.Constraints.Where(constraint => constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique))
        {
            if (key.Original is { } original)
            {
                if (Questions.IsCarried(table, key.Slots))
                {
                    DroppedConstraints.Add(new Dropped(table, original.Name, GoesWithColumn: false));
                    Carry(table, key.Name, IndexOf(table, original), _answers[Questions.KeyOf(table, key)].Definition!, key);
                }
                else
                {
                    Rename(table, original, key);
                }

                continue;
            }

            var tail = _answers[Questions.KeyOf(table, key)].Definition!;
            var same = gone.Find(other => other.Kind == key.Kind && other.IsDeferrable == key.IsDeferrable && other.IsDeferred == key.IsDeferred
                && IndexOf(table, other).Tail == tail.ToString() && !GoesWithColumn(table, other.Columns));
            if (same is null)
                BuiltIndexes.Add(new BuiltIndex(table, _layout.BuildNameOf(table, key.Name), key.Name, IsUnique: true, tail, key, Comment: null) { Source = key.Source });
            else if (gone.Remove(same))
                Rename(table, same, key);
        }

        Drop(table, gone);
    }

    void AddChecks(LogicalTable table)
    {
        var gone = Gone(table, ConstraintKind.Check);
        foreach (var check in table.Constraints.Where(constraint => constraint.Kind == ConstraintKind.Check))
        {
            if (check.Original is { } original && !Questions.IsCarried(table, check.Slots))
            {
                Rename(table, original, check);
                continue;
            }

            var answer = _answers[Questions.KeyOf(table, check)];
            if (check.Check is { } asked && answer.Reads.Any(name => table.SuccessorOf(asked.Scope.Slots[name]) is null))
                continue; // A later operation dropped a column that it reads; PostgreSQL drops such a check with the column.
            var same = check.Original is null ? gone.Find(other => other.Definition == answer.Definition!.ToString()) : null;
            if (same is not null && gone.Remove(same))
            {
                Rename(table, same, check);
                continue;
            }

            if (check.Original is { } carried)
                DroppedConstraints.Add(new Dropped(table, carried.Name, GoesWithColumn: false));
            BuiltConstraints.Add(new BuiltConstraint(table, Layout.BuildConstraintNameOf(table, check.Name), check, answer.Definition!)
            {
                IsCarried = check.Original is not null,
                Reads = answer.Reads,
            });
        }

        Drop(table, gone);
    }

    void AddForeignKeys(LogicalTable table)
    {
        var gone = Gone(table, ConstraintKind.ForeignKey);
        foreach (var constraint in table.Constraints.Where(constraint => constraint.ForeignKey is not null))
        {
            var foreignKey = constraint.ForeignKey!;
            var target = _layout.After.Tables[foreignKey.Table];
            var isCarried = Questions.IsCarried(table, constraint.Slots) || Questions.IsCarried(target, foreignKey.Slots);
            if (constraint.Original is { } original && !isCarried)
            {
                Rename(table, original, constraint);
                continue;
            }

            var same = constraint.Original is null && !isCarried ? gone.Find(other => IsSame(table, other, constraint, target)) : null;
            if (same is not null && gone.Remove(same))
            {
                Rename(table, same, constraint);
                continue;
            }

            if (constraint.Original is { } carried)
                DroppedConstraints.Add(new Dropped(table, carried.Name, GoesWithColumn: false));
            BuiltConstraints.Add(new BuiltConstraint(table, Layout.BuildConstraintNameOf(table, constraint.Name), constraint, Definition(table, constraint, target))
            {
                IsCarried = constraint.Original is not null,
                Target = target,
            });
        }

        Drop(table, gone);
    }

    void AddExclusions(LogicalTable table)
    {
        foreach (var constraint in table.Constraints.Where(constraint => constraint.Kind == ConstraintKind.Exclusion))
            Rename(table, constraint.Original!, constraint);
        Drop(table, Gone(table, ConstraintKind.Exclusion));
    }

    void Carry(LogicalTable table, Identifier name, Index original, SqlText tail, LogicalConstraint? constraint) =>
        BuiltIndexes.Add(new BuiltIndex(table, _layout.BuildNameOf(table, name), name, original.IsUnique, tail, constraint, original.Comment) { Carried = original });

    void Rename(LogicalTable table, Constraint original, LogicalConstraint constraint)
    {
        if (original.Name != constraint.Name)
            RenamedConstraints.Add(new Renamed(table, original.Name, constraint.Name));
    }

    void Drop(LogicalTable table, List<Constraint> gone) =>
        DroppedConstraints.AddRange(gone.Select(constraint => new Dropped(table, constraint.Name, GoesWithColumn: false)));

    static List<Constraint> Gone(LogicalTable table, params ConstraintKind[] kinds) =>
        table.Original?.Constraints.Where(constraint => kinds.Contains(constraint.Kind) && !table.Constraints.Exists(other => other.Original == constraint)).ToList() ?? [];

    static Index IndexOf(LogicalTable table, Constraint key) => table.Original!.Indexes.First(index => index.Constraint == key.Name);

    static bool GoesWithColumn(LogicalTable table, EquatableList<short> numbers) =>
        numbers.Any(number => !table.Columns.Exists(column => column.Slot.Original == table.Original!.ColumnAt(number).Name));

    static bool IsSame(LogicalTable table, Constraint old, LogicalConstraint @new, LogicalTable target)
    {
        var reference = @new.ForeignKey!;
        return target.Original is { } originalTarget && old.Target is { } oldTarget && oldTarget.Table == originalTarget.Name
            && Names(table.Original!, old.Columns).SequenceEqual(@new.Slots.Select(slot => slot.Original))
            && Names(originalTarget, oldTarget.Columns).SequenceEqual(reference.Slots.Select(slot => slot.Original))
            && oldTarget.OnDelete == reference.OnDelete && oldTarget.OnUpdate == reference.OnUpdate && oldTarget.IsMatchFull == reference.IsMatchFull
            && Names(table.Original!, oldTarget.SetColumns).SequenceEqual(reference.SetSlots.Select(slot => slot.Original))
            && old.IsDeferrable == @new.IsDeferrable && old.IsDeferred == @new.IsDeferred;
    }

    static IEnumerable<Identifier?> Names(Table table, EquatableList<short> numbers) =>
        numbers.Select(number => (Identifier?)table.ColumnAt(number).Name);

    SqlText Definition(LogicalTable table, LogicalConstraint constraint, LogicalTable target)
    {
        var reference = constraint.ForeignKey!;
        SqlText sql = $"FOREIGN KEY ({Columns(table, constraint.Slots)}) REFERENCES {_layout.NameOf(target)} ({Columns(target, reference.Slots)})";
        if (reference.IsMatchFull)
            sql = $"{sql} MATCH FULL";
        if (reference.OnUpdate != "NO ACTION")
            sql = $"{sql} ON UPDATE {SqlText.Verbatim(reference.OnUpdate)}";
        if (reference.OnDelete != "NO ACTION")
            sql = $"{sql} ON DELETE {SqlText.Verbatim(reference.OnDelete)}";
        if (reference.SetSlots.Count > 0)
            sql = $"{sql} ({Columns(table, reference.SetSlots)})";
        return $"{sql}{Deferral(constraint)}";
    }

    /// <summary>Writes when a constraint is checked, with a space before.</summary>
    public static SqlText Deferral(LogicalConstraint constraint) =>
        (constraint.IsDeferrable, constraint.IsDeferred) switch
        {
            (true, true) => (SqlText)$" DEFERRABLE INITIALLY DEFERRED",
            (true, false) => $" DEFERRABLE",
            _ => SqlText.Empty,
        };

    static IEnumerable<Identifier> Columns(LogicalTable table, EquatableList<Slot> slots) =>
        slots.Select(slot => Layout.NameOf(table, table.SuccessorOf(slot)!));
}
