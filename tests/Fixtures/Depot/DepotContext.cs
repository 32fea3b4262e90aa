using Microsoft.EntityFrameworkCore;

namespace Depot;

/// <summary>Its history makes, changes, renames and drops nearly everything that a migration can; it is never asked for rows.</summary>
public sealed class DepotContext(DbContextOptions<DepotContext> options) : DbContext(options);

public sealed class DepotContextFactory : Microsoft.EntityFrameworkCore.Design.IDesignTimeDbContextFactory<DepotContext>
{
    public DepotContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<DepotContext>().UseNpgsql("Host=db;Database=depot").Options);
}
