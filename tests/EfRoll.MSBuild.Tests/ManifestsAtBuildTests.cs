using System.Runtime.InteropServices;
using System.Text.Json;
using EfRoll.TestSupport;

namespace EfRoll.MSBuild.Tests;

// They build one after the other in the same folder; each leaves it as the others expect it.
public sealed class ManifestsAtBuildTests(Shop shop) : IClassFixture<Shop>
{
    static readonly string[] All = [$"Shop.Data.ShopContext/{Shop.Orders}.json", $"Shop.Data.ShopContext/{Shop.Numbers}.json", "Shop.Data.ShopContext/context.json"];

    static readonly (string File, string Text)[] Several =
    [
        ("Several.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>
                <EfRollBuildFromSource>false</EfRollBuildFromSource>
              </PropertyGroup>
              <ItemGroup Condition="'$(TargetFramework)' == 'net10.0'">
                <PackageReference Include="Npgsql.EntityFrameworkCore.PostgreSQL" Version="10.0.0" />
              </ItemGroup>
              <Import Project="{RepositoryRoot.File("src", "EfRoll.MSBuild", "FromSource.targets")}" />
            </Project>
            """),
        ("Contexts.cs", """
            #if NET
            using Microsoft.EntityFrameworkCore;
            using Microsoft.EntityFrameworkCore.Infrastructure;
            using Microsoft.EntityFrameworkCore.Migrations;

            class First : DbContext;
            class Second : DbContext;

            [DbContext(typeof(First)), Migration("20260101000000_One")]
            class OneOfFirst : Migration { protected override void Up(MigrationBuilder builder) => builder.DropTable("first"); }

            [DbContext(typeof(Second)), Migration("20260101000000_One")]
            class OneOfSecond : Migration { protected override void Up(MigrationBuilder builder) => builder.DropTable("second"); }
            #endif
            """),
    ];

    static readonly (string File, string Text)[] Own =
    [
        ("Own.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <EfRollBuildFromSource>false</EfRollBuildFromSource>
                <EfRollUseContext>true</EfRollUseContext>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Npgsql.EntityFrameworkCore.PostgreSQL" Version="10.0.0" />
              </ItemGroup>
              <Import Project="{RepositoryRoot.File("src", "EfRoll.MSBuild", "FromSource.targets")}" />
            </Project>
            """),
        ("OwnContext.cs", """
            using Microsoft.EntityFrameworkCore;
            using Microsoft.EntityFrameworkCore.Infrastructure;
            using Microsoft.EntityFrameworkCore.Migrations;

            class OwnContext : DbContext
            {
                protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseNpgsql("Host=nowhere", npgsql => npgsql.MigrationsHistoryTable("applied", "ops"));
            }

            [DbContext(typeof(OwnContext)), Migration("20260101000000_One")]
            class One : Migration { protected override void Up(MigrationBuilder builder) => builder.DropTable("first"); }
            """),
    ];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Manifests_lie_in_the_output_of_the_project_and_of_those_that_refer_to_it()
    {
        Assert.True(shop.FirstBuild.ExitCode == 0, shop.FirstBuild.Output);

        Assert.Equal(All, Shop.Manifests(shop.Data, "bin", "Debug", "net10.0"));
        Assert.Equal(All, Shop.Manifests(shop.App, "bin", "Debug", "net10.0"));
        Assert.Contains(
            "create_table",
            File.ReadAllText(Path.Combine(shop.App, "bin", "Debug", "net10.0", "efroll", "Shop.Data.ShopContext", $"{Shop.Orders}.json")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_rolled_out_is_a_warning_at_its_line()
    {
        Assert.Matches($@"{Shop.Numbers}\.cs\(12,\d+\): warning EFR2\d\d\d: .*the database's collation.*\[.*Data\.csproj\]", shop.FirstBuild.Output);
    }

    [Fact]
    public async Task A_second_build_does_nothing_and_publishing_takes_them_along()
    {
        var stamp = Path.Combine(shop.Data, "obj", "Debug", "net10.0", "efroll.stamp");
        // Another test may have published a single file: after that the compiler is given other settings again.
        var build = await Sdk.RunAsync(shop.App, Token, "build", "-nologo", "--no-restore");
        Assert.True(build.ExitCode == 0, build.Output);
        var before = File.GetLastWriteTimeUtc(stamp);

        var again = await Sdk.RunAsync(shop.App, Token, "build", "-nologo", "--no-restore");
        var publish = await Sdk.RunAsync(shop.App, Token, "publish", "-nologo", "--no-build", "-c", "Debug", "-o", Path.Combine(shop.Folder, "published"));

        Assert.True(again.ExitCode == 0, again.Output);
        Assert.Equal(before, File.GetLastWriteTimeUtc(stamp));
        Assert.True(publish.ExitCode == 0, publish.Output);
        Assert.Equal(All, Shop.Manifests(shop.Folder, "published"));
    }

    [Fact]
    public async Task Findings_stand_at_their_line_and_are_as_severe_as_the_project_wants()
    {
        await shop.WriteMigrationAsync(Shop.Positive, "migrationBuilder.AddCheckConstraint(\"Positive\", \"Orders\", \"\\\"Id\\\" > 0\");", """
            protected override void BuildTargetModel(ModelBuilder modelBuilder) =>
                    modelBuilder.Entity("Order", order => { order.Property<int>("Id").HasColumnType("integer"); order.HasKey("Id"); order.ToTable("Orders"); });
            """);
        await shop.WriteSnapshotAsync("order.Property<string>(\"Note\").HasColumnType(\"text\");");

        var build = await Sdk.RunAsync(shop.Data, Token, "build", "-nologo", "--no-restore");
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Matches($@"{Shop.Positive}\.cs\(12,\d+\): warning EFR4111: .*the check Positive.*\[.*Data\.csproj\]", build.Output);
        Assert.Matches($@"{Shop.Positive}\.cs\(1\): warning EFR4151: ", build.Output);
        Assert.DoesNotContain("EFR4103", build.Output, StringComparison.Ordinal);
        // Only the newest is looked at.
        Assert.DoesNotContain("EFR2", build.Output, StringComparison.Ordinal);
        // Nothing but a setting has changed.
        var all = await Sdk.RunAsync(shop.Data, Token, "build", "-nologo", "--no-restore", $"-p:EfRollCheckFrom={Shop.Orders}");
        Assert.Matches($@"{Shop.Numbers}\.cs\(12,\d+\): warning EFR2\d\d\d: ", all.Output);

        await shop.WriteSnapshotAsync("");
        await File.WriteAllTextAsync(
            Path.Combine(shop.Data, ".editorconfig"), "root = true\n[*.cs]\ndotnet_diagnostic.EFR4111.severity = none\ndotnet_diagnostic.EFR4103.severity = warning\n", Token);
        var configured = await Sdk.RunAsync(shop.Data, Token, "build", "-nologo", "--no-restore", $"-p:EfRollCheckFrom={Shop.Orders}");
        Assert.True(configured.ExitCode == 0, configured.Output);
        Assert.Matches($@"{Shop.Positive}\.cs\(12,\d+\): warning EFR4103: ", configured.Output);
        Assert.Matches($@"{Shop.Numbers}\.cs\(12,\d+\): warning EFR2\d\d\d: ", configured.Output);
        Assert.DoesNotMatch("EFR41[15]1", configured.Output);

        await File.WriteAllTextAsync(Path.Combine(shop.Data, ".editorconfig"), "root = true\n[*.cs]\ndotnet_diagnostic.EFR4111.severity = error\n", Token);
        var strict = await Sdk.RunAsync(shop.Data, Token, "build", "-nologo", "--no-restore");
        Assert.NotEqual(0, strict.ExitCode);
        Assert.Matches($@"{Shop.Positive}\.cs\(12,\d+\): error EFR4111: ", strict.Output);

        foreach (var file in new[] { $"{Shop.Positive}.cs", "ShopContextModelSnapshot.cs", ".editorconfig" })
            File.Delete(Path.Combine(shop.Data, file));
        var mended = await Sdk.RunAsync(shop.Data, Token, "build", "-nologo", "--no-restore");
        Assert.True(mended.ExitCode == 0, mended.Output);
    }

    [Fact]
    public async Task A_single_file_has_them_beside_it()
    {
        var published = Path.Combine(shop.Folder, "single");

        var publish = await Sdk.RunAsync(
            shop.App, Token, "publish", "-nologo", "-c", "Debug", "-o", published, "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "false",
            "-p:PublishSingleFile=true", "-p:IncludeAllContentForSelfExtract=true");

        Assert.True(publish.ExitCode == 0, publish.Output);
        Assert.Equal(All, Shop.Manifests(published));
        Assert.DoesNotContain(Directory.EnumerateFiles(published), file => file.EndsWith("App.dll", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_project_of_several_frameworks_and_contexts_has_them_for_each_context_where_EF_Core_is()
    {
        var folder = await BuildAsync("Several", Several);

        Assert.Equal(["First/20260101000000_One.json", "First/context.json", "Second/20260101000000_One.json", "Second/context.json"], Shop.Manifests(folder, "bin", "Debug", "net10.0"));
        Assert.Empty(Shop.Manifests(folder, "bin", "Debug", "netstandard2.0"));
    }

    [Fact]
    public async Task What_only_the_context_itself_knows_is_in_the_manifests_of_a_project_that_asks_it()
    {
        var folder = await BuildAsync("Own", Own);

        using var context = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "bin", "Debug", "net10.0", "efroll", "OwnContext", "context.json"), Token));
        var table = context.RootElement.GetProperty("history").GetProperty("table");
        Assert.Equal(("ops", "applied"), (table.GetProperty("schema").GetString(), table.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_migration_that_is_taken_away_takes_its_manifest_along_and_the_others_stay_untouched()
    {
        var orders = Path.Combine(shop.Data, "obj", "Debug", "net10.0", "efroll", "Shop.Data.ShopContext", $"{Shop.Orders}.json");
        var before = File.GetLastWriteTimeUtc(orders);
        var numbers = Path.Combine(shop.Data, $"{Shop.Numbers}.cs");
        var source = await File.ReadAllTextAsync(numbers, Token);
        File.Delete(numbers);

        var without = await Sdk.RunAsync(shop.Data, Token, "build", "-nologo", "--no-restore");
        var left = Shop.Manifests(shop.Data, "bin", "Debug", "net10.0").ToList();
        await File.WriteAllTextAsync(numbers, source, Token);
        var failed = await Sdk.RunAsync(shop.Data, Token, "build", "-nologo", "--no-restore", "-p:EfRollHost=nowhere.dll");
        var mended = await Sdk.RunAsync(shop.Data, Token, "build", "-nologo", "--no-restore");

        Assert.True(without.ExitCode == 0, without.Output);
        Assert.DoesNotContain("EFR", without.Output, StringComparison.Ordinal);
        Assert.Equal([All[0], All[2]], left);
        Assert.Equal(before, File.GetLastWriteTimeUtc(orders));
        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("error EFR4001: ", failed.Output, StringComparison.Ordinal);
        Assert.True(mended.ExitCode == 0, mended.Output);
        Assert.Contains("warning EFR2", mended.Output, StringComparison.Ordinal);
        Assert.Equal(All, Shop.Manifests(shop.Data, "bin", "Debug", "net10.0"));
    }

    // A project of its own beside the shop; returns its folder.
    async Task<string> BuildAsync(string name, (string File, string Text)[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(shop.Folder, name)).FullName;
        foreach (var (file, text) in files)
            await File.WriteAllTextAsync(Path.Combine(folder, file), text, Token);
        var build = await Sdk.RunAsync(folder, Token, "build", "-nologo");
        Assert.True(build.ExitCode == 0, build.Output);
        return folder;
    }
}
