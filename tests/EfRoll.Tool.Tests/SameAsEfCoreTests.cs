using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace EfRoll.Tool.Tests;

/// <summary>A whole history leads to the same database, however it is cut into rollouts, and however EF Core applies it.</summary>
public class SameAsEfCoreTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Sample")]
    [InlineData("Depot")]
    public async Task A_history_ends_in_the_schema_that_EF_Core_makes(string name)
    {
        var application = name == "Sample" ? Application.Sample : Application.Depot;
        await using var expected = await TestDatabase.CreateAsync(Token);
        var all = application.Migrations(expected);
        await using (var context = application.Plain(expected))
            await context.Database.MigrateAsync(Token);
        var oracle = await SchemaDump.ReadAsync(expected, Token);

        await using var oneByOne = await TestDatabase.CreateAsync(Token);
        foreach (var migration in all)
            (await application.RunAsync("start", oneByOne, "--to", migration, "--complete")).Expect(ExitCode.Success);
        SchemaDump.AssertSame(oracle, await SchemaDump.ReadAsync(oneByOne, Token), "after one rollout per migration");

        await using var together = await TestDatabase.CreateAsync(Token);
        (await application.RunAsync("start", together, "--to", all[0], "--complete")).Expect(ExitCode.Success);
        (await application.RunAsync("start", together, "--complete")).Expect(ExitCode.Success);
        SchemaDump.AssertSame(oracle, await SchemaDump.ReadAsync(together, Token), "after one rollout of all but the first");
    }
}
