using EfRoll.Engine.Diagnostics;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Execution;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.State;
using EfRoll.Engine.Steps;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EfRoll.Engine;

/// <summary>The front door: plans rollouts, runs them, and says how the database stands.</summary>
public sealed class RollEngine(NpgsqlDataSource dataSource, RollOptions options, IProgress<RollProgress>? progress = null, ILogger<RollEngine>? logger = null)
{
    static readonly TimeSpan LongTransaction = TimeSpan.FromMinutes(1);

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes the state schema <c>efroll</c>, or brings it up to date. The other commands do so themselves.</summary>
    public Task InitializeAsync(CancellationToken cancellationToken = default) => AtWorkAsync((_, _) => Task.FromResult(true), cancellationToken);

    /// <summary>Says what <see cref="ExpandAsync"/> and what follows would do; touches nothing. Null if nothing is pending.</summary>
    public Task<Plan?> PlanAsync(RolloutRequest request, CancellationToken cancellationToken = default) => WatchingAsync<Plan?>(
        async (session, store) =>
        {
            var applied = await AppliedMigrations.ReadAsync(session, store, request.History, cancellationToken).ConfigureAwait(false);
            if (await store.ExistsAsync(cancellationToken).ConfigureAwait(false) && await store.FindOpenAsync(cancellationToken).ConfigureAwait(false) is { } open)
            {
                await RequireSameAsync(store, open, request, applied, cancellationToken).ConfigureAwait(false);
                return open.Plan;
            }

            await AppliedContent.RefuseEditedAsync(store, request, applied, HistoryTable(session, request), cancellationToken).ConfigureAwait(false);
            var pending = PendingMigrations.Of(request, applied.Ids, applied.LastCompleted);
            return pending.Migrations.Count == 0
                ? await MakeViewsAsync(session, store, request, pending.Base, cancellationToken).ConfigureAwait(false)
                : (await MakePlanAsync(session, store, request, applied, pending, cancellationToken).ConfigureAwait(false)).Plan;
        },
        cancellationToken);

    /// <summary>Says what would be in the way of a plan if it began now, one sentence each: long transactions, and vacuums that do not give way.</summary>
    public Task<List<string>> ForewarnAsync(Plan plan, CancellationToken cancellationToken = default) =>
        WatchingAsync((session, _) => Forewarnings.OfAsync(session, plan, LongTransaction, cancellationToken), cancellationToken);

    /// <summary>Measures the tables that a plan writes or reads as a whole.</summary>
    public Task<List<TableSize>> MeasureAsync(Plan plan, CancellationToken cancellationToken = default) =>
        WatchingAsync((session, _) => TableSizes.OfAsync(session, plan, cancellationToken), cancellationToken);

    /// <summary>Opens a rollout, or goes on with the one that is open: afterwards both versions can work. Null if nothing is pending.</summary>
    public Task<RolloutStatus?> ExpandAsync(RolloutRequest request, CancellationToken cancellationToken = default) => AtWorkAsync<RolloutStatus?>(
        async (engineLock, store) =>
        {
            var session = engineLock.Session;
            var applied = await AppliedMigrations.ReadAsync(session, store, request.History, cancellationToken).ConfigureAwait(false);
            var rollout = await store.FindOpenAsync(cancellationToken).ConfigureAwait(false);
            if (rollout is not null)
            {
                await RequireSameAsync(store, rollout, request, applied, cancellationToken).ConfigureAwait(false);
                await Guard(session, store).PassAsync(rollout, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                foreach (var content in await AppliedContent.RefuseEditedAsync(store, request, applied, HistoryTable(session, request), cancellationToken).ConfigureAwait(false))
                    await store.AcceptAsync(content, cancellationToken).ConfigureAwait(false);
                var pending = PendingMigrations.Of(request, applied.Ids, applied.LastCompleted);
                var (plan, isFresh) = pending.Migrations.Count == 0
                    ? (null, false)
                    : await MakePlanAsync(session, store, request, applied, pending, cancellationToken).ConfigureAwait(false);
                var fresh = isFresh ? await RunFreshAsync(session, store, plan!, request, pending, cancellationToken).ConfigureAwait(false) : null;
                if (plan is null || isFresh)
                    plan = await MakeViewsAsync(session, store, request, fresh?.TargetMigration ?? pending.Base, cancellationToken).ConfigureAwait(false);
                if (plan is null)
                    return fresh;
                foreach (var warning in await Forewarnings.OfAsync(session, plan, LongTransaction, cancellationToken).ConfigureAwait(false))
                    progress?.Report(new NoticeProgress(warning));
                rollout = await store.AddAsync(plan, plan.ViewsOf is null ? pending.Migrations : [], Phase.Expanding, HistoryTable(session, request), cancellationToken).ConfigureAwait(false);
                Tell(rollout);
            }

            if (rollout.Phase == Phase.Expanding)
            {
                if (options.Backfill is { } backfill)
                    await store.TuneAsync(rollout.Id, backfill, cancellationToken).ConfigureAwait(false);
                try
                {
                    await Runner(engineLock, store).RunAsync(rollout.Id, rollout.Plan.Expand, cancellationToken).ConfigureAwait(false);
                }
                catch (EfRollException)
                {
                    // A refusal by what only looks, such as rows that violate a new constraint: there is nothing to go on with or to take back.
                    if (!await HasTouchedAsync(store, rollout, rollout.Plan.Expand, cancellationToken).ConfigureAwait(false))
                        await MoveAsync(store, rollout, Phase.RolledBack, cancellationToken).ConfigureAwait(false);
                    throw;
                }

                rollout = await MoveAsync(store, rollout, Phase.Expanded, cancellationToken).ConfigureAwait(false);
            }

            // There is no other version to end.
            if (rollout.Plan.ViewsOf is not null)
            {
                rollout = await MoveAsync(store, rollout, Phase.Contracting, cancellationToken).ConfigureAwait(false);
                rollout = await MoveAsync(store, rollout, Phase.Completed, cancellationToken).ConfigureAwait(false);
            }

            return await store.StatusAsync(rollout, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Ends the old version of the open rollout, once it is not connected any more: see <see cref="RollOptions.OldSessions"/>.</summary>
    public Task<RolloutStatus> ContractAsync(CancellationToken cancellationToken = default) => AtWorkAsync(
        async (engineLock, store) =>
        {
            var rollout = await OpenAsync(store, cancellationToken).ConfigureAwait(false);
            if (rollout.Phase == Phase.Expanding)
                throw Failures.NotExpandedYet(rollout.Migrations);
            if (!await HasTouchedAsync(store, rollout, rollout.Plan.Contract, cancellationToken).ConfigureAwait(false))
            {
                var guard = Guard(engineLock.Session, store);
                await guard.PassAsync(rollout, cancellationToken).ConfigureAwait(false);
                await new OldVersionGuard(engineLock.Session, options, Time, progress).PassAsync(rollout, cancellationToken).ConfigureAwait(false);
                if (options.Verification != RowVerification.None)
                    await new RowVerifier(engineLock.Session, progress).VerifyAsync(rollout.Plan.Comparisons, options.Verification, cancellationToken).ConfigureAwait(false);
                // Both may have taken hours.
                await guard.PassAsync(rollout, cancellationToken).ConfigureAwait(false);
            }

            if (rollout.Phase == Phase.Expanded)
            {
                rollout = await MoveAsync(store, rollout, Phase.Contracting, cancellationToken).ConfigureAwait(false);
            }

            await Runner(engineLock, store).RunAsync(rollout.Id, rollout.Plan.Contract, cancellationToken).ConfigureAwait(false);
            rollout = await MoveAsync(store, rollout, Phase.Completed, cancellationToken).ConfigureAwait(false);
            return await store.StatusAsync(rollout, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Ends the new version of the open rollout; everything is as before it.</summary>
    public Task<RolloutStatus> RollbackAsync(CancellationToken cancellationToken = default) => AtWorkAsync(
        async (engineLock, store) =>
        {
            var rollout = await OpenAsync(store, cancellationToken).ConfigureAwait(false);
            if (rollout.Phase == Phase.Contracting)
            {
                if (await HasTouchedAsync(store, rollout, rollout.Plan.Contract, cancellationToken).ConfigureAwait(false))
                    throw Failures.ContractBegan(rollout.Migrations);
                rollout = await MoveAsync(store, rollout, Phase.Expanded, cancellationToken).ConfigureAwait(false);
            }

            var guard = Guard(engineLock.Session, store);
            var drift = await guard.FindAsync(rollout, cancellationToken).ConfigureAwait(false);
            await Runner(engineLock, store).UndoAsync(rollout, cancellationToken).ConfigureAwait(false);
            await guard.TellAsync(rollout, drift, cancellationToken).ConfigureAwait(false);
            rollout = await store.GetAsync(rollout.Id, cancellationToken).ConfigureAwait(false);
            Tell(rollout);
            return await store.StatusAsync(rollout, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Has the backfills of the open rollout stop where they are, also those that begin later, until <see cref="ResumeAsync"/>; within a second.</summary>
    public Task<RolloutStatus> PauseAsync(CancellationToken cancellationToken = default) =>
        ChangeBackfillAsync((store, rollout) => store.PauseAsync(rollout.Id, isPaused: true, cancellationToken), cancellationToken);

    /// <summary>Lets the backfills go on that <see cref="PauseAsync"/> has stopped.</summary>
    public Task<RolloutStatus> ResumeAsync(CancellationToken cancellationToken = default) =>
        ChangeBackfillAsync((store, rollout) => store.PauseAsync(rollout.Id, isPaused: false, cancellationToken), cancellationToken);

    /// <summary>Changes how hard the backfills of the open rollout work; within a second.</summary>
    public Task<RolloutStatus> TuneAsync(Func<BackfillOptions, BackfillOptions> change, CancellationToken cancellationToken = default) => ChangeBackfillAsync(
        async (store, rollout) =>
        {
            var tuning = await store.TuningAsync(rollout.Id, cancellationToken).ConfigureAwait(false);
            await store.TuneAsync(rollout.Id, change(tuning.Options ?? new BackfillOptions()), cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Says of each thing that rollouts need of the server and of the connection's role whether it is there, and what it costs if not.</summary>
    public Task<List<CheckupResult>> CheckUpAsync(CancellationToken cancellationToken = default) =>
        WatchingAsync((session, _) => new Checkup(session).RunAsync(cancellationToken), cancellationToken);

    /// <summary>Says how the database stands.</summary>
    public Task<DatabaseStatus> StatusAsync(CancellationToken cancellationToken = default) => WatchingAsync(
        async (session, store) =>
        {
            if (!await store.ExistsAsync(cancellationToken).ConfigureAwait(false))
                return new DatabaseStatus(false, null, null);
            var open = await store.FindOpenAsync(cancellationToken).ConfigureAwait(false);
            var last = await store.FindLastEndedAsync(cancellationToken).ConfigureAwait(false);
            var completed = await store.FindLastCompletedAsync(cancellationToken).ConfigureAwait(false);
            var current = open?.BaseMigration ?? completed?.Plan.TargetMigration ?? last?.BaseMigration;
            return new DatabaseStatus(
                true,
                open is null ? null : await store.StatusAsync(open, cancellationToken).ConfigureAwait(false) with
                {
                    // Once complete has begun, what is otherwise may be its own doing.
                    Drift = await HasTouchedAsync(store, open, open.Plan.Contract, cancellationToken).ConfigureAwait(false)
                        ? []
                        : await Guard(session, store).FindAsync(open, cancellationToken).ConfigureAwait(false),
                },
                last is null ? null : await store.StatusAsync(last, cancellationToken).ConfigureAwait(false))
            {
                CurrentMigration = current,
                Sessions = open is null
                    ? await ApplicationSessions.OfAsync(session, current, cancellationToken).ConfigureAwait(false)
                    : await ApplicationSessions.OfAsync(session, open, cancellationToken).ConfigureAwait(false),
            };
        },
        cancellationToken);

    // Without the engine's lock, which the run that is to be told holds.
    Task<RolloutStatus> ChangeBackfillAsync(Func<StateStore, StoredRollout, Task> change, CancellationToken cancellationToken) => WatchingAsync(
        async (_, store) =>
        {
            if (!await store.ExistsAsync(cancellationToken).ConfigureAwait(false))
                throw Failures.NoOpenRollout();
            var rollout = await OpenAsync(store, cancellationToken).ConfigureAwait(false);
            if (rollout.Phase != Phase.Expanding)
                throw Failures.NothingToTune(rollout.Plan.TargetMigration);
            await change(store, rollout).ConfigureAwait(false);
            return await store.StatusAsync(rollout, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    static async Task<StoredRollout> OpenAsync(StateStore store, CancellationToken cancellationToken)
    {
        if (await store.FindOpenAsync(cancellationToken).ConfigureAwait(false) is { } open)
            return open;
        throw await store.FindLastEndedAsync(cancellationToken).ConfigureAwait(false) is { } last
            ? Failures.NoOpenRollout(last.Plan.TargetMigration, last.Phase == Phase.Completed)
            : Failures.NoOpenRollout();
    }

    static string? HistoryTable(Session session, RolloutRequest request) => request.History?.Table.In(session.BaseSchema).Display;

    static async Task RequireSameAsync(StateStore store, StoredRollout open, RolloutRequest request, AppliedMigrations applied, CancellationToken cancellationToken)
    {
        // The open rollout's own migrations are in the history from the end of expand on; on the way back, until contract.
        var before = open.Plan.BackTo is null ? applied.Ids.Except(open.Migrations, StringComparer.OrdinalIgnoreCase) : applied.Ids.Union(open.Migrations, StringComparer.OrdinalIgnoreCase);
        var asked = PendingMigrations.Of(request, [.. before], applied.LastCompleted).Migrations;
        if (!asked.Select(migration => migration.Id).SequenceEqual(open.Migrations))
            throw Failures.OtherRolloutOpen(open.Migrations);
        if (open.Phase == Phase.Contracting)
            throw Failures.ContractBegan(open.Migrations);
        var checksums = await store.ChecksumsAsync(open.Id, cancellationToken).ConfigureAwait(false);
        var changed = asked.Where(migration => migration.IsOutline || MigrationChecksum.Differ(checksums.GetValueOrDefault(migration.Id), MigrationChecksum.Of(migration))).ToList();
        if (changed.Count > 0)
            throw Failures.OpenRolloutChanged(open.Migrations, changed);
    }

    static async Task<bool> HasTouchedAsync(StateStore store, StoredRollout rollout, IEnumerable<Step> steps, CancellationToken cancellationToken)
    {
        var journal = await store.JournalAsync(rollout.Id, cancellationToken).ConfigureAwait(false);
        return steps.Any(step => step is not (CountViolations or TryExpressions or ValidateConstraint) && journal.ContainsKey(step.Id));
    }

    Task<(Plan Plan, bool IsFresh)> MakePlanAsync(
        Session session, StateStore store, RolloutRequest request, AppliedMigrations applied, PendingMigrations pending, CancellationToken cancellationToken) =>
        new LockRetry(session, options, Time, progress).ReadAsync(
            "Read the schema and plan", () => new PlanMaker(session, store).MakeAsync(request, applied, pending, cancellationToken), cancellationToken);

    Task<Plan?> MakeViewsAsync(Session session, StateStore store, RolloutRequest request, string? current, CancellationToken cancellationToken) =>
        new LockRetry(session, options, Time, progress).ReadAsync(
            "Read the schema and plan", () => new PlanMaker(session, store).MakeViewsAsync(request, current, cancellationToken), cancellationToken);

    async Task<RolloutStatus> RunFreshAsync(
        Session session, StateStore store, Plan plan, RolloutRequest request, PendingMigrations pending, CancellationToken cancellationToken)
    {
        var step = (RunOutsideTransaction)plan.Expand[0];
        progress?.Report(new StepProgress(1, 1, step.Title, StepState.Started));
        var began = Time.GetTimestamp();
        try
        {
            await session.ExecuteAsync(step.Statement, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (!SqlStates.IsShutdown(error.SqlState))
        {
            throw Failures.StepFailed(step.Title, error.MessageText, error);
        }

        // The script keeps EF Core's history itself; it is this that a next run goes by, should this one end here.
        var rollout = await store.AddAsync(plan, pending.Migrations, Phase.Completed, HistoryTable(session, request), cancellationToken).ConfigureAwait(false);
        progress?.Report(new StepProgress(1, 1, step.Title, StepState.Done) { Elapsed = Time.GetElapsedTime(began) });
        Tell(rollout);
        return await store.StatusAsync(rollout, cancellationToken).ConfigureAwait(false);
    }

    async Task<StoredRollout> MoveAsync(StateStore store, StoredRollout rollout, Phase to, CancellationToken cancellationToken)
    {
        var moved = await store.MoveAsync(rollout, to, cancellationToken).ConfigureAwait(false);
        Tell(moved);
        return moved;
    }

    void Tell(StoredRollout rollout) => logger?.PhaseReached(rollout.Id, string.Join(", ", rollout.Migrations), rollout.Phase.ToText());

    DriftGuard Guard(Session session, StateStore store) => new(session, store, options, Time, progress);

    StepRunner Runner(EngineLock engineLock, StateStore store) => new(engineLock, store, options, Time, progress, logger);

    Task<T> AtWorkAsync<T>(Func<EngineLock, StateStore, Task<T>> work, CancellationToken cancellationToken) => ExplainLossAsync(async () =>
    {
        var engineLock = await EngineLock.AcquireAsync(dataSource, options, Time, cancellationToken).ConfigureAwait(false);
        await using (engineLock.ConfigureAwait(false))
        {
            var store = new StateStore(engineLock.Session);
            await store.EnsureAsync(cancellationToken).ConfigureAwait(false);
            return await work(engineLock, store).ConfigureAwait(false);
        }
    });

    Task<T> WatchingAsync<T>(Func<Session, StateStore, Task<T>> look, CancellationToken cancellationToken) => ExplainLossAsync(async () =>
    {
        var session = await Session.OpenAsync(dataSource, options.BaseSchema, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
            return await look(session, new StateStore(session)).ConfigureAwait(false);
    });

    static async Task<T> ExplainLossAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (PostgresException error) when (!SqlStates.IsShutdown(error.SqlState))
        {
            throw Failures.ServerRefused(error.MessageText, error);
        }
        catch (NpgsqlException error)
        {
            throw Failures.ConnectionLost(error is PostgresException { MessageText: var text } ? text : error.InnerException?.Message ?? error.Message, error);
        }
    }
}
