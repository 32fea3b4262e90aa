using EfRoll.Engine.Errors;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.State;

namespace EfRoll.Engine.Execution;

/// <summary>Keeps a rollout from being completed under the old version's feet.</summary>
sealed class OldVersionGuard(Session session, RollOptions options, TimeProvider time, IProgress<RollProgress>? progress)
{
    static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Returns once nobody is on the old version, as far as can be told, or whoever is does not matter; else says who is.</summary>
    public async Task PassAsync(StoredRollout rollout, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var told = "";
        while (true)
        {
            var sessions = await ApplicationSessions.OfAsync(session, rollout, cancellationToken).ConfigureAwait(false);
            var old = sessions.Where(other => other.Version == SessionVersion.Old).ToList();
            if (old.Count == 0)
            {
                TellUnknown(sessions);
                return;
            }

            var summary = ApplicationSessions.Summary(old);
            if (options.OldSessions == OldSessions.Ignore)
            {
                Tell($"the old version is still connected, and its statements will fail: {summary}");
                return;
            }

            if (options.OldSessions == OldSessions.Refuse || options.OldSessionsDeadline is { } deadline && time.GetElapsedTime(began) >= deadline)
                throw Failures.OldVersionConnected(summary);
            if (summary != told)
                Tell($"waiting for the old version to end: {summary}");
            told = summary;
            await Task.Delay(BetweenLooks, time, cancellationToken).ConfigureAwait(false);
        }
    }

    void TellUnknown(IEnumerable<ApplicationSession> sessions)
    {
        var unknown = sessions.Where(other => other.Version == SessionVersion.Unknown).ToList();
        if (unknown.Count > 0)
            Tell($"these sessions do not say on which version they are: {ApplicationSessions.Summary(unknown)}");
    }

    void Tell(string text) => progress?.Report(new NoticeProgress(text));
}
