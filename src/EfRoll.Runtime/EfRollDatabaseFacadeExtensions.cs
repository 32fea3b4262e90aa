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
    /// Whether the database serves the context's version: its rollout has been started or completed, or its migrations were applied in place; with
    /// <see cref="EfRollBinding.Qualified"/>, whether the version's views are there. Always true for a context without migrations or without <c>UseEfRoll</c>.
    /// </summary>
    public static async Task<bool> IsVersionReadyAsync(this DatabaseFacade database, CancellationToken cancellationToken = default) =>
        await FindObstacleAsync(database, cancellationToken).ConfigureAwait(false) is null;

    /// <summary>
    /// Returns when the database serves the context's version; asks once a second, for a minute unless told otherwise, and then throws an
    /// <see cref="EfRollRuntimeException"/> that names the command to run.
    /// </summary>
    public static Task WaitForVersionAsync(this DatabaseFacade database, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitForVersionAsync(database, timeout ?? TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);

    /// <summary>
    /// Returns the schema in which the version has its tables, to be quoted, for raw SQL of an application whose binding is <see cref="EfRollBinding.Qualified"/>; with
    /// any other, the schema of the tables themselves.
    /// </summary>
    /// <param name="database">Of the context.</param>
    /// <param name="baseSchema">Which of several schemas is meant; null for the one that the options name.</param>
    public static string GetVersionSchema(this DatabaseFacade database, string? baseSchema = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        return FindBinding(database) is not { } binding ? baseSchema ?? "public"
            : binding.IsByPath ? baseSchema ?? binding.Settings.BaseSchema
            : binding.SchemaBefore(baseSchema ?? binding.Settings.BaseSchema);
    }

    /// <summary>Returns why the database does not serve the context's version; null where it does.</summary>
    internal static async Task<EfRollRuntimeException?> FindObstacleAsync(DatabaseFacade database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        if (FindBinding(database) is not { } binding)
            return null;

        var connection = database.GetService<IRelationalConnection>();
        try
        {
            var hasSchema = await DatabaseProbe.HasSchemaAsync(connection, binding.Schema, cancellationToken).ConfigureAwait(false);
            if (binding.IsByPath && hasSchema)
                return null;
            if (!binding.IsByPath && await DatabaseProbe.FindMissingViewAsync(connection, binding, FindVersion(database)!.Tables ?? [], cancellationToken).ConfigureAwait(false) is { } view)
                return hasSchema || await IsAppliedAsync(database, binding, cancellationToken).ConfigureAwait(false) ? Refusals.ViewsMissing(binding, view) : Refusals.VersionMissing(binding);
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            return Refusals.VersionMissing(binding);
        }

        return !binding.IsByPath || await IsAppliedAsync(database, binding, cancellationToken).ConfigureAwait(false) ? null : Refusals.VersionMissing(binding);
    }

    internal static async Task WaitForVersionAsync(
        DatabaseFacade database, TimeSpan timeout, TimeSpan pause, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        var start = time.GetTimestamp();
        while (true)
        {
            EfRollRuntimeException? obstacle;
            try
            {
                obstacle = await FindObstacleAsync(database, cancellationToken).ConfigureAwait(false);
                if (obstacle is null)
                    return;
            }
            catch (NpgsqlException transient) when (transient.IsTransient)
            {
                // The server may be starting, as the application is.
                obstacle = Refusals.VersionMissing(FindBinding(database)!, transient);
            }

            if (time.GetElapsedTime(start) >= timeout)
                throw Refusals.NotReadyInTime(obstacle, timeout);
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    internal static VersionBinding? FindBinding(DatabaseFacade database) => FindVersion(database)?.Binding;

    static CurrentVersion? FindVersion(DatabaseFacade database) =>
        ((IInfrastructure<IServiceProvider>)database).Instance.GetService(typeof(CurrentVersion)) as CurrentVersion;

    static async Task<bool> IsAppliedAsync(DatabaseFacade database, VersionBinding binding, CancellationToken cancellationToken)
    {
        var applied = await database.GetService<IHistoryRepository>().GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false);
        return applied.Any(row => string.Equals(row.MigrationId, binding.Version, StringComparison.OrdinalIgnoreCase));
    }
}
