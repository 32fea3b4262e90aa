using Microsoft.EntityFrameworkCore;

namespace SmallApp;

public sealed class AuditContext : DbContext
{
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.UseNpgsql(npgsql => npgsql.MigrationsHistoryTable("applied migrations", "audit"));
}
