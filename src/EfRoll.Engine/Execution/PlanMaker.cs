using EfRoll.Engine.Catalog;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.Engine.State;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Execution;

/// <summary>Reads what a plan needs to know, and has it planned. Changes nothing.</summary>
sealed class PlanMaker(Session session, StateStore store)
{
    /// <summary>Plans what is pending.</summary>
    /// <returns>The plan, and whether it is the provider's own script on an empty database: then nothing is to be completed.</returns>
    public async Task<(Plan Plan, bool IsFresh)> MakeAsync(
        RolloutRequest request, AppliedMigrations applied, PendingMigrations pending, CancellationToken cancellationToken)
    {
        Fragments.Check(pending.Migrations);
        var versionSchemas = await VersionSchemasAsync(cancellationToken).ConfigureAwait(false);
        var reader = new SchemaReader(session);
        if (request.FreshScript is { } script && pending.Base is null && applied.Ids.Count == 0)
        {
            var empty = await reader.ReadAsync(versionSchemas, new HashSet<string>(), new HashSet<(string, string)>(), _ => [], cancellationToken).ConfigureAwait(false);
            if (empty.Tables.Keys.All(name => name == request.History?.Table.In(session.BaseSchema)))
                return (FreshPlan(pending, script), true);
        }

        var (types, defaults) = Planner.NamesUsed(pending.Migrations);
        var database = await reader.ReadAsync(
            versionSchemas, types, defaults, catalogue => Planner.NewObjects(catalogue, pending.Migrations), cancellationToken).ConfigureAwait(false);
        var rollout = Planner.Fold(database, pending.Migrations, ScopeOf(request, database, pending.Base)) with { BackTo = pending.BackTo };
        var newObjects = Planner.NewObjects(database, pending.Migrations);
        var answers = await new ProbeReader(session).AskAsync(rollout.Probes, newObjects, cancellationToken).ConfigureAwait(false);
        if (DependentTrial.Of(rollout.After) is { } trial)
            await new DependentTrialReader(session).RefuseMisfitsAsync(trial, newObjects, cancellationToken).ConfigureAwait(false);
        var plan = Planner.Plan(rollout, answers, pending.Base, History(request.History, applied, pending));
        if (pending.Late.Count > 0)
            plan = plan with { Notes = [.. plan.Notes, LateNote(pending)] };
        return (plan with { Watched = await new FactReader(session).FillAsync(plan.Watched, cancellationToken).ConfigureAwait(false) }, false);
    }

    /// <summary>Plans the views of the version at which the database is, where they are wanted for all tables; null where they are not, or are there.</summary>
    public async Task<Plan?> MakeViewsAsync(RolloutRequest request, string? current, CancellationToken cancellationToken)
    {
        if (request.Views != ViewPolicy.All || current is null)
            return null;
        var database = await new SchemaReader(session).ReadAsync(
            await VersionSchemasAsync(cancellationToken).ConfigureAwait(false), new HashSet<string>(), new HashSet<(string, string)>(), _ => [], cancellationToken).ConfigureAwait(false);
        return HasViews(database, current) ? null : Planner.Views(database, ScopeOf(request, database, current), current);
    }

    async Task<IReadOnlyCollection<string>> VersionSchemasAsync(CancellationToken cancellationToken) =>
        await store.ExistsAsync(cancellationToken).ConfigureAwait(false) ? await store.VersionSchemasAsync(cancellationToken).ConfigureAwait(false) : [];

    static ViewScope ScopeOf(RolloutRequest request, DatabaseSchema database, string? current) =>
        new(request.Views ?? (current is not null && HasViews(database, current) ? ViewPolicy.All : ViewPolicy.Changed), request.Schemas);

    // Between rollouts they are there only if they are to stay.
    static bool HasViews(DatabaseSchema database, string migration) => database.Schemas.ContainsKey(HelperNames.VersionSchemaOf(database.BaseSchema, migration));

    static Plan FreshPlan(PendingMigrations pending, string script) => new()
    {
        Migrations = pending.Migrations.Select(migration => migration.Id).ToEquatableList(),
        VersionSchemas = [],
        Expand = [new RunOutsideTransaction("fresh", "Run EF Core's own script on the empty database", SqlText.Verbatim(script))],
        Contract = [],
        Notes = ["The database is empty: there is no old version to protect, and nothing to complete afterwards."],
    };

    static string LateNote(PendingMigrations pending) =>
        $"{string.Join(", ", pending.Late)} sort{(pending.Late.Count == 1 ? "s" : "")} before {pending.Base}, which the database has, and will be applied after it, as EF Core does.";

    HistoryScript? History(MigrationHistory? history, AppliedMigrations applied, PendingMigrations pending)
    {
        if (history is null)
            return null;
        var table = history.Table.In(session.BaseSchema);
        var insert = pending.Migrations.Select(migration => StatementOf(history.Insert, migration));
        var delete = pending.Migrations.Reverse().Select(migration => StatementOf(history.Delete, migration));
        if (pending.BackTo is not null)
            return new HistoryScript(table, [], []) { AtContract = pending.Migrations.Select(migration => StatementOf(history.Delete, migration)).ToEquatableList() };
        if (applied.HasHistoryTable)
            return new HistoryScript(table, insert.ToEquatableList(), delete.ToEquatableList());

        // Another context may have begun to use the table meanwhile.
        var dropIfEmpty = SqlText.Block($"BEGIN IF NOT EXISTS (SELECT FROM {table}) THEN DROP TABLE {table}; END IF; END");
        return new HistoryScript(table, insert.Prepend(history.CreateIfNotExists).ToEquatableList(), delete.Append(dropIfEmpty).ToEquatableList());
    }

    static SqlText StatementOf(IReadOnlyDictionary<string, SqlText> statements, Migration migration) =>
        statements.TryGetValue(migration.Id, out var statement) ? statement : throw Failures.NoHistoryStatement(migration.Id);
}
