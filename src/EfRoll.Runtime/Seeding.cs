using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace EfRoll.Runtime;

/// <summary>Runs what the application gave to UseSeeding, as EF Core does on each migrate, also where nothing is pending.</summary>
sealed class Seeding(ICurrentDbContext currentContext, IDbContextOptions options, IExecutionStrategy strategy)
{
    // EF Core locks its history table so that only one instance seeds at a time. That would hold up a rollout, so a lock of our own does.
    const string Lock = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('efroll:seeding'))";

    readonly CoreOptionsExtension? _core = options.FindExtension<CoreOptionsExtension>();

    public void Run()
    {
        if (_core?.Seeder is not { } seed)
        {
            if (_core?.AsyncSeeder is not null)
                throw new InvalidOperationException("UseAsyncSeeding needs MigrateAsync; give a seeder to UseSeeding as well, or call that.");
            return;
        }

        var context = currentContext.Context;
        strategy.Execute(() =>
        {
            using var transaction = context.Database.CurrentTransaction is null ? context.Database.BeginTransaction() : null;
            context.Database.ExecuteSqlRaw(Lock);
            seed(context, false);
            transaction?.Commit();
        });
    }

    public Task RunAsync(CancellationToken cancellationToken)
    {
        if (_core?.AsyncSeeder is not { } seed)
        {
            Run();
            return Task.CompletedTask;
        }

        var context = currentContext.Context;
        return strategy.ExecuteAsync(
            async token =>
            {
                var transaction = context.Database.CurrentTransaction is null
                    ? await context.Database.BeginTransactionAsync(token).ConfigureAwait(false)
                    : null;
                try
                {
                    await context.Database.ExecuteSqlRawAsync(Lock, token).ConfigureAwait(false);
                    await seed(context, false, token).ConfigureAwait(false);
                    if (transaction is not null)
                        await transaction.CommitAsync(token).ConfigureAwait(false);
                }
                finally
                {
                    if (transaction is not null)
                        await transaction.DisposeAsync().ConfigureAwait(false);
                }
            },
            cancellationToken);
    }
}
