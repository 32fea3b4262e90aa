using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace SmallApp;

public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options);

public sealed class ShopContextFactory : IDesignTimeDbContextFactory<ShopContext>
{
    public ShopContext CreateDbContext(string[] args)
    {
        Console.WriteLine("noise from the application");
        return new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseNpgsql("Host=db;Database=shop;Username=me;Password=secret").Options);
    }
}
