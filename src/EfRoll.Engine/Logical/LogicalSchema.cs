using System.Collections.Immutable;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Logical;

/// <summary>The schema as the version at this point of the rollout sees it, and how it came about.</summary>
public sealed record LogicalSchema
{
    /// <summary>The database before the rollout.</summary>
    public required DatabaseSchema Database { get; init; }

    /// <summary>The tables by <see cref="LogicalTable.Id"/>.</summary>
    public required ImmutableSortedDictionary<int, LogicalTable> Tables { get; init; }

    /// <summary>The sequences by <see cref="LogicalSequence.Id"/>.</summary>
    public ImmutableSortedDictionary<int, LogicalSequence> Sequences { get; init; } = ImmutableSortedDictionary<int, LogicalSequence>.Empty;

    /// <summary>The enums, range types and collations of the users'.</summary>
    public ImmutableList<LogicalObject> Objects { get; init; } = [];

    /// <summary>Extensions that the rollout installs.</summary>
    public ImmutableList<NewExtension> NewExtensions { get; init; } = [];

    /// <summary>What was there before and is not a table: what of it goes at contract.</summary>
    public ImmutableList<DroppedObject> Drops { get; init; } = [];

    /// <summary>Raw SQL in the order it is to run.</summary>
    public ImmutableList<SqlRun> SqlRuns { get; init; } = [];

    /// <summary>Tables that the rollout drops, but that raw SQL sees before with something in them that the rollout made.</summary>
    public ImmutableList<LogicalTable> Ghosts { get; init; } = [];

    /// <summary>Schemas that the rollout makes.</summary>
    public ImmutableList<Identifier> NewSchemas { get; init; } = [];

    /// <summary>Position of the current migration in the rollout, from 0.</summary>
    public int Migration { get; init; }

    /// <summary>The next free id of a slot or table.</summary>
    public int NextId { get; init; }

    /// <summary>The schema of unqualified names.</summary>
    public Identifier BaseSchema => Database.BaseSchema;

    /// <summary>The schema as the version that runs today sees it.</summary>
    public static LogicalSchema Of(DatabaseSchema database)
    {
        var nextId = 1;
        var drafts = database.Tables.Values.Select(table => new LogicalTable(nextId++, table.Name)
        {
            Original = table,
            Comment = table.Comment,
            IsUnlogged = table.IsUnlogged,
            Columns = table.Columns.Select(column => LogicalColumn.From(column, new Slot(nextId++, column.Type)
            {
                Original = column.Name,
                Collation = column.Collation,
            })).ToImmutableList(),
        }).ToList();

        var byName = drafts.ToDictionary(table => table.Name);
        var tables = drafts.Select(table => table with
        {
            Indexes = table.Original!.Indexes.Where(index => index.Constraint is null).Select(index => new LogicalIndex(index.Name)
            {
                Original = index,
                Slots = SlotsAt(table, index.Columns),
            }).ToImmutableList(),
            Constraints = table.Original.Constraints
                .Where(constraint => constraint.Target is not { } target || byName.ContainsKey(target.Table))
                .Select(constraint => new LogicalConstraint(constraint.Name, constraint.Kind)
                {
                    Original = constraint,
                    Slots = SlotsAt(table, constraint.Columns),
                    IsDeferrable = constraint.IsDeferrable,
                    IsDeferred = constraint.IsDeferred,
                    Comment = constraint.Comment,
                    ForeignKey = constraint.Target is { } target
                        ? new LogicalForeignKey(byName[target.Table].Id, SlotsAt(byName[target.Table], target.Columns), target.OnDelete, target.OnUpdate)
                        {
                            IsMatchFull = target.IsMatchFull,
                            SetSlots = SlotsAt(table, target.SetColumns),
                        }
                        : null,
                }).ToImmutableList(),
        });

        var sequences = database.Sequences.Values
            .Select(sequence => new LogicalSequence(nextId++, sequence.Name, sequence.Type, sequence.Options) { Original = sequence })
            .ToImmutableSortedDictionary(sequence => sequence.Id, sequence => sequence);
        return new LogicalSchema
        {
            Database = database,
            Sequences = sequences,
            Objects =
            [
                .. database.UserTypes.Values.Select(type => new LogicalObject(ObjectKind.Type, type.Name) { Original = type, Labels = type.Labels }),
                .. database.UserCollations.Values.Select(collation => new LogicalObject(ObjectKind.Collation, collation.Name) { Original = collation }),
            ],
            Tables = tables.ToImmutableSortedDictionary(table => table.Id, table => table),
            NextId = nextId,
        };
    }

    /// <summary>Finds a table by its name at this point.</summary>
    public LogicalTable? Find(QualifiedName name) => Tables.Values.FirstOrDefault(table => table.Name == name);

    /// <summary>Finds a sequence by its name at this point.</summary>
    public LogicalSequence? FindSequence(QualifiedName name) => Sequences.Values.FirstOrDefault(sequence => sequence.Name == name);

    /// <summary>Whether a schema that was there goes at contract.</summary>
    public bool IsDropped(Identifier schema) => Drops.Exists(drop => drop.Kind == ObjectKind.Schema && drop.Name.Name == schema);

    /// <summary>Returns the schema with a sequence added or exchanged.</summary>
    public LogicalSchema With(LogicalSequence sequence) => this with { Sequences = Sequences.SetItem(sequence.Id, sequence) };

    /// <summary>Returns the schema with a table added or exchanged.</summary>
    public LogicalSchema With(LogicalTable table) => this with { Tables = Tables.SetItem(table.Id, table) };

    /// <summary>Returns the schema without a table.</summary>
    public LogicalSchema Without(LogicalTable table) => this with { Tables = Tables.Remove(table.Id) };

    /// <summary>Hands out an id and the schema that no longer has it.</summary>
    public LogicalSchema TakeId(out int id)
    {
        id = NextId;
        return this with { NextId = NextId + 1 };
    }

    /// <summary>Says that a migration begins: its <c>up</c> expressions may use the names of this moment.</summary>
    public LogicalSchema BeginMigration(int position) => this with
    {
        Migration = position,
        Tables = With(table => table.ColumnsBefore != table.Columns, table => table with { ColumnsBefore = table.Columns }),
    };

    /// <summary>Says that a migration ends: its <c>down</c> expressions may use the names of this moment.</summary>
    public LogicalSchema EndMigration() => this with
    {
        Tables = With(table => table.Derivations.Exists(IsOfItsEnd), table => table with
        {
            Derivations = table.Derivations.ConvertAll(derivation => IsOfItsEnd(derivation) ? derivation with { Scope = derivation.Scope.With(table.Names) } : derivation),
        }),
    };

    bool IsOfItsEnd(Derivation derivation) => derivation.Direction == Direction.Down && derivation.Migration == Migration;

    // Most migrations touch few of many tables.
    ImmutableSortedDictionary<int, LogicalTable> With(Func<LogicalTable, bool> isMeant, Func<LogicalTable, LogicalTable> change) =>
        Tables.SetItems(Tables.Where(pair => isMeant(pair.Value)).Select(pair => KeyValuePair.Create(pair.Key, change(pair.Value))));

    static EquatableList<Slot> SlotsAt(LogicalTable table, EquatableList<short> numbers) =>
        numbers.Select(number => table.Columns.First(column => column.Original!.Number == number).Slot).ToEquatableList();
}
