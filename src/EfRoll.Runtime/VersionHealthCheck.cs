using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace EfRoll.Runtime;

/// <summary>Asks whether the database serves the version of a context, as a health check does: each time in a scope of its own.</summary>
sealed class VersionHealthCheck<TContext>(IServiceProvider services) : IHealthCheck
    where TContext : DbContext
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failure = context.Registration.FailureStatus;
        // A pooled factory is all that some applications register.
        if (services.GetService<TContext>() is { } scoped)
            return await CheckAsync(scoped, failure, cancellationToken).ConfigureAwait(false);
        var made = await services.GetRequiredService<IDbContextFactory<TContext>>().CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (made.ConfigureAwait(false))
            return await CheckAsync(made, failure, cancellationToken).ConfigureAwait(false);
    }

    static async Task<HealthCheckResult> CheckAsync(TContext context, HealthStatus failure, CancellationToken cancellationToken)
    {
        var binding = EfRollDatabaseFacadeExtensions.FindBinding(context.Database);
        try
        {
            return await EfRollDatabaseFacadeExtensions.FindObstacleAsync(context.Database, cancellationToken).ConfigureAwait(false) is { } obstacle
                ? new HealthCheckResult(failure, obstacle.Message, obstacle)
                : HealthCheckResult.Healthy(binding is null ? "The context has no version." : $"The database serves {binding.Version}.");
        }
        catch (NpgsqlException unreachable)
        {
            return new HealthCheckResult(failure, $"The database does not say whether it serves {binding?.Version}: {unreachable.Message}", unreachable);
        }
    }
}
