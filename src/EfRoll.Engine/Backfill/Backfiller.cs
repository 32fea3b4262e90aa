using EfRoll.Engine.Sessions;
using EfRoll.Engine.State;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Backfill;

/// <summary>Gives the rows that were there before the rollout their values for the new version.</summary>
sealed class Backfiller(EngineLock engineLock, StateStore store, RollOptions options, TimeProvider time, IProgress<RollProgress>? progress)
{
    /// <summary>Goes on where an earlier run stopped, until no row is left; a partitioned table partition by partition.</summary>
    public Task RunAsync(long rollout, BackfillTable step, CancellationToken cancellationToken) => step.IsPartitioned
        ? PartitionTree.ForEachLeafAsync(
            engineLock.Session,
            step.Table,
            leaf => SweepAsync(rollout, step with { Id = $"{step.Id}/{leaf}", Table = leaf, IsPartitioned = false }, cancellationToken),
            cancellationToken)
        : SweepAsync(rollout, step, cancellationToken);

    async Task SweepAsync(long rollout, BackfillTable step, CancellationToken cancellationToken)
    {
        var windows = new Windows(await store.BackfillAsync(rollout, step.Id, cancellationToken).ConfigureAwait(false));
        var sweep = new TableSweep(engineLock, store, options, time, progress, rollout, step, windows);
        await using (sweep.ConfigureAwait(false))
            await sweep.RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
