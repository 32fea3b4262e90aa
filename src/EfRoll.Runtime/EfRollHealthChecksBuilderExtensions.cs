using EfRoll.Runtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Tells load balancers and orchestrators when an application may get requests.</summary>
public static class EfRollHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that fails while the database does not serve the version that <typeparamref name="TContext"/> was compiled with; its description
    /// names the command to run. For readiness, not for liveness: a restart would not help.
    /// https://learn.microsoft.com/aspnet/core/host-and-deploy/health-checks
    /// </summary>
    /// <param name="builder">What <c>AddHealthChecks()</c> returned.</param>
    /// <param name="name">What the check is called; by default the name of the context with <c>efroll</c> before it.</param>
    /// <param name="failureStatus">What it reports when it fails; <see cref="HealthStatus.Unhealthy"/> by default.</param>
    /// <param name="tags">By which an endpoint chooses its checks, for instance <c>ready</c>.</param>
    public static IHealthChecksBuilder AddEfRoll<TContext>(
        this IHealthChecksBuilder builder, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name ?? $"efroll {typeof(TContext).Name}", static services => new VersionHealthCheck<TContext>(services), failureStatus, tags));
    }
}
