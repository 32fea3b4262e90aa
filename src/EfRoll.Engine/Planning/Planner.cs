using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>
/// Makes plans. Pure: everything it knows of the database was read before. Planning has two halves, because some questions only PostgreSQL
/// can answer: <see cref="Fold"/> yields the net change and the questions, <see cref="Plan"/> takes the answers and yields the steps.
/// </summary>
public static class Planner
{
    /// <summary>The texts of types and defaults that the migrations name: <see cref="DatabaseSchema.Types"/> and <see cref="DatabaseSchema.VolatileDefaults"/> must cover them.</summary>
    public static (IReadOnlySet<string> Types, IReadOnlySet<(string Type, string Default)> Defaults) NamesUsed(IEnumerable<Migration> migrations)
    {
        var types = new HashSet<string>();
        var defaults = new HashSet<(string, string)>();
        var dropped = new HashSet<(RelationName, Identifier)>();
        // From the end: of a column that the rollout drops again the default does not matter, and what it calls may be dropped too.
        foreach (var operation in migrations.SelectMany(migration => migration.Operations).SelectMany(Meant).Reverse())
        {
            if (operation is CreateTable table)
                types.UnionWith(table.Columns.Select(column => column.Type));
            else if (operation is DropColumn drop)
                dropped.Add((drop.Table, drop.Column));
            else if (operation is AddColumn { Column: var column } add)
            {
                types.Add(column.Type);
                if (column is { Default: { } value, Generated: null } && !dropped.Contains((add.Table, column.Name)))
                    defaults.Add((column.Type, value));
            }
            else if (operation is AlterColumn { Type: { } type })
                types.Add(type);
        }

        return (types, defaults);
    }

    // Raw SQL may say the same as an operation.
    static IEnumerable<Operation> Meant(Operation operation) => operation is RunSql { Moment: SqlMoment.Chosen } raw
        ? SqlTokens.Statements(raw.Sql).SelectMany(statement => RawDefinition.Read(statement) ?? []).Select(part => part.Operation)
        : [operation];

    /// <summary>Applies the migrations to the schema, one after another.</summary>
    /// <exception cref="EfRollException">Something is not possible, or not safe; nothing was touched.</exception>
    public static Rollout Fold(DatabaseSchema database, IReadOnlyList<Migration> migrations, ViewScope views)
    {
        var schema = PassingValues.Keep(Apply(database, migrations, _ => true));
        PartitionRules.Check(schema);
        ObjectRules.RefuseUsed(schema);
        foreach (var table in schema.Tables.Values.Where(new Layout(schema).NeedsView))
            RefuseUnsafe(database, table);
        return new Rollout(migrations.Select(migration => migration.Id).ToEquatableList(), schema, views, Questions.Of(schema));
    }

    /// <summary>What the migrations make beside tables; whatever asks the database about their texts must make it first.</summary>
    public static EquatableList<NewObject> NewObjects(DatabaseSchema database, IReadOnlyList<Migration> migrations) =>
        new ObjectPlan(Apply(database, migrations, operation => operation is IObjectOperation)).Rehearsal()
            .Concat(migrations.SelectMany(migration => migration.Operations).OfType<RunSql>().SelectMany(SqlPlacing.MadeBeside)).ToEquatableList();

    /// <summary>Makes the steps of all phases.</summary>
    public static Plan Plan(Rollout rollout, ProbeAnswers answers, string? baseMigration, HistoryScript? history)
    {
        var layout = new Layout(rollout.After);
        RawValues.Check(rollout.After, answers);
        var objects = new ObjectChanges(layout, answers);
        var views = new VersionViews(layout, rollout.Views, rollout.TargetMigration, history?.Table);
        var sql = new SqlPlan(layout, answers);
        var beside = new ObjectPlan(rollout.After);
        var triggers = new TableTriggers(layout, views, answers);
        var expand = new ExpandPlan(layout, objects, beside, views, sql, triggers, answers, history).Steps();
        return new Plan
        {
            BaseMigration = baseMigration,
            Migrations = rollout.Migrations,
            BackTo = rollout.BackTo,
            VersionSchemas = views.Schemas,
            Expand = expand,
            Contract = new ContractPlan(layout, objects, beside, views, sql, triggers, rollout.Views.Policy, baseMigration, history).Steps(),
            Notes = Notes(layout, rollout, views).ToEquatableList(),
            Comparisons = new RowComparisons(layout, triggers, answers).Tables(),
            Watched = new Watch(layout, objects, views, rollout.Views.Policy).Tables(),
        };
    }

    /// <summary>Makes the one step that gives a version at which the database is already its views.</summary>
    public static Plan Views(DatabaseSchema database, ViewScope scope, string migration)
    {
        var views = new VersionViews(new Layout(LogicalSchema.Of(database)), scope, migration, historyTable: null);
        return new Plan
        {
            BaseMigration = migration,
            ViewsOf = migration,
            Migrations = [],
            VersionSchemas = views.Schemas,
            Expand = [views.Open("expand-01-version", [], [])],
            Contract = [],
            Notes = ["The database has all migrations: only the views are made through which the version sees its tables. They stay until the next rollout is complete."],
        };
    }

    static LogicalSchema Apply(DatabaseSchema database, IReadOnlyList<Migration> migrations, Func<Operation, bool> isMeant)
    {
        var schema = LogicalSchema.Of(database);
        for (var position = 0; position < migrations.Count; position++)
        {
            schema = schema.BeginMigration(position);
            foreach (var operation in migrations[position].Operations.Where(isMeant))
            {
                try
                {
                    schema = operation.Apply(schema);
                }
                catch (EfRollException exception) when (exception.Location is null)
                {
                    throw exception.At(operation.Source ?? new SourceLocation(migrations[position].Id));
                }
            }

            schema = schema.EndMigration();
        }

        return schema;
    }

    static void RefuseUnsafe(DatabaseSchema database, LogicalTable table)
    {
        if (table.Original is not { } original)
            return;
        if (original.HasRowSecurity && database.ServerVersion < 150000)
            throw Mistakes.RowSecurityNeeds15(original.Name);
        if (original.HasRowSecurity && original.Columns.Any(column => column.Grants.Count > 0))
            throw Mistakes.RowSecurityWithColumnGrants(original.Name);
        var growsHidden = Layout.HasMarker(table) || table.Columns.Exists(column => column.Slot.Original is null && Layout.NameOf(table, column) != column.Name);
        var listing = original.Columns.SelectMany(column => column.Dependents).Where(dependent => dependent.Kind == DependentKind.Publication)
            .Select(dependent => dependent.Description).Distinct().ToList();
        if (original.HasFullReplicaIdentity && listing.Count > 0 && (Layout.HasMarker(table) || table.Columns.Exists(column => column.Slot.Original is null)))
            throw Mistakes.PublishedWithFullIdentity(original.Name, listing);
        if (growsHidden && original.Publications.Count > 0)
            throw Mistakes.PublishedTable(original.Name, original.Publications);
    }

    static IEnumerable<string> Notes(Layout layout, Rollout rollout, VersionViews views)
    {
        if (views.Tables.Count > 0)
        {
            var names = string.Join(", ", views.Tables.Select(table => table.Name.Display));
            yield return $"Until complete, the new version sees {names} through views: COPY FROM, TRUNCATE and ON CONFLICT ON CONSTRAINT do not work there for it"
                + (rollout.After.Database.ServerVersion < 170000 ? ", nor does MERGE." : ".");
        }

        var filled = rollout.After.Tables.Values.Where(Layout.HasMarker).Select(table => table.Name.Display).ToList();
        if (filled.Count > 0)
            yield return $"The backfill updates every row of {string.Join(", ", filled)}: an application that uses xmin as row version and read a row before may get a concurrency conflict.";
        foreach (var table in rollout.After.Tables.Values)
        {
            foreach (var column in table.Columns.Where(column => column.Original is { } original && original.Type != column.Slot.Type))
            {
                var down = table.Derivations.Find(derivation => derivation.Direction == Direction.Down && derivation.IsInferred && column.Slot.Succeeds(derivation.Target));
                if (down is not null)
                    yield return $"Until complete, what the new version writes to {table.Name.Display}.{column.Name.Value} must also fit into {down.Target.Type}, which the old version reads; .Down(\"…\") can say what it shall see instead.";
            }
        }

        foreach (var note in RawValues.Notes(rollout.After))
            yield return note;

        var former = rollout.After.Database.Tables.Keys;
        foreach (var name in rollout.After.Tables.Values.Select(table => table.Name).Except(former))
        {
            if (former.Where(other => other.Name == name.Name && other.Schema != name.Schema).Select(other => other.Display).FirstOrDefault() is { } twin)
                yield return $"{name.Display} has the name of {twin}: an application with both schemas on its search_path (OtherSchemas) finds one of them only.";
        }

        var changedOnce = SqlPlan.ChangedOnce(rollout.After).Select(pair => pair.Table.Original!.Name.Display).ToList();
        if (changedOnce.Count > 0)
            yield return $"Raw SQL changes rows of {string.Join(", ", changedOnce)} once: what the old version writes after that it does not change. .Up(\"…\") on a column follows the old version's writes.";

        var moved = rollout.After.Tables.Values.Where(table => table.Original is not null).SelectMany(table => new ColumnExchange(table).Dependents)
            .Select(dependent => dependent.Description).Distinct().Order(StringComparer.Ordinal).ToList();
        if (moved.Count > 0)
            yield return $"Complete makes anew, over the changed columns: {string.Join(", ", moved)}. Until then both versions see these as they are.";

        var grown = rollout.After.Tables.Values.Where(table => table.Original is not null && table.Columns.Exists(column => column.Slot.Original is null)).Select(table => table.Name.Display).ToList();
        if (grown.Count > 0)
            yield return $"A prepared SELECT * on {string.Join(", ", grown)} fails once, because columns are added.";
    }
}

/// <summary>The net change of a rollout, and what has to be asked of PostgreSQL before it can be planned.</summary>
public sealed record Rollout(EquatableList<string> Migrations, LogicalSchema After, ViewScope Views, EquatableList<Probe> Probes)
{
    /// <summary>The earlier migration to which it goes back; null on the way forward.</summary>
    public string? BackTo { get; init; }

    /// <summary>The migration at which the database will be.</summary>
    public string TargetMigration => BackTo ?? Migrations[^1];
}
