using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EfRoll.TestSupport;

namespace EfRoll.Bench.Build;

/// <summary>A project of migrations on disk, with or without what writes their manifests.</summary>
sealed partial class MigrationsProject(string folder, int migrations, bool hasManifests)
{
    const int Tables = 20;

    // The task and the design host are those that were built as this program was.
    static readonly string Configuration = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory).EndsWith("release", StringComparison.OrdinalIgnoreCase) ? "Release" : "Debug";

    /// <summary>Where its manifests are; there are none without.</summary>
    public string Manifests => Path.Combine(folder, "obj", Configuration, "net10.0", "efroll", "BenchContext");

    /// <summary>Writes the sources, and builds them once.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await WriteAsync("Bench.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <EfRollBuildFromSource>false</EfRollBuildFromSource>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Npgsql.EntityFrameworkCore.PostgreSQL" Version="10.0.0" />
              </ItemGroup>
              {(hasManifests ? $"<Import Project=\"{RepositoryRoot.File("src", "EfRoll.MSBuild", "FromSource.targets")}\" />" : "")}
            </Project>
            """, cancellationToken);
        await WriteAsync("BenchContext.cs", "public class BenchContext(Microsoft.EntityFrameworkCore.DbContextOptions<BenchContext> options) : Microsoft.EntityFrameworkCore.DbContext(options);", cancellationToken);
        foreach (var number in Enumerable.Range(0, migrations))
            await WriteAsync($"M{number}.cs", MigrationOf(number, column: "integer"), cancellationToken);
        await RunAsync(["restore"], cancellationToken);
        await BuildAsync(cancellationToken);
    }

    /// <summary>Changes one migration.</summary>
    public Task EditAsync(string column, CancellationToken cancellationToken) => WriteAsync("M0.cs", MigrationOf(0, column), cancellationToken);

    /// <summary>Changes a file that is no migration, so that the assembly is compiled anew.</summary>
    public Task TouchAsync(int number, CancellationToken cancellationToken) =>
        WriteAsync("Other.cs", string.Create(CultureInfo.InvariantCulture, $"static class Other {{ public const int Number = {number}; }}"), cancellationToken);

    /// <summary>Builds it as a developer does.</summary>
    public async Task<BuildTime> BuildAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var output = await RunAsync(["build", "--no-restore", "-clp:PerformanceSummary"], cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var own = OwnTime().Matches(output).Select(match => (Name: match.Groups["name"].Value, Milliseconds: double.Parse(match.Groups["ms"].ValueSpan, CultureInfo.InvariantCulture))).ToList();
        // The task stands in the list of tasks once it runs.
        return new BuildTime(seconds, own.Where(each => each.Name != "WriteManifests").Sum(each => each.Milliseconds), own.Exists(each => each.Name == "WriteManifests"));
    }

    // Columns, an index, a foreign key, and the model that EF Core writes beside each migration.
    static string MigrationOf(int number, string column)
    {
        var model = new StringBuilder();
        for (var table = 0; table < Tables; table++)
        {
            model.Append(CultureInfo.InvariantCulture, $$"""
                        modelBuilder.Entity("Bench.T{{table}}", b =>
                        {
                            b.Property<int>("Id").HasColumnType("integer");
                            b.Property<int?>("ParentId").HasColumnType("integer");
                            b.Property<string>("Name").IsRequired().HasMaxLength(200).HasColumnType("character varying(200)");
                            b.Property<string>("Bio").HasColumnType("text");
                            b.HasKey("Id");
                            b.HasIndex("ParentId");
                            b.ToTable("T{{table}}");
                        });

                """);
        }

        return $$"""
            using Microsoft.EntityFrameworkCore;
            using Microsoft.EntityFrameworkCore.Infrastructure;
            using Microsoft.EntityFrameworkCore.Migrations;

            [DbContext(typeof(BenchContext))]
            [Migration("20250101{{number:000000}}_M{{number}}")]
            public class M{{number}} : Migration
            {
                protected override void Up(MigrationBuilder migrationBuilder)
                {
                    migrationBuilder.AddColumn<int>("Added{{number}}", "T{{number % Tables}}", type: "{{column}}", nullable: true);
                    migrationBuilder.CreateIndex("IX_{{number}}", "T{{number % Tables}}", "Added{{number}}");
                    migrationBuilder.AddForeignKey("FK_{{number}}", "T{{number % Tables}}", "Added{{number}}", "T{{(number + 1) % Tables}}", principalColumn: "Id");
                }

                protected override void Down(MigrationBuilder migrationBuilder)
                {
                    migrationBuilder.DropForeignKey("FK_{{number}}", "T{{number % Tables}}");
                    migrationBuilder.DropIndex("IX_{{number}}", "T{{number % Tables}}");
                    migrationBuilder.DropColumn("Added{{number}}", "T{{number % Tables}}");
                }

                protected override void BuildTargetModel(ModelBuilder modelBuilder)
                {
            {{model}}    }
            }
            """;
    }

    Task WriteAsync(string file, string text, CancellationToken cancellationToken) => File.WriteAllTextAsync(Path.Combine(folder, file), text, cancellationToken);

    async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        string[] configured = arguments is ["build", ..] ? ["-c", Configuration] : [];
        var (exitCode, output) = await Sdk.RunAsync(folder, cancellationToken, [.. arguments, .. configured, "-nologo"]);
        return exitCode == 0 ? output : throw new InvalidOperationException($"dotnet {arguments[0]} failed:\n{output}");
    }

    // Our targets and our task in MSBuild's own table of where the time went: "    12 ms  _EfRollReferences    1 calls".
    [GeneratedRegex(@"^\s*(?<ms>\d+) ms\s+(?<name>_?EfRoll\w+|WriteManifests)\s", RegexOptions.Multiline)]
    private static partial Regex OwnTime();
}

/// <summary>What a build took.</summary>
/// <param name="Seconds">All of it, the start of its process included.</param>
/// <param name="OwnMilliseconds">Our targets, by MSBuild's own count.</param>
/// <param name="HasWritten">Whether the design host was started.</param>
sealed record BuildTime(double Seconds, double OwnMilliseconds, bool HasWritten);
