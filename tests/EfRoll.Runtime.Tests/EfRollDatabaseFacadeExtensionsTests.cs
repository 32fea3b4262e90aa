using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace EfRoll.Runtime.Tests;

public sealed class EfRollDatabaseFacadeExtensionsTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_version_is_ready_when_its_schema_is_there()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await using var context = Context(database.ConnectionString);

        Assert.False(await context.Database.IsVersionReadyAsync(Token));
        await database.ExecuteAsync($"CREATE SCHEMA \"public_{People.VersionOne}\"", Token);
        Assert.True(await context.Database.IsVersionReadyAsync(Token));
    }

    [Fact]
    public async Task A_version_is_ready_when_its_migrations_were_applied()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await using var context = Context(database.ConnectionString);

        await context.Database.MigrateAsync(Token);

        Assert.True(await context.Database.IsVersionReadyAsync(Token));
    }

    [Fact]
    public async Task Waiting_ends_when_the_version_comes()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await using var context = Context(database.ConnectionString);

        var wait = EfRollDatabaseFacadeExtensions.WaitForVersionAsync(
            context.Database, TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        await database.ExecuteAsync($"CREATE SCHEMA \"public_{People.VersionOne}\"", Token);

        await wait;
    }

    [Fact]
    public async Task Waiting_in_vain_names_the_command_to_run()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await using var context = Context(database.ConnectionString);

        var late = await Assert.ThrowsAsync<EfRollRuntimeException>(() => context.Database.WaitForVersionAsync(TimeSpan.Zero, Token));

        Assert.Equal("EFR3005", late.Code);
        Assert.Contains(People.VersionOne, late.Message, StringComparison.Ordinal);
        Assert.Contains("dotnet efroll start", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_yet_is_waited_for()
    {
        await using var context = Context("Host=127.0.0.1;Port=1;Username=nobody;Timeout=1");

        var late = await Assert.ThrowsAsync<EfRollRuntimeException>(() => context.Database.WaitForVersionAsync(TimeSpan.Zero, Token));
        Assert.IsType<Npgsql.NpgsqlException>(late.InnerException);
    }

    static ContextOne Context(string connectionString) => new(new DbContextOptionsBuilder<ContextOne>().UseNpgsql(connectionString).AllowManyProviders().UseEfRoll().Options);
}
