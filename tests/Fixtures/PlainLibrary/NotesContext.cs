using Microsoft.EntityFrameworkCore;

namespace PlainLibrary;

public sealed class NotesContext : DbContext
{
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseNpgsql("Host=db;Database=notes");
}
