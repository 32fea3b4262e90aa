using System.Collections.Immutable;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using Index = EfRoll.Engine.Schema.Index;

namespace EfRoll.Engine.Review;

/// <summary>
/// The database as migrations leave it, for when there is none to ask: what raw SQL made that is not understood is missing in it, every table has rows,
/// and whatever a server may have or not (extensions, collations, rights) is there.
/// </summary>
static class ExpectedSchema
{
    static readonly string[] VolatileFunctions = ["gen_random_uuid", "uuid_generate_v1", "uuid_generate_v4", "uuidv4", "uuidv7", "random", "clock_timestamp", "timeofday", "nextval"];

    /// <summary>A database that has nothing yet of what the migrations make.</summary>
    public static DatabaseSchema Empty(IReadOnlyList<Migration> migrations)
    {
        var (types, defaults) = Planner.NamesUsed(migrations);
        var operations = migrations.SelectMany(migration => migration.Operations).ToList();
        var names = operations.SelectMany(SchemasOf).Prepend(Base).Distinct().ToImmutableSortedDictionary(name => name, _ => (EquatableList<Grant>)[]);
        return new DatabaseSchema
        {
            BaseSchema = Base,
            // The newest: what older ones refuse, they refuse when they are asked.
            ServerVersion = 180000,
            Schemas = names,
            Types = WithNames(types),
            Casts = KnownTypes.Casts,
            Collations = [.. operations.SelectMany(CollationsOf).SelectMany(name => new[] { name.In(new Identifier("pg_catalog")), name.In(Base) })],
            Extensions = operations.OfType<CreateExtension>().Select(operation => operation.Name.Value).Distinct().ToImmutableDictionary(name => name, _ => new Extension(false, [])),
            VolatileDefaults = [.. defaults.Select(pair => pair.Default).Where(value => SqlTokens.Of(value).Any(token => token.IsName && VolatileFunctions.Contains(token.Value)))],
            IsTimeZoneUtc = true,
            MaySilenceTriggers = true,
        };
    }

    /// <summary>The database that an earlier state leads to.</summary>
    public static DatabaseSchema After(LogicalSchema schema)
    {
        var tables = schema.Tables.Values.DistinctBy(table => table.Name).ToList();
        return schema.Database with
        {
            Tables = tables.Select(table => TableOf(table, schema)).ToImmutableSortedDictionary(table => table.Name, table => table),
            Sequences = schema.Sequences.Values.DistinctBy(sequence => sequence.Name)
                .ToImmutableSortedDictionary(sequence => sequence.Name, sequence => new Sequence(sequence.Name, sequence.Type, sequence.Options)),
            UserTypes = schema.Objects.Where(type => type.Kind == ObjectKind.Type).DistinctBy(type => type.Name)
                .ToImmutableSortedDictionary(type => type.Name, type => new UserObject(type.Name, TextOf(type, schema)) { Labels = type.Labels }),
            UserCollations = schema.Objects.Where(other => other.Kind == ObjectKind.Collation).DistinctBy(other => other.Name)
                .ToImmutableSortedDictionary(collation => collation.Name, collation => new UserObject(collation.Name, collation.Name.ToString())),
            Types = schema.Database.Types.SetItems(WithNames(tables.SelectMany(table => table.Columns).Select(column => column.Slot.Type).Where(type => !schema.Database.Types.ContainsKey(type)))),
        };
    }

    static Identifier Base { get; } = new("public");

    static ImmutableDictionary<string, TypeFacts> WithNames(IEnumerable<string> types)
    {
        var known = ImmutableDictionary.CreateBuilder<string, TypeFacts>();
        foreach (var type in types)
        {
            var facts = KnownTypes.Of(type);
            known[type] = known[facts.Name] = facts;
        }

        return known.ToImmutable();
    }

    // As migrations write it, so that columns' types are found by it.
    static string TextOf(LogicalObject type, LogicalSchema schema)
    {
        var columns = schema.Tables.Values.SelectMany(table => table.Columns).Select(column => column.Slot.Type);
        return columns.FirstOrDefault(type.IsNamed) ?? (type.Name.Schema == schema.BaseSchema ? type.Name.Name.Value : type.Name.Display);
    }

    static Table TableOf(LogicalTable table, LogicalSchema schema)
    {
        var keys = table.Constraints.Where(constraint => constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique);
        return new Table(table.Name)
        {
            Columns = table.Columns.Select((column, at) => ColumnOf(table, column, (short)(at + 1))).ToEquatableList(),
            Constraints = table.Constraints.Select(constraint => ConstraintOf(constraint, NumbersOf(constraint.Slots), schema)).ToEquatableList(),
            Indexes = table.Indexes.Select(index => IndexOf(index.Name, index.New, index.Original, NumbersOf(index.Slots)))
                .Concat(keys.Select(key => IndexOf(key.Name, key.Index, null, NumbersOf(key.Slots)) with { IsUnique = true, Constraint = key.Name })).ToEquatableList(),
            Comment = table.Comment,
            IsUnlogged = table.IsUnlogged,
            EstimatedRows = -1,
        };

        EquatableList<short> NumbersOf(IEnumerable<Slot> slots) => NumbersIn(table, slots);
    }

    static EquatableList<short> NumbersIn(LogicalTable table, IEnumerable<Slot> slots) =>
        slots.Select(slot => table.Columns.FindIndex(column => column.Slot.Succeeds(slot))).Where(at => at >= 0).Select(at => (short)(at + 1)).ToEquatableList();

    static Column ColumnOf(LogicalTable table, LogicalColumn column, short number)
    {
        QualifiedName? sequence = column.Numbering == Numbering.None ? null
            : column.Original?.Sequence?.Name ?? column.NewSequence ?? new QualifiedName(table.Name.Schema, column.SequenceName ?? ChosenName.Of(table.Name.Name.Value, column.Name.Value, "seq", _ => false));
        return new Column(number, column.Name, column.Slot.Type)
        {
            IsNotNull = column.IsNotNull,
            NotNullConstraint = column.NotNullName,
            Default = column.Numbering == Numbering.Serial ? $"nextval('{sequence}'::regclass)" : column.Default,
            Identity = column.Identity,
            Generated = column.Generated,
            Collation = column.Slot.Collation,
            Comment = column.Comment,
            Compression = column.Compression,
            Sequence = sequence is { } name ? new OwnedSequence(name, SqlText.Empty) : null,
        };
    }

    static Constraint ConstraintOf(LogicalConstraint constraint, EquatableList<short> columns, LogicalSchema schema) =>
        new(constraint.Name, constraint.Kind, constraint.Original?.Definition ?? (constraint.Check is { } check ? $"CHECK {check.Condition}" : ""))
        {
            Columns = columns,
            IsDeferrable = constraint.IsDeferrable,
            IsDeferred = constraint.IsDeferred,
            Comment = constraint.Comment,
            Target = constraint.ForeignKey is { } key && schema.Tables.TryGetValue(key.Table, out var target)
                ? new ForeignKeyTarget(target.Name, NumbersIn(target, key.Slots), key.OnDelete, key.OnUpdate) { IsMatchFull = key.IsMatchFull }
                : null,
        };

    static Index IndexOf(Identifier name, NewIndex? made, Index? original, EquatableList<short> columns) => new(name, made?.Tail.ToString() ?? original?.Tail ?? "USING btree ()")
    {
        IsUnique = made?.IsUnique ?? original?.IsUnique ?? false,
        Keys = columns,
        Columns = columns,
    };

    static IEnumerable<Identifier> SchemasOf(Operation operation) => operation switch
    {
        CreateSchema create => [create.Name],
        CreateTable { Name.Schema: { } schema } => [schema],
        RenameTable { NewName.Schema: { } schema } => [schema],
        _ => [],
    };

    static IEnumerable<RelationName> CollationsOf(Operation operation) => operation switch
    {
        CreateTable create => create.Columns.Select(column => column.Collation).OfType<RelationName>(),
        AddColumn { Column.Collation: { } collation } => [collation],
        AlterColumn { Collation: { } collation } => [collation],
        _ => [],
    };
}
