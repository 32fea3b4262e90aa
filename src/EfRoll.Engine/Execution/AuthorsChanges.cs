using EfRoll.Engine.Catalog;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.State;

namespace EfRoll.Engine.Execution;

/// <summary>Keeps what an author's own SQL does to the rollout's tables at start from being taken for somebody else's doing.</summary>
sealed class AuthorsChanges(Session session, StateStore store)
{
    readonly FactReader _facts = new(session);

    /// <summary>What the tables are like before the SQL runs.</summary>
    public async Task<EquatableList<WatchedTable>> BeginAsync(long rollout, CancellationToken cancellationToken)
    {
        var stored = await store.GetAsync(rollout, cancellationToken).ConfigureAwait(false);
        return stored.Phase == Phase.Expanding ? await _facts.FillAsync(stored.Plan.Watched, cancellationToken).ConfigureAwait(false) : [];
    }

    /// <summary>Adds what it has changed to what is known of the tables; belongs into the transaction that notes that it has run.</summary>
    public async Task EndAsync(long rollout, EquatableList<WatchedTable> before, CancellationToken cancellationToken)
    {
        if (before.Count == 0)
            return;
        var after = await _facts.FillAsync(before, cancellationToken).ConfigureAwait(false);
        if (after.Equals(before))
            return;
        var stored = await store.GetAsync(rollout, cancellationToken).ConfigureAwait(false);
        await store.SetWatchedAsync(rollout, stored.Plan.Watched.Select((table, position) => table with
        {
            Facts = table.Facts.Except(before[position].Facts.Except(after[position].Facts)).Concat(after[position].Facts.Except(before[position].Facts)).ToEquatableList(),
        }).ToEquatableList(), cancellationToken).ConfigureAwait(false);
    }
}
