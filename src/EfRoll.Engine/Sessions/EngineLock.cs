using EfRoll.Engine.Errors;
using Npgsql;

namespace EfRoll.Engine.Sessions;

/// <summary>
/// Stops two engines at once. It is the only source of the session that runs steps, and the server ends it with that session's connection:
/// who has lost the lock can run nothing any more.
/// </summary>
sealed class EngineLock : IAsyncDisposable
{
    // "efroll", and a version of what the lock means.
    const long Key = 0x6566_726F_6C6C_0001;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    readonly Func<CancellationToken, Task<Session>> _open;

    EngineLock(Session session, Func<CancellationToken, Task<Session>> open)
    {
        Session = session;
        _open = open;
    }

    /// <summary>The session that holds the lock.</summary>
    public Session Session { get; }

    /// <summary>Another session, for work that does no harm if it goes on for a moment after the lock is lost.</summary>
    public Task<Session> OpenAnotherAsync(CancellationToken cancellationToken) => _open(cancellationToken);

    /// <summary>Waits a moment for whoever is at work, then gives up and says who that is.</summary>
    public static async Task<EngineLock> AcquireAsync(NpgsqlDataSource dataSource, RollOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var began = time.GetTimestamp();
            while (!await session.ScalarAsync<bool>($"SELECT pg_catalog.pg_try_advisory_lock({Key})", [], cancellationToken).ConfigureAwait(false))
            {
                if (time.GetElapsedTime(began) >= Patience)
                    throw Failures.EngineBusy(await Blockers.OfAsync(session, Key, cancellationToken).ConfigureAwait(false));
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            }

            return new EngineLock(session, OpenAsync);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        Task<Session> OpenAsync(CancellationToken token) => Session.OpenAsync(dataSource, options.BaseSchema, token);
    }

    /// <summary>Closes the session, and the lock with it.</summary>
    public ValueTask DisposeAsync() => Session.DisposeAsync();
}
