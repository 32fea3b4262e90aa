using EfRoll.TestSupport;

namespace EfRoll.MSBuild.Tests;

/// <summary>A library with migrations and an application that refers to it, built once with the targets of this repository.</summary>
public sealed class Shop : IAsyncLifetime
{
    public const string Orders = "20260101000000_Orders";
    public const string Numbers = "20260202000000_Numbers";
    public const string Positive = "20260303000000_Positive";

    public string Folder { get; } = Directory.CreateTempSubdirectory("efroll-msbuild-").FullName;

    public string Data => Path.Combine(Folder, "Data");

    public string App => Path.Combine(Folder, "App");

    public (int ExitCode, string Output) FirstBuild { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Data);
        Directory.CreateDirectory(App);
        await File.WriteAllTextAsync(
            Path.Combine(Data, "Data.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <EfRollBuildFromSource>false</EfRollBuildFromSource>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Npgsql.EntityFrameworkCore.PostgreSQL" Version="10.0.0" />
              </ItemGroup>
              <Import Project="{RepositoryRoot.File("src", "EfRoll.MSBuild", "FromSource.targets")}" />
            </Project>
            """);
        await File.WriteAllTextAsync(
            Path.Combine(Data, "ShopContext.cs"),
            """
            using Microsoft.EntityFrameworkCore;

            namespace Shop.Data;

            public class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options);
            """);
        await WriteMigrationAsync(
            Orders,
            """
            migrationBuilder.CreateTable("Orders", table => new { Id = table.Column<int>("integer") }, constraints: table => table.PrimaryKey("PK_Orders", order => order.Id));
            """);
        await WriteMigrationAsync(Numbers, "migrationBuilder.AlterDatabase(collation: \"C\");");
        await File.WriteAllTextAsync(
            Path.Combine(App, "App.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../Data/Data.csproj" />
              </ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(Path.Combine(App, "Program.cs"), "System.Console.WriteLine(typeof(Shop.Data.ShopContext));");
        FirstBuild = await Sdk.RunAsync(App, CancellationToken.None, "build", "-nologo");
    }

    /// <summary>Writes the snapshot of a model with orders.</summary>
    public Task WriteSnapshotAsync(string more) => File.WriteAllTextAsync(
        Path.Combine(Data, "ShopContextModelSnapshot.cs"),
        $$"""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.EntityFrameworkCore.Infrastructure;

        namespace Shop.Data.Migrations;

        [DbContext(typeof(ShopContext))]
        partial class ShopContextModelSnapshot : ModelSnapshot
        {
            protected override void BuildModel(ModelBuilder modelBuilder) =>
                modelBuilder.Entity("Order", order => { order.Property<int>("Id").HasColumnType("integer"); {{more}} order.HasKey("Id"); order.ToTable("Orders"); });
        }
        """);

    public Task WriteMigrationAsync(string id, string up, string more = "")
    {
        var name = id[15..];
        return File.WriteAllTextAsync(
            Path.Combine(Data, id + ".cs"),
            $$"""
            using Microsoft.EntityFrameworkCore.Infrastructure; using Microsoft.EntityFrameworkCore;
            using Microsoft.EntityFrameworkCore.Migrations;

            namespace Shop.Data.Migrations;

            [DbContext(typeof(ShopContext))]
            [Migration("{{id}}")]
            public partial class {{name}} : Migration
            {
                protected override void Up(MigrationBuilder migrationBuilder)
                {
                    {{up}}
                }

                {{more}}
            }
            """);
    }

    /// <summary>The manifests in a folder, as paths below its <c>efroll</c>.</summary>
    public static IEnumerable<string> Manifests(params string[] folder)
    {
        var root = Path.Combine([.. folder, "efroll"]);
        return Directory.Exists(root)
            ? Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')).Order(StringComparer.Ordinal)
            : [];
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, true);
        return ValueTask.CompletedTask;
    }
}
