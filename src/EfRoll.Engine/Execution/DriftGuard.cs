using EfRoll.Engine.Catalog;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;

namespace EfRoll.Engine.Execution;

/// <summary>Notices what others changed about the tables of an open rollout.</summary>
sealed class DriftGuard(Session session, RollOptions options, IProgress<RollProgress>? progress)
{
    readonly HashSet<Drift> _told = [];

    /// <summary>Tells of what complete leaves as it is, once, and refuses the rest unless the user accepts it.</summary>
    /// <param name="plan">The plan of the open rollout.</param>
    /// <param name="isRefused">Whether what is in the way is refused; it is only told of at a rollback, which takes away its own alone.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task PassAsync(Plan plan, bool isRefused, CancellationToken cancellationToken)
    {
        var drift = await new FactReader(session).CompareAsync(plan.Watched, cancellationToken).ConfigureAwait(false);
        var inTheWay = drift.Where(one => one.Consequence is not null).ToEquatableList();
        if (isRefused && !options.AcceptsDrift && inTheWay.Count > 0)
            throw Failures.Drifted(inTheWay.Select(one => $"{one.Text} ({one.Consequence})"));
        foreach (var one in drift.Where(_told.Add))
            progress?.Report(new NoticeProgress(one.Consequence is null || !isRefused ? $"since 'start', {one.Text}; it stays as it is" : $"since 'start', {one.Text}; accepted, although {one.Consequence}"));
    }
}
