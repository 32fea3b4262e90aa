using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Review;

/// <summary>What the net change of one migration costs, what both versions will feel of it, and what of it looks like a mistake.</summary>
sealed class MigrationReview(Migration migration, LogicalSchema before, LogicalSchema after)
{
    static readonly Dictionary<string, string> Traps = new()
    {
        ["json"] = "has no equality, so that DISTINCT, GROUP BY and UNION over it fail; jsonb has",
        ["money"] = "is written and read in the currency of the session's lc_monetary; numeric is the same everywhere",
        ["time with time zone"] = "does not know summer time; timestamp with time zone does",
        ["character"] = "is filled up with blanks, which comparisons ignore and length() does not count; varchar and text keep what was written",
    };

    readonly List<(LogicalTable Before, LogicalTable After)> _kept =
        [.. after.Tables.Values.Where(table => table.Original is not null).Select(table => (before.Tables[table.Id], table))];

    readonly SourceLocation _place = new(migration.Id);

    public IEnumerable<Finding> Findings() => Order(
        Backfills().Concat(Indexes()).Concat(Constraints()).Concat(DroppedConstraints()).Concat(DroppedData()).Concat(Renames()).Concat(TypeTraps())
            .Concat(new RawSqlReview(after).Findings()));

    // As they stand in the file.
    IEnumerable<Finding> Order(IEnumerable<Finding> findings)
    {
        var operations = migration.Operations.Select(operation => operation.Source).ToList();
        return findings.Select(finding => finding with { Source = finding.Source ?? _place }).OrderBy(finding => operations.IndexOf(finding.Source));
    }

    IEnumerable<Finding> Backfills()
    {
        foreach (var (_, table) in _kept)
        {
            var filled = table.Derivations.FindAll(derivation => derivation.Direction == Direction.Up && Layout.IsUsed(table, derivation));
            if (filled.Count == 0)
                continue;
            var columns = filled.Select(derivation => table.SuccessorOf(derivation.Target)?.Name.Value).OfType<string>().Distinct().ToList();
            yield return new Finding(Severity.Note, ErrorCode.RewritesRows,
                $"Start writes every row of {Display(table)} once, to fill {string.Join(", ", columns)}; until complete, each of its rows has room for both versions' values.", null, filled[0].Source);
        }
    }

    IEnumerable<Finding> Indexes()
    {
        foreach (var (_, table) in _kept)
        {
            foreach (var (name, made) in NewIndexes(table))
            {
                yield return new Finding(Severity.Note, ErrorCode.BuildsIndex, $"Start builds {name.Value} on {Display(table)}: concurrently, nobody waits for it, and the whole table is read twice.", null, made.Source);
            }
        }
    }

    IEnumerable<Finding> Constraints()
    {
        foreach (var table in after.Tables.Values)
        {
            foreach (var key in table.Constraints.Where(constraint => constraint is { Kind: ConstraintKind.ForeignKey, Original: null } && !IsCovered(table, constraint.Slots)))
            {
                yield return new Finding(Severity.Note, ErrorCode.ForeignKeyWithoutIndex,
                    $"No index of {Display(table)} begins with the columns of {key.Name.Value}: whoever deletes or changes a row that it refers to reads the whole table.", "Add an index (HasIndex).", key.Source ?? SourceOf(operation => operation is CreateTable create && create.Name.In(before.BaseSchema) == table.Name));
            }
        }

        foreach (var (was, table) in _kept)
        {
            foreach (var constraint in table.Constraints.Where(constraint => constraint.Original is null && !IsThere(was, constraint)))
            {
                if (constraint.Kind is ConstraintKind.ForeignKey or ConstraintKind.Check)
                    yield return new Finding(Severity.Note, ErrorCode.ReadsRows, $"Start reads every row of {Display(table)} once, to see that it fulfils {constraint.Name.Value}; nobody waits for it.", null, constraint.Source);
                if (Binds(table, constraint) is { } finding)
                    yield return finding;
            }

            foreach (var index in table.Indexes.Where(index => index is { Original: null, New.IsUnique: true } && !HasUnique(was, index.Slots)))
            {
                if (index.Slots.Any(IsWritten))
                    yield return Felt(table, index.Name, "unique index", index.New!.Source);

                bool IsWritten(Slot slot) => IsWrittenByOld(table, slot);
            }
        }
    }

    // What the old version feels of a new constraint.
    static Finding? Binds(LogicalTable table, LogicalConstraint constraint)
    {
        var source = constraint.Source ?? constraint.Index?.Source;
        if (constraint.Kind == ConstraintKind.ForeignKey && constraint.Slots.Select(slot => table.Columns.Find(column => column.Slot == slot)).OfType<LogicalColumn>().ToList() is { Count: > 0 } columns
            && columns.TrueForAll(column => RawUpdate.IsSameInOldRows(table, column) && !string.Equals(column.Default, "NULL", StringComparison.OrdinalIgnoreCase)))
        {
            return new Finding(Severity.Warning, ErrorCode.DefaultIsNoKey,
                $"Rows that are there, and rows that the old version inserts, get {columns[0].Default} in {Display(table)}.{columns[0].Name.Value}; if that is no key of the referenced table, {constraint.Name.Value} refuses them.",
                "Say with .Up(\"…\") on the new column what it is for them, let it take NULL, or see to it that the referenced table has such a row.", source);
        }

        var what = constraint.Kind switch
        {
            ConstraintKind.ForeignKey => "foreign key",
            ConstraintKind.Check => "check",
            ConstraintKind.PrimaryKey => "primary key",
            _ => "unique constraint",
        };
        // Which columns a check reads only PostgreSQL knows for sure.
        var slots = constraint.Check is { } check
            ? check.Scope.Slots.Where(pair => SqlTokens.Names(check.Condition.Text).Contains(pair.Key.Value)).Select(pair => pair.Value)
            : constraint.Slots;
        return slots.Any(slot => IsWrittenByOld(table, slot)) ? Felt(table, constraint.Name, what, source) : null;
    }

    static Finding Felt(LogicalTable table, Identifier name, string what, SourceLocation? source) => new(Severity.Warning, ErrorCode.OldWritesMayViolate,
        $"From start on, the {what} {name.Value} holds for the old version, too: what it writes to {Display(table)} against it fails.",
        "If the old version can write such rows, first release a version that does not; else .Accept(\"EFR4111\", \"why\").", source);

    IEnumerable<Finding> DroppedConstraints()
    {
        foreach (var (was, table) in _kept)
        {
            var constraints = was.Constraints.Where(constraint => !table.Constraints.Exists(other => other.Original == constraint.Original) && !IsThere(table, constraint) && HasAll(table, constraint.Slots));
            foreach (var constraint in constraints)
            {
                yield return Kept(table, constraint.Name, SourceOf(operation => operation switch
                {
                    DropConstraint drop => drop.Name == constraint.Name && Means(drop.Table, was, table),
                    _ => false,
                }));
            }

            var indexes = was.Indexes.Where(index => index.Original!.IsUnique && !table.Indexes.Exists(other => other.Original == index.Original) && !HasUnique(table, index.Slots) && HasAll(table, index.Slots));
            foreach (var index in indexes)
                yield return Kept(table, index.Name, SourceOf(operation => operation is DropIndex drop && drop.Name.Name == index.Name));
        }
    }

    static Finding Kept(LogicalTable table, Identifier name, SourceLocation? source) => new(Severity.Note, ErrorCode.StaysInForce,
        $"The old version relies on {name.Value} of {Display(table)}: it stays in force for the new version, too, until complete.", null, source);

    IEnumerable<Finding> DroppedData()
    {
        foreach (var (was, table) in _kept)
        {
            var added = table.Columns.FindAll(column => column is { Original: null, Generated: null } && !Layout.IsDerived(table, column));
            var dropped = was.Columns.FindAll(column => column.Generated is null && table.SuccessorOf(column.Slot) is null);
            foreach (var column in dropped)
            {
                var place = SourceOf(operation => operation is DropColumn drop && drop.Column == column.Name && Means(drop.Table, was, table));
                var isRead = table.Derivations.Exists(derivation => derivation.Direction == Direction.Up && SqlTokens.Names(derivation.Expression.Text).Contains(column.Name.Value));
                var twin = isRead ? null : added.Find(other => LooksRenamed(column, other, isOnlyOne: added.Count == 1 && dropped.Count == 1));
                yield return twin is null
                    ? new Finding(Severity.Note, ErrorCode.DropsData, $"Complete drops {Display(table)}.{column.Name.Value} with all that it holds; until then a rollback loses nothing.", null, place)
                    : new Finding(Severity.Warning, ErrorCode.LooksLikeRename,
                        $"{Display(table)}.{column.Name.Value} is dropped and {twin.Name.Value} is added: what the one holds does not come into the other, and goes at complete.",
                        $"If that is a rename, write RenameColumn; if the new column follows from the old one, say how with .Up(\"…\"); else .Accept(\"EFR4121\", \"why\").", place);
            }
        }

        var created = after.Tables.Values.Where(table => table.Original is null).ToList();
        foreach (var table in before.Tables.Values.Where(table => !after.Tables.ContainsKey(table.Id)))
        {
            var place = SourceOf(operation => operation is DropTable drop && drop.Name.In(before.BaseSchema) == table.Name);
            yield return created.Find(other => IsAlike(table, other)) is { } twin
                ? new Finding(Severity.Warning, ErrorCode.LooksLikeRename,
                    $"{Display(table)} is dropped and {Display(twin)}, which has nearly the same columns, is made: what the one holds does not come into the other, and goes at complete.",
                    "If that is a rename, write RenameTable; else .Accept(\"EFR4121\", \"why\").", place)
                : new Finding(Severity.Note, ErrorCode.DropsData, $"Complete drops {Display(table)} with all that it holds; until then a rollback loses nothing.", null, place);
        }
    }

    IEnumerable<Finding> Renames() => migration.Operations.OfType<RenameColumn>().Where(rename => !Words.AreAlike(rename.Name.Value, rename.NewName.Value))
        .Select(rename => new Finding(Severity.Warning, ErrorCode.LooksLikeNoRename,
            $"{rename.Table.Name.Value}.{rename.Name.Value} becomes {rename.NewName.Value}: EF Core takes a column that goes and one of the same type that comes for a rename, and these names have nothing in common.",
            "If they are two columns, write DropColumn and AddColumn; else .Accept(\"EFR4122\", \"why\").", rename.Source));

    IEnumerable<Finding> TypeTraps()
    {
        var columns = migration.Operations.SelectMany(operation => operation switch
        {
            CreateTable create => create.Columns.Select(column => (create.Name, column.Name, column.Type, operation.Source)),
            AddColumn add => [(add.Table, add.Column.Name, add.Column.Type, operation.Source)],
            AlterColumn { Type: { } type } alter => [(alter.Table, alter.Column, type, operation.Source)],
            _ => [],
        });
        foreach (var (table, column, type, source) in columns)
        {
            if (Traps.TryGetValue(KnownTypes.NameOf(type), out var trap))
                yield return new Finding(Severity.Note, ErrorCode.TypeTrap, $"{table.Name.Value}.{column.Value}: the type {KnownTypes.Of(type).Name} {trap}.", null, source);
        }
    }

    static IEnumerable<(Identifier Name, NewIndex Made)> NewIndexes(LogicalTable table) =>
        table.Indexes.Where(index => index.New is not null && !HasSame(table.Original!, index.Slots, index.New.IsUnique)).Select(index => (index.Name, index.New!))
            .Concat(table.Constraints.Where(constraint => constraint.Index is not null && !HasSame(table.Original!, constraint.Slots, isUnique: true)).Select(constraint => (constraint.Name, constraint.Index!)));

    // EF Core drops an index and makes it again with the same content where something is renamed.
    static bool HasSame(Table original, EquatableList<Slot> slots, bool isUnique) => slots.All(slot => slot.Original is not null)
        && original.Indexes.Any(index => index.IsUnique == isUnique && index.Columns.Select(number => original.ColumnAt(number).Name).SequenceEqual(slots.Select(slot => slot.Original!.Value)));

    // The same demand under the same or another name.
    static bool IsThere(LogicalTable table, LogicalConstraint constraint) => constraint.Kind switch
    {
        ConstraintKind.ForeignKey => table.Constraints.Exists(other => other.ForeignKey is { } key && key.Table == constraint.ForeignKey?.Table && AreSame(other.Slots, constraint.Slots)),
        ConstraintKind.PrimaryKey or ConstraintKind.Unique => HasUnique(table, constraint.Slots),
        _ => false,
    };

    static bool HasUnique(LogicalTable table, EquatableList<Slot> slots) =>
        table.Indexes.Exists(index => (index.New?.IsUnique ?? index.Original!.IsUnique) && AreSame(index.Slots, slots))
        || table.Constraints.Exists(constraint => constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique && AreSame(constraint.Slots, slots));

    static bool IsCovered(LogicalTable table, EquatableList<Slot> slots) =>
        table.Indexes.Select(index => index.Slots).Concat(table.Constraints.Where(constraint => constraint.HasIndex).Select(constraint => constraint.Slots))
            .Any(keys => keys.Take(slots.Count).ToHashSet().SetEquals(slots));

    static bool AreSame(EquatableList<Slot> left, EquatableList<Slot> right) => left.Select(slot => slot.Root).ToHashSet().SetEquals(right.Select(slot => slot.Root));

    static bool HasAll(LogicalTable table, EquatableList<Slot> slots) => slots.All(slot => table.SuccessorOf(slot) is not null);

    // A column that the old version has, or whose value follows from what it writes.
    static bool IsWrittenByOld(LogicalTable table, Slot slot) => slot.Root.Original is not null || table.Derivations.Exists(derivation => derivation.Direction == Direction.Up && derivation.Target == slot);

    static bool LooksRenamed(LogicalColumn dropped, LogicalColumn added, bool isOnlyOne) =>
        Words.AreAlike(dropped.Name.Value, added.Name.Value) || isOnlyOne && dropped.Slot.Type == added.Slot.Type;

    static bool IsAlike(LogicalTable dropped, LogicalTable created)
    {
        var same = created.Columns.Count(column => dropped.Columns.Exists(other => other.Name == column.Name && other.Slot.Type == column.Slot.Type));
        return same > 1 && same * 4 >= 3 * Math.Max(dropped.Columns.Count, created.Columns.Count);
    }

    bool Means(RelationName name, LogicalTable was, LogicalTable table) => name.In(before.BaseSchema) is var full && (full == was.Name || full == table.Name);

    SourceLocation? SourceOf(Func<Operation, bool> isMeant) => migration.Operations.FirstOrDefault(isMeant)?.Source;

    static string Display(LogicalTable table) => table.Name.Schema.Value == "public" ? table.Name.Name.Value : table.Name.Display;
}
