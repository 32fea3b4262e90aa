using EfRoll.Runtime;
using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace EfRoll.Tool.Tests;

/// <summary>The tool sees from the application's options that it names its version's views, and makes and keeps them without being told.</summary>
public sealed class QualifiedApplicationTests
{
    const string Views = "SELECT count(*)::int FROM pg_views WHERE schemaname LIKE 'public\\_2%'";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_views_are_made_without_being_asked_for_and_stay()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        (await RunAsync(database, "start", "--to", "AddBadges", "--complete")).Expect(ExitCode.Success);
        var old = await database.ScalarAsync<int>(Views, Token);
        Assert.True(old > 0);

        (await RunAsync(database, "start")).Expect(ExitCode.Success);
        await using (var context = Application.Sample.Versioned(database, EfRollBinding.Qualified))
        {
            Assert.True(await context.Database.IsVersionReadyAsync(Token));
            var insert = $"""INSERT INTO "{context.Database.GetVersionSchema()}"."Users" ("Login", "FullName", "Email", "Bio", "Credits") VALUES ('ada', 'Ada Lovelace', 'a@b', '', 1)""";
            Assert.Equal(1, await context.Database.ExecuteSqlRawAsync(insert, Token));
        }

        Assert.Equal("Lovelace", await database.ScalarAsync<string>("SELECT \"LastName\" FROM \"Users\"", Token));

        (await RunAsync(database, "complete")).Expect(ExitCode.Success);
        await using var alone = Application.Sample.Versioned(database, EfRollBinding.Qualified);
        Assert.True(await alone.Database.IsVersionReadyAsync(Token));
        var count = $"""SELECT count(*)::int AS "Value" FROM "{alone.Database.GetVersionSchema()}"."Users" """;
        Assert.Equal(1, await alone.Database.SqlQueryRaw<int>(count).SingleAsync(Token));
        Assert.Equal(0, await database.ScalarAsync<int>("SELECT count(*)::int FROM pg_namespace WHERE nspname LIKE '%AddBadges'", Token));
    }

    [Fact]
    public async Task A_database_that_is_up_to_date_gets_them_and_nothing_else()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        (await Application.Sample.RunAsync("start", database)).Expect(ExitCode.Success);
        Assert.Equal(0, await database.ScalarAsync<int>(Views, Token));
        var before = await SchemaDump.ReadAsync(database, Token);

        (await RunAsync(database, "plan")).Expect(ExitCode.Success);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after planning");
        (await RunAsync(database, "start")).Expect(ExitCode.Success);

        await using var context = Application.Sample.Versioned(database, EfRollBinding.Qualified);
        Assert.True(await context.Database.IsVersionReadyAsync(Token));
        Assert.Contains("Nothing to do", (await RunAsync(database, "start")).Expect(ExitCode.Success).Errors, StringComparison.Ordinal);
    }

    static Task<ToolProcess> RunAsync(TestDatabase database, string command, params string[] arguments) => ToolProcess.RunInAsync(
        Path.GetTempPath(), database.ConnectionString, [("EfRoll__Binding", "Qualified")], [command, "--assembly", Application.Sample.Assembly, .. arguments]);
}
