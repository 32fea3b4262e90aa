using Testcontainers.PostgreSql;

namespace EfRoll.TestSupport;

/// <summary>A server in a container, for machines without binaries; it ends with this process.</summary>
static class ContainerServer
{
    public static async Task<string> StartAsync()
    {
        var major = Environment.GetEnvironmentVariable("EFROLL_PG_MAJOR") is { Length: > 0 } wanted ? wanted : "18";
        var container = new PostgreSqlBuilder($"postgres:{major}")
            .WithUsername("postgres")
            .WithDatabase("postgres")
            .WithCommand("-c", "max_connections=200", "-c", "fsync=off", "-c", "timezone=UTC")
            .Build();
        await container.StartAsync();
        return container.GetConnectionString();
    }
}
