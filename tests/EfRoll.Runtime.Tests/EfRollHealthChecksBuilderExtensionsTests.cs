using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EfRoll.Runtime.Tests;

public sealed class EfRollHealthChecksBuilderExtensionsTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_application_is_ready_when_its_version_is_there(bool isPooledFactory)
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await using var services = Services(database.ConnectionString, isPooledFactory, builder => builder.AddEfRoll<ContextOne>(tags: ["ready"]));

        var before = await CheckAsync(services);
        Assert.Equal(HealthStatus.Unhealthy, before.Status);
        Assert.Contains(People.VersionOne, before.Description, StringComparison.Ordinal);
        Assert.Contains("dotnet efroll start", before.Description, StringComparison.Ordinal);
        Assert.Equal(["ready"], before.Tags);

        await database.ExecuteAsync($"CREATE SCHEMA \"public_{People.VersionOne}\"", Token);

        var after = await CheckAsync(services);
        Assert.Equal(HealthStatus.Healthy, after.Status);
        Assert.Equal($"The database serves {People.VersionOne}.", after.Description);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_failure_of_the_kind_that_was_asked_for()
    {
        await using var services = Services("Host=127.0.0.1;Port=1;Username=nobody;Timeout=1", false, builder => builder.AddEfRoll<ContextOne>("mine", HealthStatus.Degraded));

        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);

        var check = Assert.Single(report.Entries);
        Assert.Equal("mine", check.Key);
        Assert.Equal(HealthStatus.Degraded, check.Value.Status);
        Assert.IsType<Npgsql.NpgsqlException>(check.Value.Exception);
    }

    static async Task<HealthReportEntry> CheckAsync(ServiceProvider services)
    {
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        return report.Entries["efroll ContextOne"];
    }

    static ServiceProvider Services(string connectionString, bool isPooledFactory, Action<IHealthChecksBuilder> add)
    {
        var services = new ServiceCollection().AddLogging();
        if (isPooledFactory)
            services.AddPooledDbContextFactory<ContextOne>(Configure);
        else
            services.AddDbContext<ContextOne>(Configure);
        add(services.AddHealthChecks());
        return services.BuildServiceProvider(validateScopes: true);

        void Configure(DbContextOptionsBuilder options) => options.UseNpgsql(connectionString).AllowManyProviders().UseEfRoll();
    }
}
