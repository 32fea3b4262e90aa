using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace EfRoll.Runtime.Tests;

public sealed class VersionedModelTests
{
    const string Version = "20260303000000_Version";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tables_of_the_base_schema_are_found_through_the_version()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(
            $"""
            CREATE TABLE "People" ("Id" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, old_name text);
            CREATE TABLE "Notes" ("Id" int PRIMARY KEY REFERENCES "People", old_note text);
            CREATE SCHEMA "public_{Version}";
            CREATE VIEW "public_{Version}"."People" AS SELECT "Id", old_name AS "Name" FROM public."People";
            CREATE VIEW "public_{Version}"."Notes" AS SELECT "Id", old_note AS note FROM public."Notes";
            """,
            Token);
        await using (var context = new SplitContext(Options<SplitContext>(database.ConnectionString)))
        {
            context.Add(new Noted { Name = "Ada", Note = "first" });
            await context.SaveChangesAsync(Token);
        }

        await using var again = new SplitContext(Options<SplitContext>(database.ConnectionString));
        Assert.Equal("first", (await again.Set<Noted>().SingleAsync(person => person.Name == "Ada", Token)).Note);
        Assert.Equal(1, await again.Set<Noted>().ExecuteUpdateAsync(set => set.SetProperty(person => person.Name, "Lovelace"), Token));
        Assert.Equal([["Lovelace", "first"]], await database.QueryAsync("SELECT old_name, old_note FROM \"People\" JOIN \"Notes\" USING (\"Id\")", Token));
    }

    [Fact]
    public void The_model_of_the_tools_keeps_its_schemas()
    {
        using var context = new SplitContext(Options<SplitContext>("Host=nowhere"));

        Assert.All(context.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables, table => Assert.Equal("public", table.Schema));
        Assert.All(context.Model.GetRelationalModel().Tables, table => Assert.Null(table.Schema));
        Assert.Equal(["Notes", "People"], context.Model.GetRelationalModel().Tables.Select(table => table.Name).Order());
    }

    [Fact]
    public async Task A_table_of_another_schema_is_refused_with_its_entity()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await using var context = new SalesContext(Options<SalesContext>(database.ConnectionString));

        var refused = await Assert.ThrowsAsync<EfRollRuntimeException>(() => context.Set<Order>().ToListAsync(Token));

        Assert.Equal("EFR3003", refused.Code);
        Assert.Contains(nameof(Order), refused.Message, StringComparison.Ordinal);
        Assert.Contains("\"sales\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_base_schema_is_served()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(
            $"""
            CREATE SCHEMA sales;
            CREATE TABLE sales."Orders" ("Id" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, old_text text);
            CREATE SCHEMA "sales_{Version}";
            CREATE VIEW "sales_{Version}"."Orders" AS SELECT "Id", old_text AS "Text" FROM sales."Orders";
            """,
            Token);
        await using var context = new SalesContext(new DbContextOptionsBuilder<SalesContext>()
            .UseNpgsql(database.ConnectionString).UseEfRoll(options => options with { Version = Version, BaseSchema = "sales" }).Options);

        context.Add(new Order { Text = "tea" });
        await context.SaveChangesAsync(Token);

        Assert.Equal("tea", await database.ScalarAsync<string>("SELECT old_text FROM sales.\"Orders\"", Token));
    }

    static DbContextOptions<TContext> Options<TContext>(string connectionString)
        where TContext : DbContext =>
        new DbContextOptionsBuilder<TContext>().UseNpgsql(connectionString).UseEfRoll(options => options with { Version = Version }).Options;

    sealed class Noted
    {
        public int Id { get; set; }

        public required string Name { get; set; }

        public required string Note { get; set; }
    }

    sealed class SplitContext(DbContextOptions<SplitContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) =>
            modelBuilder.HasDefaultSchema("public").Entity<Noted>()
                .ToTable("People")
                .SplitToTable("Notes", "public", notes => notes.Property(person => person.Note).HasColumnName("note"));
    }

    sealed class Order
    {
        public int Id { get; set; }

        public required string Text { get; set; }
    }

    sealed class SalesContext(DbContextOptions<SalesContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Order>().ToTable("Orders", "sales");
    }
}
