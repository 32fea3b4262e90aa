using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using Npgsql;

namespace EfRoll.Engine.Catalog;

/// <summary>Keeps users' triggers silent, where the role may do so.</summary>
static class TriggerSilence
{
    /// <summary>Whether the role may; asked by trying, since managed servers give this right in ways of their own. Needs a transaction.</summary>
    public static async Task<bool> IsPermittedAsync(Session session, CancellationToken cancellationToken)
    {
        var isPermitted = false;
        await session.InSavepointAsync(async () => isPermitted = await session.TryAsync(Statement, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return isPermitted;
    }

    /// <summary>Keeps them silent for the rest of the session, if the role may.</summary>
    public static async Task BeginAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            await session.ExecuteAsync(Statement, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (error.SqlState == SqlStates.InsufficientPrivilege)
        {
            // The plan has said that they will fire.
        }
    }

    static SqlText Statement => $"SET session_replication_role = replica";
}
