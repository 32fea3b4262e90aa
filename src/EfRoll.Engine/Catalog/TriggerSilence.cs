using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using Npgsql;

namespace EfRoll.Engine.Catalog;

/// <summary>Keeps users' triggers silent for the rest of a transaction, where the role may do so.</summary>
static class TriggerSilence
{
    /// <summary>The statement; it ends with the transaction.</summary>
    public static SqlText Statement => $"SET LOCAL session_replication_role = replica";

    /// <summary>Whether the role may; asked by trying, since managed servers give this right in ways of their own. Needs a transaction.</summary>
    public static async Task<bool> IsPermittedAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            await session.InSavepointAsync(() => session.ExecuteAsync(Statement, cancellationToken), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException error) when (error.SqlState == SqlStates.InsufficientPrivilege)
        {
            return false;
        }
    }
}
