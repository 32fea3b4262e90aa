using EfRoll.Runtime;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Tells whether the database is ready for the version that an application was compiled with.</summary>
public static class EfRollDatabaseFacadeExtensions
{
    /// <summary>
    /// Whether the database serves the context's version: its rollout has been started or completed, or its migrations were applied in place.
    /// Always true for a context without migrations or without <c>UseEfRoll</c>.
    /// </summary>
    public static async Task<bool> IsVersionReadyAsync(this DatabaseFacade database, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        if (FindBinding(database) is not { } binding)
            return true;

        try
        {
            if (await DatabaseProbe.HasSchemaAsync(database.GetService<IRelationalConnection>(), binding.Schema, cancellationToken).ConfigureAwait(false))
                return true;
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            return false;
        }

        var applied = await database.GetService<IHistoryRepository>().GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false);
        return applied.Any(row => string.Equals(row.MigrationId, binding.Version, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Returns when the database serves the context's version; asks once a second, for a minute unless told otherwise, and then throws an
    /// <see cref="EfRollRuntimeException"/> that names the command to run.
    /// </summary>
    public static Task WaitForVersionAsync(this DatabaseFacade database, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitForVersionAsync(database, timeout ?? TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);

    internal static async Task WaitForVersionAsync(
        DatabaseFacade database, TimeSpan timeout, TimeSpan pause, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        var start = time.GetTimestamp();
        while (true)
        {
            Exception? cause = null;
            try
            {
                if (await database.IsVersionReadyAsync(cancellationToken).ConfigureAwait(false))
                    return;
            }
            catch (NpgsqlException transient) when (transient.IsTransient)
            {
                // The server may be starting, as the application is.
                cause = transient;
            }

            var waited = time.GetElapsedTime(start);
            if (waited >= timeout)
                throw Refusals.VersionNotReady(FindBinding(database)!, waited, cause);
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    internal static VersionBinding? FindBinding(DatabaseFacade database) =>
        ((IInfrastructure<IServiceProvider>)database).Instance.GetService(typeof(CurrentVersion)) is CurrentVersion version ? version.Binding : null;
}
