using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EfRoll.Bench.Connections;

/// <summary>An application that connects from a pool of its own.</summary>
/// <param name="connectionString">To where.</param>
/// <param name="version">The version that it is on; null for one that does not use EfRoll.</param>
sealed class Application(string connectionString, string? version) : IDisposable
{
    readonly string _text = version is null ? connectionString : new NpgsqlConnectionStringBuilder(connectionString).UseEfRoll(version).ConnectionString;
    readonly DbContextOptions<UsersContext> _options = OptionsOf(connectionString, version);
    UsersContext? _context;

    /// <summary>Opens and closes the connection of a context that it keeps.</summary>
    public void OpenAndClose()
    {
        _context ??= new UsersContext(_options);
        _context.Database.OpenConnection();
        _context.Database.CloseConnection();
    }

    /// <summary>The same without EF Core.</summary>
    public void OpenAndCloseByHand()
    {
        using var connection = new NpgsqlConnection(_text);
        connection.Open();
    }

    /// <summary>Makes a context and reads a row with it.</summary>
    public void QueryOnce()
    {
        using var context = new UsersContext(_options);
        if (context.Users.AsNoTracking().First(user => user.Id == 1).Id != 1)
            throw new InvalidOperationException("The row is another one.");
    }

    public void Dispose() => _context?.Dispose();

    static DbContextOptions<UsersContext> OptionsOf(string connectionString, string? version)
    {
        var builder = new DbContextOptionsBuilder<UsersContext>().UseNpgsql(connectionString);
        return (version is null ? builder : builder.UseEfRoll(options => options with { Version = version })).Options;
    }

    sealed class UsersContext(DbContextOptions<UsersContext> options) : DbContext(options)
    {
        public DbSet<User> Users => Set<User>();

        protected override void OnModelCreating(ModelBuilder modelBuilder) =>
            modelBuilder.Entity<User>(user =>
            {
                user.ToTable("users");
                user.Property(u => u.Id).HasColumnName("id");
                user.Property(u => u.Name).HasColumnName("name");
            });
    }

    sealed class User
    {
        public int Id { get; set; }

        public required string Name { get; set; }
    }
}
