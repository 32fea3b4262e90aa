using EfRoll.TestSupport;

namespace EfRoll.Tool.Tests;

/// <summary>Migrations of EF Core: of a compiled assembly, and of a project.</summary>
public class MigrationsOfBuildsTests
{
    const string Create = "20240101000000_Create";
    const string RequireName = "20240102000000_RequireName";
    const string NoWayBack = "20240103000000_NoWayBack";

    static readonly string Assembly = RepositoryRoot.File("artifacts", "bin", "SmallApp", Configuration, "SmallApp.dll");

    static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}release", StringComparison.OrdinalIgnoreCase) ? "release" : "debug";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_compiled_assembly_is_rolled_out_and_what_cannot_be_translated_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        string[] source = ["--assembly", Assembly, "--context", "ShopContext"];

        (await RunAsync(database, ["start", .. source, "--to", Create, "--complete"])).Expect(ExitCode.Success);
        await database.ExecuteAsync("INSERT INTO \"Customers\" (\"Name\", \"Legacy\") VALUES ('ann', 'x'), (NULL, 'y')", Token);
        (await RunAsync(database, ["start", .. source, "--to", "RequireName", "--complete"])).Expect(ExitCode.Success);

        Assert.Equal([["ANN"], [""]], await database.QueryAsync("SELECT \"Name\" FROM \"Customers\" ORDER BY \"Id\"", Token));
        Assert.Equal([[Create], [RequireName]], await database.QueryAsync("SELECT \"MigrationId\"::text FROM \"__EFMigrationsHistory\" ORDER BY 1", Token));

        var before = await SchemaDump.ReadAsync(database, Token);
        foreach (var command in (string[])["plan", "start"])
        {
            var run = (await RunAsync(database, [command, .. source])).Expect(ExitCode.Failed);
            Assert.Contains("NoWayBack.cs(", run.Errors, StringComparison.Ordinal);
            Assert.Contains("error EFR2", run.Errors, StringComparison.Ordinal);
            Assert.Contains($"error EFR5013: {NoWayBack} cannot be rolled out", run.Errors, StringComparison.Ordinal);
        }

        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after a refusal", columnOrderMatters: true);
    }

    [Fact]
    public async Task A_project_is_found_by_its_folder_and_its_context_knows_the_database()
    {
        // The context of this fixture names a host that does not exist: what matters is that it is asked.
        var run = (await ToolProcess.RunAsync("status", "--project", RepositoryRoot.File("tests", "Fixtures", "SmallApp"), "--context", "ShopContext", "--no-build", "--configuration", Configuration))
            .Expect(ExitCode.CannotConnect);

        Assert.Contains("error EFR1301", run.Errors, StringComparison.Ordinal);
        Assert.Contains("shop", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.Errors + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_is_not_there_and_a_context_that_does_not_exist_are_named()
    {
        Assert.Contains("EFR5007", (await ToolProcess.RunAsync("plan", "--assembly", "/no/such.dll", "--connection", "Host=h")).Expect(ExitCode.Failed).Errors, StringComparison.Ordinal);
        Assert.Contains("EFR5003", (await ToolProcess.RunAsync("plan", "--project", "/no/such", "--connection", "Host=h")).Expect(ExitCode.Failed).Errors, StringComparison.Ordinal);
        var run = (await ToolProcess.RunAsync("plan", "--assembly", Assembly, "--context", "Nobody", "--connection", "Host=h")).Expect(ExitCode.Failed);
        Assert.Contains("There is no DbContext called Nobody", run.Errors, StringComparison.Ordinal);
    }

    static Task<ToolProcess> RunAsync(TestDatabase database, string[] arguments) => ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, arguments);
}
