using System.Text;
using System.Text.RegularExpressions;
using EfRoll.TestSupport;

namespace EfRoll.MSBuild.Tests;

/// <summary>From the packages to a completed rollout, as the README says it.</summary>
public sealed class NewUserTests
{
    const string CreateCustomers = "20261122002704_CreateCustomers";
    const string RequireName = "20261122002710_RequireName";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_user_installs_the_packages_and_rolls_two_releases_out()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        using var user = new NewUser(database.ConnectionString);
        await user.PackAsync();
        await user.RunAsync("new", "console", "--framework", "net10.0", "--no-restore");
        await user.RunAsync("add", "package", "Npgsql.EntityFrameworkCore.PostgreSQL", "--version", "10.0.0");
        await user.InstallAsync();

        user.Write("Release1");
        Assert.DoesNotContain("EFR", await user.RunAsync("publish", "-nologo", "-o", "release1"), StringComparison.Ordinal);
        await RollOutAsync("start", "--manifests", "release1/efroll", "--complete");
        Assert.Equal(["(no name)"], await ShopAsync("release1", "add"));

        // The author does not know yet what stands for customers without a name.
        user.Write("Release2");
        var migration = Path.Combine(user.Shop, "Migrations", $"{RequireName}.cs");
        var code = await File.ReadAllLinesAsync(migration, Token);
        var line = Array.FindIndex(code, line => line.Contains(".Up(", StringComparison.Ordinal));
        var known = code[line];
        code[line] = "                .Up(\"\");";
        await File.WriteAllLinesAsync(migration, code, Token);
        var operation = 1 + Array.FindIndex(code, line => line.Contains("AlterColumn", StringComparison.Ordinal));
        // Whatever it says of findings, the package brings what reads it.
        await File.WriteAllTextAsync(Path.Combine(user.Shop, ".editorconfig"), "[*.cs]\ndotnet_diagnostic.EFR4101.severity = none\n", Token);
        var build = await user.RunAsync("build", "-nologo");
        Assert.True(Regex.IsMatch(build, $@"\bMigrations[/\\]{RequireName}\.cs\({operation},\d+\): warning EFR2009: \.Up on column Customers\.Name: "), build);

        code[line] = known;
        await File.WriteAllLinesAsync(migration, code, Token);
        Assert.DoesNotContain("EFR", await user.RunAsync("publish", "-nologo", "-o", "release2"), StringComparison.Ordinal);
        Assert.Equal([$"{CreateCustomers}.json", $"{RequireName}.json", "context.json"], Shop.Manifests(user.Shop, "release2").Select(Path.GetFileName));
        // The generator came along with the package: the application need not look for its migrations.
        Assert.Contains("EfRollVersionAttribute", await File.ReadAllTextAsync(Path.Combine(user.Shop, "release2", "Shop.dll"), Encoding.Latin1, Token), StringComparison.Ordinal);

        await RollOutAsync("start", "--manifests", "release2/efroll");
        Assert.Equal(["nobody", "ann"], await ShopAsync("release2", "add", "ann"));
        Assert.Equal(["(no name)", "ann", "(no name)"], await ShopAsync("release1", "add"));
        Assert.Equal(["nobody", "ann", "nobody"], await ShopAsync("release2"));

        await RollOutAsync("complete");
        Assert.Equal(["nobody", "ann", "nobody"], await ShopAsync("release2"));
        Assert.Equal([["NO"]], await database.QueryAsync("SELECT is_nullable::text FROM information_schema.columns WHERE table_name = 'Customers' AND column_name = 'Name'", Token));
        Assert.Equal([[CreateCustomers], [RequireName]], await database.QueryAsync("SELECT \"MigrationId\"::text FROM \"__EFMigrationsHistory\" ORDER BY 1", Token));

        Task<string> RollOutAsync(params string[] command) => user.RunAsync(["efroll", .. command, "--connection", database.ConnectionString]);

        async Task<string[]> ShopAsync(string release, params string[] arguments) =>
            (await user.RunAsync([$"{release}/Shop.dll", .. arguments])).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
