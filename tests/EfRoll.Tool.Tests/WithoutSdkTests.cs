using System.Diagnostics;
using EfRoll.Engine;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;

namespace EfRoll.Tool.Tests;

/// <summary>A machine that only deploys: it has the .NET runtime, the tool and the published manifests, but no SDK and no sources.</summary>
public sealed class WithoutSdkTests : IDisposable
{
    readonly MigrationFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Published_manifests_are_rolled_out_where_there_is_only_the_runtime()
    {
        var runtime = MakeRuntime();
        await using var database = await TestDatabase.CreateAsync(Token);
        ManifestFolder.Write(Path.Combine(_folder.Path, "efroll"), new ContextManifest("Shop",
            [new MigrationManifest(new Migration("1_Create", [new CreateTable(new RelationName("orders"), [new ColumnDefinition(new Identifier("id"), "integer")])]))]));

        Assert.NotEqual(0, (await RunAsync(runtime, "build")).ExitCode);
        var tool = Path.Combine(AppContext.BaseDirectory, "EfRoll.Tool.dll");
        var start = await RunAsync(runtime, "exec", tool, "start", "--manifests", "efroll", "--connection", database.ConnectionString, "--complete");

        Assert.True(start.ExitCode == 0, start.Output);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM orders", Token));
    }

    public void Dispose() => _folder.Dispose();

    // The installation that runs this test, without its folder "sdk". The program itself is copied: it would look beside what a link leads to.
    string MakeRuntime()
    {
        var installed = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        var made = Directory.CreateDirectory(Path.Combine(_folder.Path, "dotnet")).FullName;
        var program = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        File.Copy(Path.Combine(installed, program), Path.Combine(made, program));
        foreach (var part in (string[])["host", "shared"])
            Directory.CreateSymbolicLink(Path.Combine(made, part), Path.Combine(installed, part));
        return Path.Combine(made, program);
    }

    async Task<(int ExitCode, string Output)> RunAsync(string dotnet, params string[] arguments)
    {
        var start = new ProcessStartInfo(dotnet, arguments) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = Path.GetDirectoryName(dotnet);
        start.Environment.Remove("DOTNET_ROOT");
        start.Environment.Remove("DOTNET_HOST_PATH");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var errors = process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, await output + await errors);
    }
}
