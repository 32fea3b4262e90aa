#pragma warning disable EF1001 // The provider's migrator has no public face; it is only made here, not derived from.

using System.Transactions;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations.Internal;

namespace EfRoll.Runtime;

/// <summary>Keeps an application from migrating a database in place that EfRoll rolls out, and lets it where EfRoll is not in use.</summary>
sealed class GuardedMigrator(
    IServiceProvider services,
    CurrentVersion version,
    IMigrationsAssembly migrations,
    IHistoryRepository history,
    IRelationalConnection connection,
    IRelationalDatabaseCreator database,
    ILoggerFactory loggers,
    Seeding seeding)
    : IMigrator
{
    readonly ILogger _logger = loggers.CreateLogger(Log.Category);
    readonly Lazy<IMigrator> _inner = new(() => ActivatorUtilities.CreateInstance<NpgsqlMigrator>(services), LazyThreadSafetyMode.None);

    public void Migrate(string? targetMigration = null)
    {
        using var noTransaction = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        if (version.Binding is null || !database.Exists() || !DatabaseProbe.IsRolledOut(connection))
        {
            RefuseWithoutViews();
            _logger.MigratesInPlace();
            _inner.Value.Migrate(targetMigration);
            return;
        }

        Refuse(history.GetAppliedMigrations(), targetMigration);
        _logger.NothingPending();
        seeding.Run();
    }

    public async Task MigrateAsync(string? targetMigration = null, CancellationToken cancellationToken = default)
    {
        using var noTransaction = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        if (version.Binding is null
            || !await database.ExistsAsync(cancellationToken).ConfigureAwait(false)
            || !await DatabaseProbe.IsRolledOutAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            RefuseWithoutViews();
            _logger.MigratesInPlace();
            await _inner.Value.MigrateAsync(targetMigration, cancellationToken).ConfigureAwait(false);
            return;
        }

        Refuse(await history.GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false), targetMigration);
        _logger.NothingPending();
        await seeding.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    public string GenerateScript(
        string? fromMigration = null, string? toMigration = null, MigrationsSqlGenerationOptions options = MigrationsSqlGenerationOptions.Default) =>
        _inner.Value.GenerateScript(fromMigration, toMigration, options);

    public bool HasPendingModelChanges() => _inner.Value.HasPendingModelChanges();

    void RefuseWithoutViews()
    {
        if (version.Binding is { IsByPath: false })
            throw Refusals.MigratingMakesNoViews();
    }

    void Refuse(IEnumerable<HistoryRow> rows, string? targetMigration)
    {
        var applied = rows.Select(row => row.MigrationId).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var wanted = migrations.Migrations.Keys.ToList();
        if (targetMigration is not null)
        {
            var target = targetMigration == Migration.InitialDatabase ? null : migrations.GetMigrationId(targetMigration);
            var last = target is null ? -1 : wanted.FindIndex(id => string.Equals(id, target, StringComparison.OrdinalIgnoreCase));
            var revert = wanted.Skip(last + 1).Where(applied.Contains).ToList();
            if (revert.Count > 0)
                throw Refusals.MigrationsToRevert(revert);
            wanted = wanted[..(last + 1)];
        }
        else if (wanted.FindIndex(id => string.Equals(id, version.Binding!.Version, StringComparison.OrdinalIgnoreCase)) is var own and >= 0)
        {
            // An application that was told to run on an earlier version does not ask for later ones.
            wanted = wanted[..(own + 1)];
        }

        var pending = wanted.Where(id => !applied.Contains(id)).ToList();
        if (pending.Count > 0)
            throw Refusals.MigrationsPending(pending);
    }
}
