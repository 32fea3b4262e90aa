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
            .UseNpgsql(database.ConnectionString).AllowManyProviders().UseEfRoll(options => options with { Version = Version, BaseSchema = "sales" }).Options);

        context.Add(new Order { Text = "tea" });
        await context.SaveChangesAsync(Token);

        Assert.Equal("tea", await database.ScalarAsync<string>("SELECT old_text FROM sales.\"Orders\"", Token));
    }

    [Fact]
    public async Task Tables_of_several_schemas_are_reached_by_the_path()
    {
        await using var database = await ShopAsync();
        await using var context = new ShopContext(Options<ShopContext>(database.ConnectionString, options => options with { OtherSchemas = ["sales", "log"] }));

        await UseAsync(context);

        Assert.Equal([["tea", "Ada", "bought"]], await database.QueryAsync("SELECT old_text, old_name, what FROM sales.\"Orders\", \"People\", log.\"Events\"", Token));
    }

    [Fact]
    public async Task Tables_of_several_schemas_are_named()
    {
        await using var database = await ShopAsync();
        await database.ExecuteAsync($"CREATE SCHEMA \"log_{Version}\"; CREATE VIEW \"log_{Version}\".\"Events\" AS SELECT * FROM log.\"Events\"", Token);
        await using var context = new ShopContext(Options<ShopContext>(database.ConnectionString, Qualified));

        Assert.True(await context.Database.IsVersionReadyAsync(Token));
        await UseAsync(context);

        Assert.Equal([["tea", "Ada", "bought"]], await database.QueryAsync("SELECT old_text, old_name, what FROM sales.\"Orders\", \"People\", log.\"Events\"", Token));
        Assert.Equal($"sales_{Version}", context.Database.GetVersionSchema("sales"));
        Assert.Equal(["log", "public", "sales"], context.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables.Select(table => table.Schema ?? "public").Order());
    }

    [Fact]
    public async Task A_table_without_a_view_is_named_before_it_is_missed()
    {
        await using var database = await ShopAsync();
        await using var context = new ShopContext(Options<ShopContext>(database.ConnectionString, Qualified));

        Assert.False(await context.Database.IsVersionReadyAsync(Token));
        var late = await Assert.ThrowsAsync<EfRollRuntimeException>(() => context.Database.WaitForVersionAsync(TimeSpan.Zero, Token));

        Assert.Equal("EFR3013", late.Code);
        Assert.Contains($"\"log_{Version}\".\"Events\"", late.Message, StringComparison.Ordinal);
        Assert.Contains("--views all", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_another_hides_is_refused_by_name()
    {
        await using var database = await ShopAsync();
        await database.ExecuteAsync("CREATE TABLE public.\"Events\" (id int)", Token);
        var options = Options<ShopContext>(database.ConnectionString, settings => settings with { OtherSchemas = ["sales", "log"] });

        for (var attempt = 0; attempt < 2; attempt++)
        {
            await using var context = new ShopContext(options);
            var refused = await Assert.ThrowsAsync<EfRollRuntimeException>(() => context.Set<Event>().ToListAsync(Token));
            Assert.Equal("EFR3011", refused.Code);
            Assert.Contains("log.\"Events\"", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tables_of_one_name_are_refused_by_the_path_and_served_by_name()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(
            $"""
            CREATE SCHEMA "one_{Version}"; CREATE TABLE "one_{Version}"."Things" ("Id" int GENERATED ALWAYS AS IDENTITY, "Text" text);
            CREATE SCHEMA "two_{Version}"; CREATE TABLE "two_{Version}"."Things" ("Id" int GENERATED ALWAYS AS IDENTITY, "Name" text);
            """,
            Token);
        await using var byPath = new TwinContext(Options<TwinContext>(database.ConnectionString, options => options with { BaseSchema = "one", OtherSchemas = ["two"] }));
        await using var named = new TwinContext(Options<TwinContext>(database.ConnectionString, Qualified));

        Assert.Equal("EFR3010", (await Assert.ThrowsAsync<EfRollRuntimeException>(() => byPath.Set<Order>().ToListAsync(Token))).Code);
        named.AddRange(new Order { Text = "tea" }, new Person { Name = "Ada" });
        await named.SaveChangesAsync(Token);

        Assert.Equal([["tea", "Ada"]], await database.QueryAsync($"SELECT \"Text\", \"Name\" FROM \"one_{Version}\".\"Things\", \"two_{Version}\".\"Things\"", Token));
    }

    [Fact]
    public async Task A_model_that_is_in_use_by_another_version_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        var model = new ModelBuilder(Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.Conventions.NpgsqlConventionSetBuilder.Build());
        model.Entity<Order>().ToTable("Orders");
        var shared = model.FinalizeModel();
        foreach (var (version, code) in new[] { (Version, "42P01"), ("20270101000000_Next", "EFR3012") })
        {
            await using var context = new BareContext(new DbContextOptionsBuilder<BareContext>()
                .UseNpgsql(database.ConnectionString).UseModel(shared).AllowManyProviders().UseEfRoll(options => Qualified(options) with { Version = version }).Options);
            var failed = await Assert.ThrowsAnyAsync<Exception>(() => context.Set<Order>().ToListAsync(Token));
            Assert.Equal(code, failed is EfRollRuntimeException refused ? refused.Code : Assert.IsType<Npgsql.PostgresException>(failed).SqlState);
        }
    }

    [Fact]
    public async Task Migrating_in_place_is_refused_to_an_application_that_names_its_views()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await using var context = new ShopContext(Options<ShopContext>(database.ConnectionString, Qualified));

        Assert.Equal("EFR3014", (await Assert.ThrowsAsync<EfRollRuntimeException>(() => context.Database.MigrateAsync(Token))).Code);
        Assert.Equal("EFR3014", Assert.Throws<EfRollRuntimeException>(() => context.Database.Migrate()).Code);
    }

    static EfRollOptions Qualified(EfRollOptions options) => options with { Binding = EfRollBinding.Qualified };

    static DbContextOptions<TContext> Options<TContext>(string connectionString, Func<EfRollOptions, EfRollOptions>? configure = null)
        where TContext : DbContext =>
        new DbContextOptionsBuilder<TContext>().UseNpgsql(connectionString)
            .AllowManyProviders().UseEfRoll(options => (configure?.Invoke(options) ?? options) with { Version = Version }).Options;

    // The version sees two of the tables through views.
    static async Task<TestDatabase> ShopAsync()
    {
        var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(
            $"""
            CREATE SCHEMA sales;
            CREATE SCHEMA log;
            CREATE TABLE sales."Orders" ("Id" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, old_text text);
            CREATE TABLE public."People" ("Id" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, old_name text);
            CREATE TABLE log."Events" ("Id" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text);
            CREATE SCHEMA "sales_{Version}";
            CREATE SCHEMA "public_{Version}";
            CREATE VIEW "sales_{Version}"."Orders" AS SELECT "Id", old_text AS "Text" FROM sales."Orders";
            CREATE VIEW "public_{Version}"."People" AS SELECT "Id", old_name AS "Name" FROM public."People";
            """,
            Token);
        return database;
    }

    static async Task UseAsync(ShopContext context)
    {
        context.AddRange(new Order { Text = "coffee" }, new Person { Name = "Ada" }, new Event { What = "bought" });
        await context.SaveChangesAsync(Token);
        Assert.Equal(1, await context.Set<Order>().Where(order => order.Text == "coffee").ExecuteUpdateAsync(set => set.SetProperty(order => order.Text, "tea"), Token));
        Assert.Equal(0, await context.Set<Event>().Where(happened => happened.What == "sold").ExecuteDeleteAsync(Token));
        Assert.Equal("tea Ada", await context.Set<Order>().Select(order => order.Text + " " + context.Set<Person>().Single().Name).SingleAsync(Token));
    }

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

    sealed class Event
    {
        public int Id { get; set; }

        public required string What { get; set; }
    }

    sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Order>().ToTable("Orders", "sales");
            modelBuilder.Entity<Person>().ToTable("People");
            modelBuilder.Entity<Event>().ToTable("Events", "log").Property(happened => happened.What).HasColumnName("what");
        }
    }

    sealed class TwinContext(DbContextOptions<TwinContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Order>().ToTable("Things", "one");
            modelBuilder.Entity<Person>().ToTable("Things", "two");
        }
    }

    sealed class BareContext(DbContextOptions<BareContext> options) : DbContext(options);

    sealed class SalesContext(DbContextOptions<SalesContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Order>().ToTable("Orders", "sales");
    }
}
