using System.Diagnostics;
using System.Text.Json;
using EfRoll.Engine;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;

namespace EfRoll.Translator.Tests.Host;

/// <summary>Runs the host as the tool and the build do: in a process of its own, with the application's dependencies.</summary>
public sealed class DesignHostTests : IDisposable
{
    static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
    readonly string _folder = Directory.CreateTempSubdirectory("efroll-host-").FullName;

    [Fact]
    public async Task A_context_is_made_by_its_factory_and_described()
    {
        var result = await DescribeAsync("SmallApp", "--context", "ShopContext", "--project-dir", RepositoryRoot.File("tests", "Fixtures", "SmallApp"));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("noise from the application", result.Output, StringComparison.Ordinal);
        var manifest = result.Manifest();
        Assert.Equal("SmallApp.ShopContext", manifest.Name);
        Assert.Equal("Host=db;Database=shop;Username=me;Password=secret", manifest.ConnectionString);
        Assert.Equal(["20240101000000_Create", "20240102000000_RequireName", "20240103000000_NoWayBack"], manifest.Migrations.Select(migration => migration.Migration.Id));
        Assert.Equal((new RelationName("__EFMigrationsHistory"), new Identifier("MigrationId")), (manifest.History!.Table, manifest.History.IdColumn));
        Assert.Contains("'20240101000000_Create'", manifest.Migrations[0].InsertHistory!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("DELETE FROM \"__EFMigrationsHistory\"", manifest.Migrations[0].DeleteHistory!.ToString(), StringComparison.Ordinal);

        var alter = manifest.Migrations[1].Migration.Operations[0];
        Assert.Equal(new SourceLocation("20240102000000_RequireName", Path.Combine("Migrations", "20240102000000_RequireName.cs"), 12, 9), alter.Source);
        Assert.Equal(new Expression("''"), Assert.IsType<AlterColumn>(alter).UpFill);
    }

    [Fact]
    public async Task A_Down_that_throws_does_no_harm()
    {
        var manifest = (await DescribeAsync("SmallApp", "--context", "SmallApp.ShopContext")).Manifest();

        var refusal = Assert.Single(manifest.Migrations[2].Refusals);
        Assert.Equal((int)ErrorCode.InvalidHint, refusal.Code);
        Assert.Equal(13, refusal.Source!.Line);
    }

    [Fact]
    public async Task The_script_for_an_empty_database_runs_although_raw_SQL_ends_without_a_semicolon()
    {
        var script = (await DescribeAsync("SmallApp", "--context", "ShopContext")).Manifest().FreshScript!;
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);

        await using var command = database.DataSource.CreateCommand(script);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await using var count = database.DataSource.CreateCommand("SELECT count(*) FROM \"__EFMigrationsHistory\" CROSS JOIN (SELECT count(\"Name\") FROM \"Customers\") AS c");
        Assert.Equal(3L, await count.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_context_without_connection_is_described_with_a_warning()
    {
        var result = await DescribeAsync("SmallApp", "--context", "auditcontext");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("warning EFR2107: ", result.Errors, StringComparison.Ordinal);
        Assert.Null(result.Manifest().ConnectionString);
        Assert.Equal(new RelationName("audit", "applied migrations"), result.Manifest().History!.Table);
    }

    [Fact]
    public async Task Several_contexts_need_a_name()
    {
        var result = await DescribeAsync("SmallApp");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("error EFR2104: There are several DbContexts: SmallApp.AuditContext, SmallApp.ShopContext. Name one with --context.", result.Errors.Trim());
        Assert.False(File.Exists(result.ManifestFile));
    }

    [Fact]
    public async Task An_unknown_context_is_an_error()
    {
        var result = await DescribeAsync("SmallApp", "--context", "Nobody");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error EFR2103: There is no DbContext called Nobody; there are: SmallApp.AuditContext, ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_of_the_application_s_services_is_had_without_starting_the_application()
    {
        var result = await DescribeAsync("WebShop");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("Host=db;Database=orders;Application Name=WebShop Development", result.Manifest().ConnectionString);
        Assert.Equal("numeric(12,2)", Assert.IsType<CreateTable>(Assert.Single(result.Manifest().Migrations[0].Migration.Operations)).Columns[0].Type);
        Assert.False(File.Exists(Path.Combine(OutputOf("WebShop"), "went-too-far")));
    }

    [Fact]
    public async Task A_library_can_be_the_startup_project()
    {
        var result = await DescribeLibraryAsync("PlainLibrary");

        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        Assert.Equal("PlainLibrary.NotesContext", result.Manifest().Name);
    }

    [Fact]
    public async Task A_build_writes_a_file_for_each_migration_without_running_the_application()
    {
        var references = Path.Combine(_folder, "references.txt");
        await File.WriteAllLinesAsync(references, Directory.EnumerateFiles(OutputOf("SmallApp"), "*.dll"), TestContext.Current.CancellationToken);
        var manifests = Path.Combine(_folder, "manifests");

        var result = await RunAsync([], ["migrations", "--assembly", Path.Combine(OutputOf("SmallApp"), "SmallApp.dll"), "--references", references, "--out-dir", manifests]);

        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        Assert.Matches(@"^[^\n]*20240103000000_NoWayBack\.cs\(13,9\): warning EFR2009: [^\n]+\n$", result.Errors);
        Assert.Equal(3, ManifestFolder.Read(manifests, "ShopContext").Migrations.Count);
        Assert.Null(ManifestFolder.Read(manifests, "SmallApp.AuditContext").ConnectionString);
    }

    [Fact]
    public async Task A_build_may_be_told_to_make_the_contexts_which_know_their_history_table()
    {
        var references = Path.Combine(_folder, "references.txt");
        await File.WriteAllLinesAsync(references, Directory.EnumerateFiles(OutputOf("SmallApp"), "*.dll"), TestContext.Current.CancellationToken);
        var manifests = Path.Combine(_folder, "manifests");

        var result = await RunAsync([], ["migrations", "--assembly", Path.Combine(OutputOf("SmallApp"), "SmallApp.dll"), "--references", references, "--out-dir", manifests, "--use-context", "true"]);

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(3, ManifestFolder.Read(manifests, "ShopContext").Migrations.Count);
        Assert.Equal(new RelationName("audit", "applied migrations"), ManifestFolder.Read(manifests, "SmallApp.AuditContext").History!.Table);
        Assert.DoesNotContain(Directory.EnumerateFiles(manifests, "*", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unchanged_migration_keeps_its_checksum()
    {
        Assert.Equal(0, (await DescribeLibraryAsync("Everything", "--context", "EverythingContext")).ExitCode);

        // Databases keep these. If they change here, raise MigrationChecksum.Version: else every user's migrations seem to have been edited.
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(ManifestFile, TestContext.Current.CancellationToken));
        Approval.Text("checksums", string.Join('\n', manifest.RootElement.GetProperty("migrations").EnumerateArray()
            .Select(migration => $"{migration.GetProperty("name").GetString()} {migration.GetProperty("checksum").GetString()}")));
    }

    [Theory]
    [InlineData("describe", "--assembly")]
    [InlineData("describe", "--nonsense", "x")]
    [InlineData("unknown")]
    public async Task Wrong_arguments_are_an_error(params string[] arguments)
    {
        var result = await RunAsync([], arguments);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error EFR2101: ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assembly_that_is_not_there_is_an_error()
    {
        var result = await RunAsync([], ["describe", "--assembly", "nowhere.dll", "--startup-assembly", "nowhere.dll", "--out", ManifestFile]);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error EFR2102: ", result.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string ManifestFile => Path.Combine(_folder, "manifest.json");

    static string OutputOf(string project) => RepositoryRoot.File("artifacts", "bin", project, Configuration);

    Task<HostResult> DescribeAsync(string application, params string[] arguments)
    {
        var output = OutputOf(application);
        var assembly = Path.Combine(output, $"{application}.dll");
        return RunAsync(
            ["--depsfile", Path.Combine(output, $"{application}.deps.json"), "--runtimeconfig", Path.Combine(output, $"{application}.runtimeconfig.json")],
            ["describe", "--assembly", assembly, "--startup-assembly", assembly, "--out", ManifestFile, .. arguments]);
    }

    // It has no runtime configuration, and its packages stay where they were restored to.
    Task<HostResult> DescribeLibraryAsync(string name, params string[] arguments)
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var library = Path.Combine(OutputOf(name), $"{name}.dll");
        return RunAsync(
            ["--depsfile", Path.ChangeExtension(library, ".deps.json"), "--additionalprobingpath", packages],
            ["describe", "--assembly", library, "--startup-assembly", library, "--out", ManifestFile, .. arguments]);
    }

    async Task<HostResult> RunAsync(string[] runtime, string[] arguments)
    {
        var host = Path.Combine(OutputOf("EfRoll.Translator"), "EfRoll.Translator.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", .. runtime, host, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        foreach (var variable in new[] { "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT" })
            start.Environment.Remove(variable);

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new HostResult(process.ExitCode, await output, await errors, ManifestFile);
    }

    sealed record HostResult(int ExitCode, string Output, string Errors, string ManifestFile)
    {
        public ContextManifest Manifest()
        {
            Assert.True(File.Exists(ManifestFile), Errors);
            return ManifestReader.ReadContext(File.ReadAllText(ManifestFile));
        }
    }
}
