using System.Globalization;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>The net change of what stands beside tables: schemas, extensions, types, collations, sequences. What is new is made before everything else, what goes goes last.</summary>
sealed class ObjectPlan(LogicalSchema after)
{
    readonly List<SequencePlan> _sequences = [.. after.Sequences.Values
        .Where(sequence => sequence.Original is { } original && !IsGoneWithColumn(after, original))
        .OrderBy(sequence => sequence.Name).Select(sequence => new SequencePlan(sequence))];

    /// <summary>What is made new, in an order in which each finds what it needs.</summary>
    public IEnumerable<NewObject> NewObjects()
    {
        foreach (var schema in after.NewSchemas)
            yield return new NewObject($"schema {schema.Value}", $"CREATE SCHEMA {schema}", $"DROP SCHEMA {schema}");
        foreach (var made in NewExtensions())
            yield return made;
        // A range may be over an enum, and order by a collation.
        foreach (var made in after.Objects.Where(made => made.Original is null)
            .OrderByDescending(made => made.Kind).ThenBy(made => made.Labels is null).ThenBy(made => made.Name))
        {
            yield return made.Kind == ObjectKind.Collation
                ? new NewObject($"collation {made.Name.Display}", $"CREATE COLLATION {made.Name} {made.Definition!}", $"DROP COLLATION {made.Name}") { Source = made.Source }
                : new NewObject($"type {made.Name.Display}", $"CREATE TYPE {made.Name} {made.Definition ?? EnumSql(made.Labels!)}", $"DROP TYPE {made.Name}") { Source = made.Source };
        }

        foreach (var sequence in after.Sequences.Values.Where(sequence => sequence.Original is null).OrderBy(sequence => sequence.Name))
        {
            yield return new NewObject(
                $"sequence {sequence.Name.Display}", SequenceSql.Create(sequence.Name, sequence.Type, sequence.Options), $"DROP SEQUENCE {sequence.Name}")
            {
                Source = sequence.Source,
            };
        }
    }

    /// <summary>What a question about the new version's texts must find in the database besides what is there.</summary>
    public IEnumerable<NewObject> Rehearsal()
    {
        // A label cannot be used by the transaction that adds it, but those of a type that it makes can.
        foreach (var type in GrownEnums())
        {
            yield return new NewObject($"type {type.Name.Display}", $"ALTER TYPE {type.Name} RENAME TO {HelperNames.Old(type.Name.Name)}", SqlText.Empty) { Source = type.Source };
            yield return new NewObject($"type {type.Name.Display}", $"CREATE TYPE {type.Name} {EnumSql(type.Labels!)}", SqlText.Empty) { Source = type.Source };
        }

        foreach (var made in NewObjects())
            yield return made;
        foreach (var sequence in _sequences.Where(sequence => sequence.HasTwin))
            yield return new NewObject("The second sequence", sequence.CreateTwin, SqlText.Empty);
    }

    /// <summary>What has to be known before anything is touched.</summary>
    public IEnumerable<Step> Questions()
    {
        foreach (var sequence in _sequences)
        {
            if (sequence.Question("sequence-limits") is { } question)
                yield return question;
        }
    }

    /// <summary>The steps that come before those of tables.</summary>
    public IEnumerable<Step> Expand()
    {
        // In a transaction of its own: what follows may use the labels.
        var grown = GrownEnums().ToList();
        if (grown.Count > 0)
        {
            yield return new TransactionStep(
                "labels", $"Add labels to {string.Join(", ", grown.Select(type => type.Name.Display))}", [], grown.SelectMany(AddLabels).ToEquatableList())
            {
                Hazards = grown.Select(type => $"{type.Name.Display} gets {Labels(type)} at once, and the old version meets what the new one writes; a rollback keeps it, for PostgreSQL drops no labels.")
                    .ToEquatableList(),
            };
        }

        var made = NewObjects().ToList();
        if (made.Count > 0)
        {
            yield return new TransactionStep("objects", $"Create {string.Join(", ", made.Select(one => one.What))}", [], made.Select(one => one.Create).ToEquatableList())
            {
                Undo = made.AsEnumerable().Reverse().Select(one => one.Drop).ToEquatableList(),
            };
        }

        foreach (var sequence in _sequences)
        {
            if (sequence.Expand("sequence") is { } step)
                yield return step;
        }
    }

    /// <summary>The steps that come before columns and names are exchanged.</summary>
    public IEnumerable<Step> BeforeExchange()
    {
        var statements = _sequences.SelectMany((sequence, number) => sequence.TakeName(number)).ToEquatableList();
        if (statements.Count > 0)
            yield return new TransactionStep("contract-01-sequences", "Give sequences their new names", [], statements);
    }

    /// <summary>The steps that come last.</summary>
    public IEnumerable<Step> AfterExchange()
    {
        var locks = _sequences.SelectMany(sequence => sequence.Users(after)).Select(table => table.Name).Distinct().Order().Select(table => new RelationLock(table, LockMode.AccessExclusive));
        var statements = _sequences.SelectMany((sequence, number) => sequence.Contract(number)).ToEquatableList();
        if (statements.Count > 0)
            yield return new TransactionStep("contract-04-sequences", "Let sequences count for the new version alone", locks.ToEquatableList(), statements);

        // A schema goes after what lay in it.
        var drops = after.Drops.Where(drop => !IsGoneWithColumn(after, drop)).OrderBy(drop => drop.Kind).ThenBy(drop => drop.Name).ToList();
        if (drops.Count > 0)
        {
            yield return new TransactionStep(
                "contract-05-objects", $"Drop {string.Join(", ", drops.Select(Describe))}", [], drops.Select(Drop).ToEquatableList());
        }
    }

    IEnumerable<LogicalObject> GrownEnums() =>
        after.Objects.Where(type => type.Original?.Labels is { } labels && labels.Count < type.Labels!.Count).OrderBy(type => type.Name);

    IEnumerable<NewObject> NewExtensions()
    {
        var made = new HashSet<string>();
        foreach (var extension in after.NewExtensions)
        {
            // CASCADE installs what it requires, too, and so all of that goes with it.
            var installed = new List<string>();
            Collect(extension.Name.Value, installed, made);
            if (installed.Count == 0)
                continue;
            SqlText create = $"CREATE EXTENSION {extension.Name}";
            if (extension.Schema is { } schema)
                create = $"{create} SCHEMA {schema}";
            if (extension.Version is { } version)
                create = $"{create} VERSION {Literal.Text(version)}";
            yield return new NewObject(
                $"extension {extension.Name.Value}", $"{create} CASCADE", $"DROP EXTENSION {installed.Select(name => new Identifier(name))}")
            { Source = extension.Source };
        }

        void Collect(string name, List<string> installed, HashSet<string> known)
        {
            if (after.Database.Extensions.GetValueOrDefault(name) is not { IsInstalled: false } extension || !known.Add(name))
                return;
            installed.Add(name);
            foreach (var required in extension.Requires)
                Collect(required, installed, known);
        }
    }

    static IEnumerable<SqlText> AddLabels(LogicalObject type)
    {
        var present = type.Original!.Labels!.ToList();
        for (var position = 0; position < type.Labels!.Count; position++)
        {
            var label = type.Labels[position];
            if (present.Contains(label))
                continue;
            SqlText add = $"ALTER TYPE {type.Name} ADD VALUE {Literal.Text(label)}";
            yield return position > 0 ? $"{add} AFTER {Literal.Text(type.Labels[position - 1])}"
                : present.Count > 0 ? $"{add} BEFORE {Literal.Text(present[0])}"
                : add;
            present.Add(label);
        }
    }

    static string Labels(LogicalObject type) => $"'{string.Join("', '", type.Labels!.Except(type.Original!.Labels!))}'";

    static SqlText EnumSql(EquatableList<string> labels) => $"AS ENUM ({labels.Select(label => (SqlText)$"{Literal.Text(label)}")})";

    /// <summary>What a dropped object is called in messages.</summary>
    public static string Describe(DroppedObject drop) => drop.Kind == ObjectKind.Schema
        ? $"schema {drop.Name.Name.Value}"
        : $"{drop.Kind.ToString().ToLower(CultureInfo.InvariantCulture)} {drop.Name.Display}";

    /// <summary>Whether PostgreSQL drops a sequence together with the column that owns it.</summary>
    public static bool IsGoneWithColumn(LogicalSchema after, DroppedObject drop) =>
        drop.Kind == ObjectKind.Sequence && IsGoneWithColumn(after, after.Database.Sequences[drop.Name]);

    static bool IsGoneWithColumn(LogicalSchema after, Sequence sequence) =>
        sequence.OwnedBy is { } owner && FindColumn(after, owner) is null;

    /// <summary>The column that a column of the old version is now, or null if it was dropped.</summary>
    public static LogicalColumn? FindColumn(LogicalSchema after, ColumnReference reference) =>
        after.Tables.Values.FirstOrDefault(table => table.Original?.Name == reference.Table)?.Columns.Find(column => column.Original?.Name == reference.Column);

    static SqlText Drop(DroppedObject drop) => drop.Kind switch
    {
        ObjectKind.Sequence => (SqlText)$"DROP SEQUENCE {drop.Name}",
        ObjectKind.Type => $"DROP TYPE {drop.Name}",
        ObjectKind.Collation => $"DROP COLLATION {drop.Name}",
        _ => $"DROP SCHEMA {drop.Name.Name}",
    };
}

/// <summary>Something beside tables that a rollout makes.</summary>
/// <param name="What">What it is, for people.</param>
/// <param name="Create">Makes it.</param>
/// <param name="Drop">Takes it back.</param>
public sealed record NewObject(string What, SqlText Create, SqlText Drop)
{
    /// <summary>Where it was written.</summary>
    public SourceLocation? Source { get; init; }

    /// <summary>Whether it may need something that is not there at this point: then it is left out.</summary>
    public bool MayBeLeftOut { get; init; }
}
