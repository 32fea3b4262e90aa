using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace EfRoll.Tool.Tests;

/// <summary><c>start --to</c> an earlier migration is a rollout like any other: of the migrations' own <c>Down</c>.</summary>
public sealed class GoingBackTests : IDisposable
{
    readonly MigrationFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_step_back_ends_in_the_schema_that_EF_Core_makes()
    {
        var application = Application.Depot;
        await using var database = await LatestAsync(application);
        await using var oracle = await database.CopyAsync(Token);
        var all = application.Migrations(database);

        foreach (var target in all.Reverse().Skip(1))
        {
            await using (var context = application.Plain(oracle))
                await context.Database.MigrateAsync(target, Token);
            var before = await SchemaDump.ReadAsync(database, Token);

            (await application.RunAsync("start", database, "--to", target)).Expect(ExitCode.Success);
            (await ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, "rollback")).Expect(ExitCode.Success);
            SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), $"after rollback of the way back to {target}", columnOrderMatters: true);

            (await application.RunAsync("start", database, "--to", target)).Expect(ExitCode.Success);
            (await ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, "complete")).Expect(ExitCode.Success);
            SchemaDump.AssertSame(await SchemaDump.ReadAsync(oracle, Token), await SchemaDump.ReadAsync(database, Token), $"back at {target}");
            Assert.Equal(await HistoryAsync(oracle), await HistoryAsync(database));
        }
    }

    [Theory]
    [InlineData("Sample")]
    [InlineData("Depot")]
    public async Task All_the_way_back_can_be_one_rollout_and_so_can_the_way_forth_again(string name)
    {
        var application = name == "Sample" ? Application.Sample : Application.Depot;
        await using var database = await LatestAsync(application);
        await using var oracle = await database.CopyAsync(Token);
        var latest = await SchemaDump.ReadAsync(database, Token);
        var first = application.Migrations(database)[0];
        await using (var context = application.Plain(oracle))
            await context.Database.MigrateAsync(first, Token);

        var plan = (await application.RunAsync("plan", database, "--to", first)).Expect(ExitCode.Success).Output;
        Assert.Contains($" to {first}\n  - {application.Migrations(database)[^1]}\n", plan, StringComparison.Ordinal);
        (await application.RunAsync("start", database, "--to", first, "--complete")).Expect(ExitCode.Success);
        SchemaDump.AssertSame(await SchemaDump.ReadAsync(oracle, Token), await SchemaDump.ReadAsync(database, Token), "back at the first migration");

        (await application.RunAsync("start", database, "--complete")).Expect(ExitCode.Success);
        SchemaDump.AssertSame(latest, await SchemaDump.ReadAsync(database, Token), "at the last migration again");
    }

    [Fact]
    public async Task Both_versions_are_applied_while_it_is_open()
    {
        await using var database = await LatestAsync(Application.Sample);
        var all = Application.Sample.Migrations(database);

        (await Application.Sample.RunAsync("start", database, "--to", all[^2])).Expect(ExitCode.Success);

        // The version that runs still finds itself applied; the one to come back does not mind the row that it does not know.
        await using (var running = Application.Sample.Plain(database))
            Assert.Empty(await running.Database.GetPendingMigrationsAsync(Token));
        var status = (await ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, "status")).Expect(ExitCode.Success).Output;
        Assert.Contains($"open rollout    {all[^2]}\n  from          {all[^1]}\n  undoes        {all[^1]}\n", status, StringComparison.Ordinal);
        Assert.Contains("EFR1403", (await Application.Sample.RunAsync("start", database)).Expect(ExitCode.Failed).Errors, StringComparison.Ordinal);
        (await Application.Sample.RunAsync("start", database, "--to", all[^2])).Expect(ExitCode.Success);

        (await ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, "complete")).Expect(ExitCode.Success);
        Assert.Equal(all.SkipLast(1), await HistoryAsync(database));
        Assert.Contains(all[^2], (await ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, "status")).Output.Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_have_no_way_back()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        _folder.Write("01_a.yaml", "operations: [{create_table: {name: a, columns: [{name: id, type: int, pk: true}]}}]");
        _folder.Write("02_b.yaml", "operations: [{create_table: {name: b, columns: [{name: id, type: int, pk: true}]}}]");
        (await ToolProcess.RunInAsync(_folder.Path, database.ConnectionString, "start", ".", "--complete")).Expect(ExitCode.Success);

        var refused = (await ToolProcess.RunInAsync(_folder.Path, database.ConnectionString, "start", ".", "--to", "01_a")).Expect(ExitCode.Failed);

        Assert.Contains("EFR1409", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("02_b", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forward_and_back_at_once_is_refused()
    {
        await using var database = await LatestAsync(Application.Sample);
        var all = Application.Sample.Migrations(database);
        await database.ExecuteAsync($"DELETE FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = $${all[0]}$$", Token);

        var refused = (await Application.Sample.RunAsync("start", database, "--to", all[1])).Expect(ExitCode.Failed);

        Assert.Contains("EFR1411", refused.Errors, StringComparison.Ordinal);
        Assert.Contains(all[0], refused.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    static async Task<TestDatabase> LatestAsync(Application application)
    {
        var database = await TestDatabase.CreateAsync(Token);
        await using var context = application.Plain(database);
        await context.Database.MigrateAsync(Token);
        return database;
    }

    static async Task<IEnumerable<string>> HistoryAsync(TestDatabase database) =>
        (await database.QueryAsync("SELECT \"MigrationId\"::text FROM public.\"__EFMigrationsHistory\" ORDER BY 1", Token)).Select(row => (string)row[0]!);
}
