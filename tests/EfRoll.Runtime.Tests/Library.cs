using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EfRoll.Runtime.Tests;

/// <summary>A context with two ordinary migrations, one of which carries hints.</summary>
sealed class LibraryContext(DbContextOptions<LibraryContext> options) : DbContext(options)
{
    public DbSet<Book> Books => Set<Book>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => Build(modelBuilder);

    public static void Build(ModelBuilder modelBuilder) =>
        modelBuilder.Entity("EfRoll.Runtime.Tests.Book", book =>
        {
            book.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("integer");
            NpgsqlPropertyBuilderExtensions.UseIdentityByDefaultColumn(book.Property<int>("Id"));
            book.Property<string>("Title").IsRequired().HasColumnType("text");
            book.HasKey("Id");
            book.ToTable("Books");
        });
}

sealed class Book
{
    public int Id { get; set; }

    public required string Title { get; set; }
}

[DbContext(typeof(LibraryContext))]
[Migration("20260101000000_Books")]
sealed class BooksMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateTable(
            "Books",
            table => new
            {
                Id = table.Column<int>("integer", nullable: false)
                    .Annotation("Npgsql:ValueGenerationStrategy", Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                Title = table.Column<string>("text", nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_Books", book => book.Id));

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("Books");
}

[DbContext(typeof(LibraryContext))]
[Migration("20260202000000_TitleRequired")]
sealed class TitleRequired : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterColumn<string>("Title", "Books", "text", nullable: false, oldClrType: typeof(string), oldType: "text", oldNullable: true)
            .Up("COALESCE(\"Title\", 'untitled')")
            .Down("\"Title\"");
        migrationBuilder.Sql("ANALYZE \"Books\"").RunAt(EfRollMoment.Complete);
    }

    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AlterColumn<string>("Title", "Books", "text", nullable: true, oldClrType: typeof(string), oldType: "text");
}

[DbContext(typeof(LibraryContext))]
sealed class LibrarySnapshot : ModelSnapshot
{
    protected override void BuildModel(ModelBuilder modelBuilder)
    {
        modelBuilder.HasAnnotation("ProductVersion", "10.0.0").HasAnnotation("Relational:MaxIdentifierLength", 63);
        NpgsqlModelBuilderExtensions.UseIdentityByDefaultColumns(modelBuilder);
        LibraryContext.Build(modelBuilder);
    }
}
