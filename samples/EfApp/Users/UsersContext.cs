using Microsoft.EntityFrameworkCore;

namespace EfApp.Users;

/// <summary>The service's database.</summary>
sealed class UsersContext(DbContextOptions<UsersContext> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Team> Teams => Set<Team>();

#if RELEASE2
    public DbSet<Note> Notes => Set<Note>();
#endif

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Team>(team =>
        {
            team.Property(t => t.Name).HasMaxLength(100);
            team.HasIndex(t => t.Name).IsUnique();
        });

        modelBuilder.Entity<User>(user =>
        {
            user.Property(u => u.Login).HasMaxLength(60);
            user.HasIndex(u => u.Login).IsUnique();
            user.Property(u => u.Email).HasMaxLength(200);
            user.Property(u => u.CreatedAt).HasDefaultValueSql("now()");
            user.HasOne(u => u.Team).WithMany().HasForeignKey(u => u.TeamId).OnDelete(DeleteBehavior.SetNull);
#if RELEASE2
            user.Property(u => u.FullName).HasMaxLength(210);
            user.HasIndex(u => u.FullName);
            user.Property(u => u.PhoneNumber).HasMaxLength(30);
            user.HasMany(u => u.Notes).WithOne().HasForeignKey(n => n.UserId);
#else
            user.Property(u => u.FirstName).HasMaxLength(100);
            user.Property(u => u.LastName).HasMaxLength(100);
            user.HasIndex(u => u.LastName);
            user.Property(u => u.Phone).HasMaxLength(30);
#endif
        });

#if RELEASE2
        modelBuilder.Entity<Note>(note => note.Property(n => n.WrittenAt).HasDefaultValueSql("now()"));
#endif
    }
}
