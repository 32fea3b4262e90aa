using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Everything;

/// <summary>Its history has what EF Core's differ writes, in combinations that are known to be nasty; its history table has a schema and an ugly name.</summary>
public sealed class EverythingContext(DbContextOptions<EverythingContext> options) : DbContext(options);

/// <summary>A second context on the same database, with a history table of its own.</summary>
public sealed class LedgerContext(DbContextOptions<LedgerContext> options) : DbContext(options);

public sealed class EverythingContextFactory : IDesignTimeDbContextFactory<EverythingContext>
{
    public EverythingContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<EverythingContext>()
        .UseNpgsql("Host=db;Database=everything", npgsql => npgsql.MigrationsHistoryTable("Applied \"Migrations\"", "Back Office")).Options);
}

public sealed class LedgerContextFactory : IDesignTimeDbContextFactory<LedgerContext>
{
    public LedgerContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<LedgerContext>()
        .UseNpgsql("Host=db;Database=everything", npgsql => npgsql.MigrationsHistoryTable("ledger_history")).Options);
}
