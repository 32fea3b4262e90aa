using EfRoll.Runtime;
using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace EfRoll.Tool.Tests;

/// <summary>EF Core's own record of what is applied is right in every phase, for applications with EfRoll and without.</summary>
public class EfHistoryTests
{
    static readonly Application Sample = Application.Sample;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_pending_from_start_on_unless_it_is_rolled_back()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        var all = Sample.Migrations(database);
        var (first, rest) = (all.Take(2).ToList(), all.Skip(2).ToList());

        (await Sample.RunAsync("start", database, "--to", first[^1], "--complete")).Expect(ExitCode.Success);
        await ArePendingAsync(database, rest);
        await IsRefusedAsync(database, rest);
        await HistoryHoldsAsync(database, first);
        await database.ExecuteAsync("INSERT INTO \"Users\" (\"Login\", \"FirstName\", \"LastName\", \"Email\", \"Credits\") VALUES ('ann', 'Ann', 'Lee', 'a@b', 1)", Token);
        var before = await SchemaDump.ReadAsync(database, Token);

        (await Sample.RunAsync("start", database)).Expect(ExitCode.Success);
        await NothingIsPendingAsync(database, all);
        await HistoryHoldsAsync(database, all);

        (await ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, "rollback")).Expect(ExitCode.Success);
        await ArePendingAsync(database, rest);
        await IsRefusedAsync(database, rest);
        await HistoryHoldsAsync(database, first);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after rollback", columnOrderMatters: true);

        (await Sample.RunAsync("start", database)).Expect(ExitCode.Success);
        await NothingIsPendingAsync(database, all);

        (await ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, "complete")).Expect(ExitCode.Success);
        await NothingIsPendingAsync(database, all);
        await HistoryHoldsAsync(database, all);
    }

    [Fact]
    public async Task An_empty_database_that_gets_everything_at_once_is_as_EF_Core_left_it()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        var all = Sample.Migrations(database);

        (await Sample.RunAsync("start", database)).Expect(ExitCode.Success);

        await NothingIsPendingAsync(database, all);
        await HistoryHoldsAsync(database, all);
        Assert.Contains("Nothing to do", (await Sample.RunAsync("start", database)).Expect(ExitCode.Success).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_EF_Core_migrated_goes_on_from_there()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        var all = Sample.Migrations(database);
        await using (var plain = Sample.Plain(database))
            await plain.Database.MigrateAsync(all[1], Token);

        (await Sample.RunAsync("start", database)).Expect(ExitCode.Success);
        await NothingIsPendingAsync(database, all);
        (await ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, "complete")).Expect(ExitCode.Success);

        await NothingIsPendingAsync(database, all);
        await HistoryHoldsAsync(database, all);
    }

    static async Task NothingIsPendingAsync(TestDatabase database, IReadOnlyList<string> all)
    {
        var schema = await database.ScalarAsync<string>("SELECT nspname::text FROM pg_namespace WHERE nspname = $$public_" + all[^1] + "$$", Token);
        await NothingIsPendingAsync(database, Sample.Plain(database), all);
        // As deployments that set the search path themselves, without EfRoll's package.
        if (schema is not null)
            await NothingIsPendingAsync(database, Sample.Plain(database, $"\"{schema}\",public"), all);
        await NothingIsPendingAsync(database, Sample.Versioned(database), all);
    }

    static async Task NothingIsPendingAsync(TestDatabase database, DbContext context, IReadOnlyList<string> all)
    {
        await using (context)
        {
            var before = await SchemaDump.ReadAsync(database, Token);

            Assert.Empty(await context.Database.GetPendingMigrationsAsync(Token));
            Assert.Equal(all, await context.Database.GetAppliedMigrationsAsync(Token));
            await context.Database.MigrateAsync(Token);

            SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after Migrate()", columnOrderMatters: true);
            await HistoryHoldsAsync(database, all);
        }
    }

    static async Task ArePendingAsync(TestDatabase database, IReadOnlyList<string> pending)
    {
        await using var plain = Sample.Plain(database);
        await using var versioned = Sample.Versioned(database);
        Assert.Equal(pending, await plain.Database.GetPendingMigrationsAsync(Token));
        Assert.Equal(pending, await versioned.Database.GetPendingMigrationsAsync(Token));
    }

    static async Task IsRefusedAsync(TestDatabase database, IReadOnlyList<string> pending)
    {
        await using var context = Sample.Versioned(database);
        var refusal = await Assert.ThrowsAsync<EfRollRuntimeException>(() => context.Database.MigrateAsync(Token));
        Assert.Contains(string.Join(", ", pending), refusal.Message, StringComparison.Ordinal);
        Assert.Contains("dotnet efroll start", refusal.Message, StringComparison.Ordinal);
    }

    static async Task HistoryHoldsAsync(TestDatabase database, IReadOnlyList<string> migrations)
    {
        await using var context = Sample.Plain(database);
        var product = context.Model.GetProductVersion();
        Assert.Equal(
            migrations.Select(migration => (migration, product)),
            (await database.QueryAsync("SELECT \"MigrationId\"::text, \"ProductVersion\"::text FROM public.\"__EFMigrationsHistory\" ORDER BY 1", Token))
                .Select(row => ((string)row[0]!, (string?)row[1])));
        Assert.Equal(
            [["public"]],
            await database.QueryAsync("SELECT schemaname::text FROM pg_tables WHERE tablename = '__EFMigrationsHistory'", Token));
    }
}
