using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace OlderVersions;

/// <summary>Its migrations are written as EF Core 3.1 to 9 wrote them: annotations of their time, types left out, snapshots of their time.</summary>
public sealed class OlderContext(DbContextOptions<OlderContext> options) : DbContext(options);

public sealed class OlderContextFactory : IDesignTimeDbContextFactory<OlderContext>
{
    public OlderContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<OlderContext>().UseNpgsql("Host=db;Database=older").Options);
}
