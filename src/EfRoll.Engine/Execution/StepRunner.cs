using EfRoll.Engine.Backfill;
using EfRoll.Engine.Diagnostics;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.Engine.State;
using EfRoll.Engine.Steps;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EfRoll.Engine.Execution;

/// <summary>Runs the steps of a phase from the first one that is not done, or takes back those that are.</summary>
sealed class StepRunner(EngineLock engineLock, StateStore store, RollOptions options, TimeProvider time, IProgress<RollProgress>? progress, ILogger? logger)
{
    const int KeysShown = 5;

    readonly Session _session = engineLock.Session;
    readonly LockRetry _lockRetry = new(engineLock.Session, options, time, progress);
    readonly ConcurrentIndexes _indexes = new(engineLock.Session);
    readonly AuthorsChanges _authors = new(engineLock.Session, store);
    readonly WaitWatch _watch = new(engineLock, time, progress);
    readonly Backfiller _backfiller = new(engineLock, store, options, time, progress);

    /// <summary>Runs what the journal does not have as done, in order.</summary>
    public async Task RunAsync(long rollout, EquatableList<Step> steps, CancellationToken cancellationToken)
    {
        var journal = await store.JournalAsync(rollout, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < steps.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = steps[i];
            StepMark? mark = journal.TryGetValue(step.Id, out var found) ? found : null;
            if (mark == StepMark.Finished)
            {
                progress?.Report(new StepProgress(i + 1, steps.Count, step.Title, StepState.Skipped));
                continue;
            }

            progress?.Report(new StepProgress(i + 1, steps.Count, step.Title, StepState.Started));
            logger?.StepBegins(step.Id, step.Title);
            var began = time.GetTimestamp();
            try
            {
                await RunAsync(rollout, step, mark, cancellationToken).ConfigureAwait(false);
            }
            catch (EfRollException exception) when (exception.Location is null && step.Source is not null)
            {
                throw exception.At(step.Source);
            }

            await store.AddLocksAsync(rollout, _lockRetry.TakeUses(), cancellationToken).ConfigureAwait(false);
            var elapsed = time.GetElapsedTime(began);
            logger?.StepDone(step.Id, elapsed, step.Title);
            progress?.Report(new StepProgress(i + 1, steps.Count, step.Title, StepState.Done) { Elapsed = elapsed });
        }
    }

    /// <summary>Takes back every step that the journal has, the last one first, and notes that the rollout is undone: all in one transaction.</summary>
    public async Task UndoAsync(StoredRollout rollout, CancellationToken cancellationToken)
    {
        var journal = await store.JournalAsync(rollout.Id, cancellationToken).ConfigureAwait(false);
        var undone = new List<Step>();
        foreach (var step in rollout.Plan.Expand.Reverse().Where(step => journal.ContainsKey(step.Id)))
        {
            // The build may have been stopped before the index was there at all.
            if (step is CreateIndexConcurrently create && journal[step.Id] == StepMark.Started
                && await _indexes.FindAsync(new QualifiedName(create.Table.Schema, create.Index), cancellationToken).ConfigureAwait(false) is null)
                continue;
            undone.Add(step);
        }

        const string Title = "Take back what start made";
        progress?.Report(new StepProgress(1, 1, Title, StepState.Started));
        var began = time.GetTimestamp();
        try
        {
            await UndoAsync(rollout, Title, undone, journal, forgives: false, cancellationToken).ConfigureAwait(false);
        }
        catch (EfRollException error) when (error.Code == ErrorCode.LockedRelationNotFound || error.InnerException is PostgresException refused && SqlStates.IsOfMissing(refused.SqlState))
        {
            // Somebody has dropped by hand what is to be taken away.
            await UndoAsync(rollout, Title, undone, journal, forgives: true, cancellationToken).ConfigureAwait(false);
        }

        await store.AddLocksAsync(rollout.Id, _lockRetry.TakeUses(), cancellationToken).ConfigureAwait(false);
        progress?.Report(new StepProgress(1, 1, Title, StepState.Done) { Elapsed = time.GetElapsedTime(began) });
    }

    Task UndoAsync(StoredRollout rollout, string title, List<Step> undone, IReadOnlyDictionary<string, StepMark> journal, bool forgives, CancellationToken cancellationToken) =>
        ExplainFailureAsync(title, () => _lockRetry.RunAsync(
            title,
            [.. LocksOf(undone).Select(wanted => forgives ? wanted with { MayBeGone = true } : wanted)],
            async () =>
            {
                foreach (var (step, statement) in undone.SelectMany(step => step.Undo.Select(statement => (step, statement))))
                {
                    if (step is RunOutsideTransaction && journal[step.Id] == StepMark.Started)
                        await UndoPartAsync(statement, cancellationToken).ConfigureAwait(false);
                    else if (!forgives || step is TransactionStep { RunsAuthorsSql: true } or RunOutsideTransaction)
                        await _session.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
                    else if (!await _session.TryAsync(statement, SqlStates.IsOfMissing, cancellationToken).ConfigureAwait(false))
                        progress?.Report(new NoticeProgress($"what 'start' made is gone already: {statement}"));
                }

                await _session.ResetAsync(cancellationToken).ConfigureAwait(false);
                await store.MoveAsync(rollout, Phase.RolledBack, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken));

    // An earlier run was stopped in it: nobody knows how much of it was done.
    async Task UndoPartAsync(SqlText undo, CancellationToken cancellationToken)
    {
        foreach (var statement in SqlTokens.Statements(undo.ToString()))
        {
            if (!await _session.TryAsync(SqlText.Verbatim(statement.Text), SqlStates.IsOfMissing, cancellationToken).ConfigureAwait(false))
                progress?.Report(new NoticeProgress($"'start' was stopped before it came to what this would take back: {statement.Text}"));
        }
    }

    /// <summary>The locks of all steps, each once, at the place of the first that needs it and as strong as the strongest: the views, made last, come first.</summary>
    internal static IReadOnlyList<RelationLock> LocksOf(IEnumerable<Step> steps)
    {
        var all = steps.SelectMany(step => step is TransactionStep transaction ? step.UndoLocks.Concat(transaction.Locks) : step.UndoLocks);
        return [.. all.GroupBy(wanted => wanted.Relation).Select(group => new RelationLock(group.Key, group.Max(wanted => wanted.Mode)) { MayBeGone = group.All(wanted => wanted.MayBeGone) })];
    }

    async Task RunAsync(long rollout, Step step, StepMark? mark, CancellationToken cancellationToken)
    {
        if (step is TransactionStep transaction)
        {
            await ExplainFailureAsync(step.Title, () => RunAsync(rollout, transaction, cancellationToken)).ConfigureAwait(false);
            return;
        }

        if (step is RunOutsideTransaction run)
        {
            await ExplainFailureAsync(step.Title, () => _watch.WhileAsync(step.Title, () => RunAsync(rollout, run, cancellationToken), cancellationToken), mark is not null).ConfigureAwait(false);
            return;
        }

        if (step is CreateIndexConcurrently create && mark is null)
            await _indexes.RefuseTakenNameAsync(create, cancellationToken).ConfigureAwait(false);
        await store.MarkStartedAsync(rollout, step.Id, cancellationToken).ConfigureAwait(false);
        if (step is BackfillTable backfill)
            await ExplainFailureAsync(step.Title, () => _backfiller.RunAsync(rollout, backfill, cancellationToken)).ConfigureAwait(false);
        else
            await ExplainFailureAsync(step.Title, () => _watch.WhileAsync(step.Title, () => RunAlone(step, cancellationToken), cancellationToken)).ConfigureAwait(false);
        await store.MarkFinishedAsync(rollout, step.Id, cancellationToken).ConfigureAwait(false);
    }

    Task RunAlone(Step step, CancellationToken cancellationToken) => step switch
    {
        CreateIndexConcurrently { IsPartitioned: true } index => new PartitionedIndexes(_session, _indexes, _lockRetry).CreateAsync(index, cancellationToken),
        CreateIndexConcurrently index => _indexes.CreateAsync(index, cancellationToken),
        DropIndexConcurrently index => _indexes.DropAsync(index, cancellationToken),
        ValidateConstraint constraint => ValidateAsync(constraint, cancellationToken),
        CountViolations violations => RefuseViolationsAsync(violations, cancellationToken),
        TryExpressions trial => new ExpressionTrial(_session).RunAsync(trial, cancellationToken),
        _ => throw new NotSupportedException($"There is no way to run a {step.GetType().Name}."),
    };

    Task RunAsync(long rollout, TransactionStep step, CancellationToken cancellationToken) => _lockRetry.RunAsync(
        step.Title,
        step.Locks,
        async () =>
        {
            var watched = step.RunsAuthorsSql ? await _authors.BeginAsync(rollout, cancellationToken).ConfigureAwait(false) : null;
            foreach (var statement in step.Statements)
                await _session.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
            if (step.RunsAuthorsSql)
                await _session.ResetAsync(cancellationToken).ConfigureAwait(false);
            if (watched is not null)
                await _authors.EndAsync(rollout, watched, cancellationToken).ConfigureAwait(false);
            await store.MarkFinishedAsync(rollout, step.Id, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    async Task RunAsync(long rollout, RunOutsideTransaction step, CancellationToken cancellationToken)
    {
        // What the tables are like is kept before the SQL runs: if the tool is gone after it, nobody could tell any more what was the SQL's doing.
        var watched = await store.MarkStartedAsync(rollout, step.Id, await _authors.BeginAsync(rollout, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await _lockRetry.RunOutsideTransactionAsync(step.Title, step.Statement, cancellationToken).ConfigureAwait(false);
        await _session.ResetAsync(cancellationToken).ConfigureAwait(false);
        await _session.InTransactionAsync(
            async () =>
            {
                await _authors.EndAsync(rollout, watched, cancellationToken).ConfigureAwait(false);
                await store.MarkFinishedAsync(rollout, step.Id, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    async Task ValidateAsync(ValidateConstraint step, CancellationToken cancellationToken)
    {
        try
        {
            await _session.ExecuteAsync(step.Statement, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (error.SqlState is SqlStates.CheckViolation or SqlStates.ForeignKeyViolation or SqlStates.NotNullViolation)
        {
            var detail = error.Detail is { } more ? $"{error.MessageText} ({more})" : error.MessageText;
            throw Failures.ConstraintViolated(step.Table, step.Constraint, detail, error);
        }
    }

    async Task RefuseViolationsAsync(CountViolations step, CancellationToken cancellationToken)
    {
        var count = await _session.ScalarAsync<long>($"SELECT count(*) FROM (\n{step.Query}\n) AS violations", [], cancellationToken).ConfigureAwait(false);
        if (count == 0)
            return;
        var keys = await _session.QueryAsync(
            $"SELECT coalesce(key, 'NULL') FROM (\n{step.Query}\n) AS violations ORDER BY key LIMIT {KeysShown}", [], reader => reader.GetString(0), cancellationToken).ConfigureAwait(false);
        throw step.IsOfOldInserts ? Failures.OldInsertsViolate(step.Violation, keys[0])
            : step.IsOfOurs ? Failures.NotInPlace(step.Violation, count, keys)
            : Failures.RowsViolate(step.Violation, count, keys);
    }

    static async Task ExplainFailureAsync(string title, Func<Task> run, bool mayHaveRun = false)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (PostgresException error) when (!SqlStates.IsShutdown(error.SqlState))
        {
            var message = error.Detail is { } detail ? $"{error.MessageText} ({detail})" : error.MessageText;
            throw mayHaveRun ? Failures.StepFailedAgain(title, message, error) : Failures.StepFailed(title, message, error);
        }
    }
}
