using EfRoll.Engine.Catalog;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.State;

namespace EfRoll.Engine.Execution;

/// <summary>Notices what others changed about the tables of an open rollout.</summary>
sealed class DriftGuard(Session session, StateStore store, RollOptions options, TimeProvider time, IProgress<RollProgress>? progress)
{
    readonly HashSet<Drift> _told = [];

    /// <summary>What became of a rollout's tables otherwise than by it.</summary>
    public async Task<EquatableList<Drift>> FindAsync(StoredRollout rollout, CancellationToken cancellationToken)
    {
        // While an author's SQL is at work, or was when the tool was killed, what is new since it began may be its doing.
        var known = await store.TablesBeforeAsync(rollout.Id, cancellationToken).ConfigureAwait(false);
        return known is null ? await CompareAsync(rollout.Plan.Watched, cancellationToken).ConfigureAwait(false) : Compare(rollout.Plan.Watched, known);
    }

    /// <summary>Tells of what complete leaves as it is, once, and refuses the rest unless the user accepts it.</summary>
    public async Task PassAsync(StoredRollout rollout, CancellationToken cancellationToken)
    {
        var drift = await FindAsync(rollout, cancellationToken).ConfigureAwait(false);
        var inTheWay = drift.Where(one => one.Consequence is not null).ToEquatableList();
        if (!options.AcceptsDrift && inTheWay.Count > 0)
            throw Failures.Drifted(inTheWay.Select(one => $"{one.Text} ({one.Consequence})"));
        foreach (var one in drift.Where(_told.Add))
            progress?.Report(new NoticeProgress(one.Consequence is null ? StaysAsItIs(one) : $"since 'start', {one.Text}; accepted, although {one.Consequence}"));
    }

    /// <summary>Tells after a rollback, which takes away its own alone, of what was there before it and still is.</summary>
    public async Task TellAsync(StoredRollout rollout, EquatableList<Drift> before, CancellationToken cancellationToken)
    {
        if (before.Count == 0)
            return;
        foreach (var one in (await CompareAsync(rollout.Plan.Watched, cancellationToken).ConfigureAwait(false)).Where(before.Contains))
            progress?.Report(new NoticeProgress(StaysAsItIs(one)));
    }

    // Rules and partitions are not to be read while somebody has a table for himself.
    async Task<EquatableList<Drift>> CompareAsync(EquatableList<WatchedTable> watched, CancellationToken cancellationToken) =>
        Compare(watched, await new LockRetry(session, options, time, progress).ReadAsync(
            "Look for what others have changed", () => new FactReader(session).FillAsync(watched, cancellationToken), cancellationToken).ConfigureAwait(false));

    static EquatableList<Drift> Compare(EquatableList<WatchedTable> watched, EquatableList<WatchedTable> now) =>
        watched.Zip(now, (table, found) => Drift.Of(table, found.Facts)).SelectMany(drift => drift).ToEquatableList();

    static string StaysAsItIs(Drift drift) => $"since 'start', {drift.Text}; it stays as it is";
}
