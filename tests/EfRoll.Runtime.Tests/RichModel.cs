using System.ComponentModel.DataAnnotations;
using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace EfRoll.Runtime.Tests;

/// <summary>A model with one of each kind of mapping.</summary>
sealed class RichContext(DbContextOptions<RichContext> options) : DbContext(options)
{
    public const string Version = "20260404000000_Rich";

    /// <summary>A database in which only the version's views have the names of the model: whoever uses a table itself fails.</summary>
    public static async Task<TestDatabase> CreateAsync(CancellationToken cancellationToken)
    {
        var database = await TestDatabase.CreateAsync(cancellationToken);
        await using (var plain = new RichContext(new DbContextOptionsBuilder<RichContext>().UseNpgsql(database.ConnectionString).Options))
            await plain.Database.EnsureCreatedAsync(cancellationToken);
        await database.ExecuteAsync(
            $"""
            CREATE FUNCTION public.shout(text) RETURNS text LANGUAGE sql AS 'SELECT upper($1)';
            DO $$
            DECLARE
                part record;
            BEGIN
                EXECUTE format('CREATE SCHEMA %I', 'public_{Version}');
                EXECUTE format('CREATE SCHEMA %I', 'sales_{Version}');
                FOR part IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'sales') LOOP
                    EXECUTE format('CREATE VIEW %I.%I AS SELECT *, xmin FROM %I.%I', part.schemaname || '_{Version}', part.tablename, part.schemaname, part.tablename);
                    EXECUTE format('ALTER TABLE %I.%I RENAME TO %I', part.schemaname, part.tablename, 'old ' || part.tablename);
                END LOOP;
                CREATE VIEW public.title_lengths AS SELECT "Title", length("Title") AS "Length" FROM public."old Articles";
            END
            $$
            """,
            cancellationToken);
        return database;
    }

    public static string Shout(string text) => throw new NotSupportedException(text);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Article>(article =>
        {
            article.ToTable("Articles");
            article.Property(a => a.RowVersion).IsRowVersion();
            article.Property(a => a.Id).UseHiLo("article_numbers");
            article.OwnsOne(a => a.Author);
            article.OwnsMany(a => a.Links, link => link.ToTable("Links", "sales"));
            article.ComplexProperty(a => a.Size);
            article.HasMany(a => a.Tags).WithMany().UsingEntity(join => join.ToTable("ArticleTags", "sales"));
            article.HasOne(a => a.Text).WithOne().HasForeignKey<ArticleText>(text => text.Id);
        });
        // Both share a table.
        modelBuilder.Entity<ArticleText>().ToTable("Articles").Property(text => text.Id).UseHiLo("article_numbers");
        modelBuilder.Entity<Tag>().ToTable("Tags").OwnsOne(tag => tag.Data, data => data.ToJson());
        modelBuilder.Entity<Split>().ToTable("Splits").SplitToTable("SplitNotes", "sales", notes => notes.Property(split => split.Note));
        modelBuilder.Entity<Animal>().ToTable("Animals").HasDiscriminator<string>("Kind").HasValue<Dog>("dog").HasValue<Cat>("cat");
        modelBuilder.Entity<Vehicle>().UseTptMappingStrategy().ToTable("Vehicles");
        modelBuilder.Entity<Car>().ToTable("Cars", "sales");
        modelBuilder.Entity<Shape>().UseTpcMappingStrategy();
        modelBuilder.Entity<Circle>().ToTable("Circles");
        modelBuilder.Entity<Square>().ToTable("Squares", "sales");
        modelBuilder.Entity<TitleLength>().HasNoKey().ToView("title_lengths", "public");
        modelBuilder.HasDbFunction(() => Shout("")).HasName("shout").HasSchema("public");
    }
}

sealed class Article
{
    public int Id { get; set; }

    public required string Title { get; set; }

    public Writer Author { get; set; } = new() { Name = "nobody" };

    public List<Link> Links { get; } = [];

    public Size Size { get; set; } = new(1, 2);

    public List<Tag> Tags { get; } = [];

    public ArticleText? Text { get; set; }

    [Timestamp]
    public uint RowVersion { get; set; }
}

sealed class ArticleText
{
    public int Id { get; set; }

    public required string Body { get; set; }
}

sealed class Writer
{
    public required string Name { get; set; }
}

sealed class Link
{
    public required string Address { get; set; }
}

sealed class Data
{
    public required string Colour { get; set; }
}

sealed record Size(int Width, int Height);

sealed class Tag
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public Data Data { get; set; } = new() { Colour = "red" };
}

sealed class Split
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public required string Note { get; set; }
}

abstract class Animal
{
    public int Id { get; set; }
}

sealed class Dog : Animal
{
    public required string Bark { get; set; }
}

sealed class Cat : Animal
{
    public required string Purr { get; set; }
}

class Vehicle
{
    public int Id { get; set; }

    public required string Plate { get; set; }
}

sealed class Car : Vehicle
{
    public int Doors { get; set; }
}

abstract class Shape
{
    public int Id { get; set; }
}

sealed class Circle : Shape
{
    public int Radius { get; set; }
}

sealed class Square : Shape
{
    public int Side { get; set; }
}

sealed class TitleLength
{
    public required string Title { get; set; }

    public int Length { get; set; }
}
