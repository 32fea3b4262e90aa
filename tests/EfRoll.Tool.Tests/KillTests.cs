using System.Diagnostics;
using System.Globalization;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Tool.Tests;

/// <summary>Killed without notice, the tool leaves what the same command goes on with, or <c>rollback</c> takes back.</summary>
public sealed class KillTests(UsersToRelease users) : IClassFixture<UsersToRelease>
{
    const string Started = "SELECT count(*) FROM efroll.rollouts WHERE phase IN ('expanding', 'expanded')";

    // An index is not built concurrently before every earlier snapshot is gone.
    const string TakeSnapshot = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1";

    const string ReadUsers = "SELECT 1 FROM \"Users\" LIMIT 1";

    static readonly string[] Start = ["start", "--assembly", Application.Sample.Assembly];

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    const string IndexIsBuilt =
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE%INDEX CONCURRENTLY%' AND wait_event_type = 'Lock')";

    const string BatchIsStopped =
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'UPDATE ONLY%' AND wait_event_type = 'Lock')";

    const string Open = "(SELECT id FROM efroll.rollouts WHERE phase = 'expanding')";

    // How to see that it is there. Those without a hold are held up by the backfill itself, which takes a second or more.
    static readonly Dictionary<string, Way> Ways = new()
    {
        ["first step"] = new($"SELECT EXISTS (SELECT FROM efroll.steps WHERE rollout_id = {Open} AND finished_at IS NOT NULL)"),
        ["backfill"] = new($"SELECT EXISTS (SELECT FROM efroll.backfills WHERE rollout_id = {Open} AND next_page > 0 AND next_page < pages)"),
        // One of the last rows, so that the batch has written others before it. Earlier, its lock would be in the way of the columns.
        ["within a batch"] = new(BatchIsStopped)
        {
            Hold = "SELECT 1 FROM \"Users\" ORDER BY \"Id\" DESC LIMIT 1 FOR UPDATE",
            HoldFrom = $"SELECT EXISTS (SELECT FROM efroll.backfills WHERE rollout_id = {Open} AND next_page > 0)",
        },
        ["index build"] = new(IndexIsBuilt) { Hold = TakeSnapshot },
        ["10 % of the steps"] = new(StepsAreDone(0.1)),
        ["30 % of the steps"] = new(StepsAreDone(0.3)),
        ["50 % of the steps"] = new(StepsAreDone(0.5)),
        ["70 % of the steps"] = new(StepsAreDone(0.7)),
    };

    // Between the steps of all kinds only where all faults are asked for.
    public static TheoryData<string> Moments => [.. Ways.Keys.Where(moment => !moment.Contains('%') || Environment.GetEnvironmentVariable("EFROLL_FAULTS") is not null)];

    static readonly Way AtCompletesLock = new("SELECT EXISTS (SELECT FROM efroll.rollouts WHERE phase = 'contracting')") { Hold = ReadUsers };

    static string StepsAreDone(double share) => string.Create(CultureInfo.InvariantCulture, $"""
        SELECT count(finished_at) >= {share} * (SELECT jsonb_array_length(plan -> 'Expand') FROM efroll.rollouts WHERE id = {Open})
        FROM efroll.steps WHERE rollout_id = {Open}
        """);

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Start_that_was_killed_goes_on(string moment)
    {
        await using var database = await users.CopyAsync(Token);
        await KillAtAsync(database, Start, Ways[moment]);
        Assert.Equal(1L, await database.ScalarAsync<long>(Started, Token));

        (await RunAsync(database, Start)).Expect(ExitCode.Success);
        await AllRowsAreFilledAsync(database, moment);
        (await RunAsync(database, "complete")).Expect(ExitCode.Success);

        await IsCompleteAsync(database);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Start_that_was_killed_is_taken_back(string moment)
    {
        await using var database = await users.CopyAsync(Token);
        var before = await SchemaDump.ReadAsync(database, Token);
        await KillAtAsync(database, Start, Ways[moment]);
        Assert.Equal(1L, await database.ScalarAsync<long>(Started, Token));

        (await RunAsync(database, "rollback")).Expect(ExitCode.Success);

        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), $"after rollback of a start killed at: {moment}", columnOrderMatters: true);
        Assert.Equal((long)UsersToRelease.Rows, await database.ScalarAsync<long>(
            "SELECT count(*) FROM \"Users\" WHERE \"FirstName\" = 'First' || \"Credits\" AND \"LastName\" = 'Last ' || \"Credits\" AND \"Bio\" IS NOT DISTINCT FROM CASE WHEN \"Credits\" % 2 = 0 THEN 'about ' || \"Credits\" END",
            Token));
    }

    [Fact]
    public async Task Complete_that_was_killed_goes_on_or_back()
    {
        await using var database = await users.CopyAsync(Token);
        var before = await SchemaDump.ReadAsync(database, Token);
        (await RunAsync(database, Start)).Expect(ExitCode.Success);

        // Somebody reads the table, so that complete cannot take its lock yet, and has changed nothing.
        await KillAtAsync(database, ["complete"], AtCompletesLock);
        (await RunAsync(database, "rollback")).Expect(ExitCode.Success);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after rollback of a complete that was killed", columnOrderMatters: true);

        (await RunAsync(database, Start)).Expect(ExitCode.Success);
        await KillAtAsync(database, ["complete"], AtCompletesLock);
        (await RunAsync(database, "complete")).Expect(ExitCode.Success);
        await IsCompleteAsync(database);
    }

    [Fact]
    public async Task The_next_command_waits_until_the_server_has_noticed_that_the_tool_is_gone()
    {
        await using var database = await users.CopyAsync(Token);
        await using var holder = await HoldAsync(database, TakeSnapshot);
        using (var process = await ReachAsync(database, Start, IndexIsBuilt))
            await KillAsync(process);

        // The server is still in the killed tool's statement, and looks after its client every two seconds.
        using var next = ToolProcess.Start(Path.GetTempPath(), database.ConnectionString, "rollback");
        var errors = next.StandardError.ReadToEndAsync(Token);
        await next.WaitForExitAsync(Token);

        Assert.True(next.ExitCode == 0, await errors);
    }

    /// <summary>Runs it with something in its way, so that it cannot end; kills it when it has got as far as is asked; clears the way.</summary>
    static async Task KillAtAsync(TestDatabase database, string[] command, Way way)
    {
        await using var early = way.Hold is not null && way.HoldFrom is null ? await HoldAsync(database, way.Hold) : null;
        using var process = await ReachAsync(database, command, way.HoldFrom ?? way.Reached);
        await using var late = way.HoldFrom is not null ? await HoldAsync(database, way.Hold!) : null;
        if (late is not null)
            await ReachAsync(database, process, way.Reached);
        await KillAsync(process);
    }

    static async Task<NpgsqlConnection> HoldAsync(TestDatabase database, string hold)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand("BEGIN; " + hold, connection);
        await command.ExecuteNonQueryAsync(Token);
        return connection;
    }

    static async Task<Process> ReachAsync(TestDatabase database, string[] command, string reached)
    {
        var process = ToolProcess.Start(Path.GetTempPath(), database.ConnectionString, command);
        _ = process.StandardOutput.ReadToEndAsync(Token);
        await ReachAsync(database, process, reached);
        return process;
    }

    static async Task ReachAsync(TestDatabase database, Process process, string reached)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await IsReachedAsync(database, reached))
        {
            Assert.False(process.HasExited, process.HasExited ? await process.StandardError.ReadToEndAsync(Token) : "");
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, "It never got there: " + reached);
            // Leaves the processor to the tool; what counts is the state.
            await Task.Delay(5, Token);
        }
    }

    static async Task KillAsync(Process process)
    {
        Assert.False(process.HasExited, "It ended before it could be killed.");
        process.Kill();
        await process.WaitForExitAsync(Token);
    }

    static async Task<bool> IsReachedAsync(TestDatabase database, string reached)
    {
        try
        {
            return await database.ScalarAsync<bool>(reached, Token);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable)
        {
            return false;
        }
    }

    static async Task AllRowsAreFilledAsync(TestDatabase database, string moment)
    {
        var schema = await database.ScalarAsync<string>("SELECT version_schemas[1] FROM efroll.rollouts WHERE phase = 'expanded'", Token);
        Assert.True(
            await database.ScalarAsync<long>(Filled($"\"{schema}\".\"Users\""), Token) == UsersToRelease.Rows, $"Not every row is filled after a kill at: {moment}");
    }

    async Task IsCompleteAsync(TestDatabase database)
    {
        SchemaDump.AssertSame(users.Last, await SchemaDump.ReadAsync(database, Token), "from what EF Core makes");
        Assert.Equal((long)UsersToRelease.Rows, await database.ScalarAsync<long>(Filled("\"Users\""), Token));
    }

    static string Filled(string table) =>
        $"""SELECT count(*) FROM {table} WHERE "FullName" = 'First' || "Credits" || ' Last ' || "Credits" AND "Bio" = CASE WHEN "Credits" % 2 = 0 THEN 'about ' || "Credits" ELSE 'No bio yet.' END""";

    static Task<ToolProcess> RunAsync(TestDatabase database, params string[] arguments) =>
        ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, arguments);

    /// <summary>A moment to be killed at.</summary>
    /// <param name="Reached">Whether it is there.</param>
    sealed record Way(string Reached)
    {
        /// <summary>What stands in its way there.</summary>
        public string? Hold { get; init; }

        /// <summary>From when on; from the beginning, where it is null.</summary>
        public string? HoldFrom { get; init; }
    }
}
