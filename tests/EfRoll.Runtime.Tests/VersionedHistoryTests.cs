using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EfRoll.Runtime.Tests;

public sealed class VersionedHistoryTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "public.__EFMigrationsHistory")]
    [InlineData("audit", "audit.__EFMigrationsHistory")]
    public async Task The_history_is_never_made_in_a_version(string? schema, string expected)
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync($"CREATE SCHEMA \"public_{People.VersionOne}\"", Token);
        await using var context = new ContextOne(new DbContextOptionsBuilder<ContextOne>()
            .UseNpgsql(database.ConnectionString, npgsql => npgsql.MigrationsHistoryTable("__EFMigrationsHistory", schema)).AllowManyProviders().UseEfRoll().Options);

        await context.GetService<IHistoryRepository>().CreateIfNotExistsAsync(Token);

        Assert.Equal(
            [[expected]],
            await database.QueryAsync("SELECT schemaname || '.' || tablename FROM pg_tables WHERE tablename LIKE '%History'", Token));
        Assert.Equal([People.VersionOne], await context.Database.GetPendingMigrationsAsync(Token));
    }
}
