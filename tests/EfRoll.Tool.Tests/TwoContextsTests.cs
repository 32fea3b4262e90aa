using System.Reflection;
using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace EfRoll.Tool.Tests;

/// <summary>Two contexts on one database, each with its own migrations and history table, and tables that neither knows.</summary>
public class TwoContextsTests
{
    const string Foreign = "CREATE TABLE public.\"Somebody else's\" (id int PRIMARY KEY, \"Name\" text); INSERT INTO public.\"Somebody else's\" VALUES (1, 'a');";

    static readonly string Dll = RepositoryRoot.File("artifacts", "bin", "Everything", Application.Configuration, "Everything.dll");

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_is_rolled_out_by_itself_whatever_the_other_one_is_at()
    {
        await using var oracle = await TestDatabase.CreateAsync(Token);
        await oracle.ExecuteAsync(Foreign, Token);
        foreach (var name in (string[])["Everything", "Ledger"])
        {
            await using var context = Context(name);
            context.Database.SetConnectionString(oracle.ConnectionString);
            await context.Database.MigrateAsync(Token);
        }

        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(Foreign, Token);
        var (everything, ledger) = (Migrations("Everything"), Migrations("Ledger"));
        await RunAsync(database, "start", "Everything", "--to", everything[1], "--complete");
        await RunAsync(database, "start", "Ledger", "--to", ledger[0], "--complete");

        await RunAsync(database, "start", "Everything", "--to", everything[2]);
        var refused = await ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, Arguments("start", "Ledger"));
        Assert.Contains("EFR1403", refused.Expect(ExitCode.Failed).Errors, StringComparison.Ordinal);
        (await ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, "complete")).Expect(ExitCode.Success);

        await RunAsync(database, "start", "Ledger", "--complete");
        await RunAsync(database, "start", "Everything", "--complete");
        Assert.Contains("Nothing to do", (await RunAsync(database, "start", "Ledger")).Errors, StringComparison.Ordinal);

        SchemaDump.AssertSame(await SchemaDump.ReadAsync(oracle, Token), await SchemaDump.ReadAsync(database, Token), "after both contexts' migrations");
        Assert.Equal("a", await database.ScalarAsync<string>("SELECT \"Name\" FROM public.\"Somebody else's\"", Token));
        foreach (var table in (string[])["\"Back Office\".\"Applied \"\"Migrations\"\"\"", "ledger_history"])
            Assert.Equal(await HistoryAsync(oracle, table), await HistoryAsync(database, table));
    }

    static Task<IReadOnlyList<object?[]>> HistoryAsync(TestDatabase database, string table) =>
        database.QueryAsync($"SELECT \"MigrationId\"::text FROM {table} ORDER BY 1", Token);

    static IReadOnlyList<string> Migrations(string name)
    {
        using var context = Context(name);
        return [.. context.Database.GetMigrations()];
    }

    static async Task<ToolProcess> RunAsync(TestDatabase database, string command, string context, params string[] more) =>
        (await ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, Arguments(command, context, more))).Expect(ExitCode.Success);

    static string[] Arguments(string command, string context, params string[] more) => [command, "--assembly", Dll, "--context", $"{context}Context", .. more];

    // Made as the tool makes it: by the application's own factory.
    static DbContext Context(string name)
    {
        var factory = Activator.CreateInstance(Assembly.LoadFrom(Dll).GetType($"Everything.{name}ContextFactory", throwOnError: true)!)!;
        return (DbContext)factory.GetType().GetMethod("CreateDbContext")!.Invoke(factory, [Array.Empty<string>()])!;
    }
}
