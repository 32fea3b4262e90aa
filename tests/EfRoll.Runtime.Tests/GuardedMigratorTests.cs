using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EfRoll.Runtime.Tests;

public sealed class GuardedMigratorTests
{
    const string First = "20260101000000_Books";
    const string Last = "20260202000000_TitleRequired";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_EfRoll_in_the_database_migrations_are_applied_as_ever(bool synchronously)
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        using var log = new Recorder();
        await using var context = Context(database, log);

        await MigrateAsync(context, synchronously);

        Assert.Equal([[First], [Last]], await database.QueryAsync("SELECT \"MigrationId\" FROM public.\"__EFMigrationsHistory\" ORDER BY 1", Token));
        Assert.Equal("NO", await database.ScalarAsync<string>(
            "SELECT is_nullable::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'Books' AND column_name = 'Title'", Token));
        Assert.Single(log.Of(3103));
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_made()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        var name = $"{database.Name}_new";
        var text = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = name, Pooling = false }.ConnectionString;
        await using var context = new LibraryContext(new DbContextOptionsBuilder<LibraryContext>().UseNpgsql(text).AllowManyProviders().UseEfRoll().Options);
        try
        {
            await context.Database.MigrateAsync(Token);
            Assert.Empty(await context.Database.GetPendingMigrationsAsync(Token));
        }
        finally
        {
            await database.ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", Token);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_nothing_pending_nothing_is_touched(bool synchronously)
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await MigrateInPlaceAsync(database);
        await database.ExecuteAsync($"CREATE SCHEMA efroll; CREATE SCHEMA \"public_{Last}\"", Token);
        using var log = new Recorder();
        await using var context = Context(database, log);

        // EF Core's own way would wait for this reader of the history table.
        await using var reader = await database.DataSource.OpenConnectionAsync(Token);
        await using var transaction = await reader.BeginTransactionAsync(Token);
        await using (var command = new NpgsqlCommand("LOCK TABLE public.\"__EFMigrationsHistory\" IN ACCESS SHARE MODE", reader, transaction))
            await command.ExecuteNonQueryAsync(Token);
        context.Database.SetCommandTimeout(5);
        await MigrateAsync(context, synchronously);

        Assert.Single(log.Of(3104));
        Assert.Equal(0, await database.ScalarAsync<long>(
            $"SELECT count(*) FROM pg_class WHERE relnamespace = '\"public_{Last}\"'::regnamespace", Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_something_pending_it_says_what_to_run(bool synchronously)
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await MigrateInPlaceAsync(database, First);
        await database.ExecuteAsync($"CREATE SCHEMA efroll; CREATE SCHEMA \"public_{Last}\"", Token);
        await using var context = Context(database);

        var refused = await Assert.ThrowsAsync<EfRollRuntimeException>(() => MigrateAsync(context, synchronously));

        Assert.Equal("EFR3004", refused.Code);
        Assert.Contains(Last, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(First, refused.Message, StringComparison.Ordinal);
        Assert.Contains("dotnet efroll start", refused.Message, StringComparison.Ordinal);
        Assert.Equal([[First]], await database.QueryAsync("SELECT \"MigrationId\" FROM public.\"__EFMigrationsHistory\"", Token));
    }

    [Fact]
    public async Task Going_back_in_place_is_refused_and_a_target_that_is_there_is_not()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await MigrateInPlaceAsync(database);
        await database.ExecuteAsync("CREATE SCHEMA efroll", Token);
        await using var context = Context(database);

        await context.Database.MigrateAsync("TitleRequired", Token);
        var refused = await Assert.ThrowsAsync<EfRollRuntimeException>(() => context.Database.MigrateAsync("Books", Token));
        Assert.Contains("rollback", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EfRollRuntimeException>(() => context.Database.MigrateAsync("0", Token));
    }

    [Fact]
    public async Task An_application_told_to_run_on_an_earlier_version_does_not_ask_for_later_ones()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await MigrateInPlaceAsync(database, First);
        await database.ExecuteAsync("CREATE SCHEMA efroll", Token);
        await using var context = new LibraryContext(new DbContextOptionsBuilder<LibraryContext>()
            .UseNpgsql(database.ConnectionString).AllowManyProviders().UseEfRoll(options => options with { Version = First }).Options);

        await context.Database.MigrateAsync(Token);
        Assert.True(await context.Database.IsVersionReadyAsync(Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Seeding_runs_also_where_nothing_is_pending(bool synchronously)
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await MigrateInPlaceAsync(database);
        await database.ExecuteAsync("CREATE SCHEMA efroll", Token);
        await using var context = new LibraryContext(new DbContextOptionsBuilder<LibraryContext>()
            .UseNpgsql(database.ConnectionString, npgsql => npgsql.EnableRetryOnFailure())
            .UseSeeding((seeded, _) => Seed(seeded))
            .UseAsyncSeeding((seeded, _, token) => SeedAsync(seeded, token))
            .AllowManyProviders().UseEfRoll().Options);

        await MigrateAsync(context, synchronously);

        Assert.Equal(synchronously ? "sync" : "async", await database.ScalarAsync<string>("SELECT \"Title\" FROM \"Books\"", Token));
    }

    static void Seed(DbContext context)
    {
        context.Add(new Book { Title = "sync" });
        context.SaveChanges();
    }

    static Task<int> SeedAsync(DbContext context, CancellationToken cancellationToken)
    {
        context.Add(new Book { Title = "async" });
        return context.SaveChangesAsync(cancellationToken);
    }

    static async Task MigrateAsync(LibraryContext context, bool synchronously)
    {
        if (synchronously)
            await Task.Run(() => context.Database.Migrate(), Token);
        else
            await context.Database.MigrateAsync(Token);
    }

    static async Task MigrateInPlaceAsync(TestDatabase database, string? target = null)
    {
        await using var plain = new LibraryContext(new DbContextOptionsBuilder<LibraryContext>().UseNpgsql(database.ConnectionString).Options);
        await plain.Database.MigrateAsync(target, Token);
    }

    static LibraryContext Context(TestDatabase database, Recorder? log = null) =>
        new(new DbContextOptionsBuilder<LibraryContext>()
            .UseNpgsql(database.ConnectionString)
            .UseLoggerFactory(log)
            .AllowManyProviders().UseEfRoll().Options);
}
