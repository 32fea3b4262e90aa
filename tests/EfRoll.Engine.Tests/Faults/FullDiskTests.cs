using System.Diagnostics;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Faults;

/// <summary>The disk of a table is full in the middle of its backfill: with more room the same command goes on, and without any <c>rollback</c> takes it back.</summary>
public sealed class FullDiskTests
{
    const int Rows = 20_000;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backfill_on_a_full_disk_goes_on_or_is_taken_back()
    {
        // A file system of so much and no more takes root to mount, and a user that the server runs as.
        Assert.SkipUnless(Environment.UserName == "root" && OperatingSystem.IsLinux(), "Only root can mount a file system that is full soon.");
        await using var own = await OwnServer.StartAsync(Token, "autovacuum=off");
        await using var disk = await Disk.MountAsync("64m");
        await own.ExecuteAsync($"CREATE TABLESPACE small LOCATION '{disk.Folder}'", Token);
        try
        {
            await using var database = await TestDatabase.CreateAsync(own.Server, Token);
            await database.ExecuteAsync($"""
                CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL) TABLESPACE small;
                INSERT INTO people SELECT n, repeat('x', 500) || n FROM generate_series(1, {Rows}) AS n;
                """, Token);
            var before = await SchemaDump.ReadAsync(database, Token);
            await using var second = await database.CopyAsync(Token);
            // A copy takes its room on disk with the next checkpoint, at the latest. What is left then is less than one backfill needs.
            await own.ExecuteAsync("CHECKPOINT", Token);
            await disk.ResizeAsync("27m");
            var request = new RolloutRequest([new Migration("m",
                [new AddColumn(new RelationName("people"), new ColumnDefinition(new Identifier("copy"), "text") { IsNullable = false }) { Up = new Expression("name || '!'") }])]);

            var error = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).ExpandAsync(request, Token));
            Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
            await new RollEngine(database.DataSource, new RollOptions()).RollbackAsync(Token);
            SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after rollback on a full disk", columnOrderMatters: true);
            Assert.Equal((long)Rows, await database.ScalarAsync<long>("SELECT count(*) FROM people WHERE name = repeat('x', 500) || id", Token));

            await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(second.DataSource, new RollOptions()).ExpandAsync(request, Token));
            await disk.ResizeAsync("256m");
            await new RollEngine(second.DataSource, new RollOptions()).ExpandAsync(request, Token);
            await new RollEngine(second.DataSource, new RollOptions()).ContractAsync(Token);
            Assert.Equal((long)Rows, await second.ScalarAsync<long>("SELECT count(*) FROM people WHERE copy = name || '!'", Token));
        }
        finally
        {
            // The server has to let go of the disk before it is taken away.
            NpgsqlConnection.ClearPool(new NpgsqlConnection(own.Server.ConnectionString));
            await own.ExecuteAsync("DROP TABLESPACE small", CancellationToken.None);
        }
    }

    sealed class Disk(string folder) : IAsyncDisposable
    {
        public string Folder => folder;

        public static async Task<Disk> MountAsync(string size)
        {
            var folder = Directory.CreateTempSubdirectory("efroll-disk-").FullName;
            if (await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder) is { } refused)
            {
                Directory.Delete(folder);
                Assert.Skip($"No file system can be mounted here: {refused}");
            }

            // Whichever user the server runs as.
            Assert.Null(await RunAsync("chmod", "777", folder));
            Assert.Null(await RunAsync("chown", "postgres", folder));
            return new Disk(folder);
        }

        public async Task ResizeAsync(string size) => Assert.Null(await RunAsync("mount", "-o", $"remount,size={size}", folder));

        public async ValueTask DisposeAsync()
        {
            Assert.Null(await RunAsync("umount", folder));
            Directory.Delete(folder);
        }

        // Null where it went well.
        static async Task<string?> RunAsync(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var errors = await process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode == 0 ? null : errors.Trim();
        }
    }
}
