using System.Text.Json;
using EfRoll.TestSupport;

namespace EfRoll.Tool.Tests;

/// <summary>A backfill that is held, paused and tuned from another terminal.</summary>
public sealed class PauseTests(UsersToRelease users) : IClassFixture<UsersToRelease>
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_running_start_is_held_paused_tuned_and_let_go()
    {
        await using var database = await users.CopyAsync(Token);
        Assert.Contains("EFR1405", (await RunAsync(database, "pause")).Expect(ExitCode.Failed).Errors, StringComparison.Ordinal);
        using var start = ToolProcess.Start(
            Path.GetTempPath(), database.ConnectionString,
            "start", "--assembly", Application.Sample.Assembly, "--progress", "json", "--workers", "1", "--brake-query", "SELECT 'wait for me'");
        var lines = start.StandardOutput.ReadToEndAsync(Token);
        var errors = start.StandardError.ReadToEndAsync(Token);
        await StatusHoldsAsync(database, start, "wait for me");

        (await RunAsync(database, "pause")).Expect(ExitCode.Success);
        (await RunAsync(database, "tune", "--brake-query", "off", "--workers", "2")).Expect(ExitCode.Success);
        await StatusHoldsAsync(database, start, "paused since");
        Assert.Equal("{\"Workers\": 2, \"BatchTime\": \"00:00:00.1000000\", \"BrakeQuery\": null, \"MaxWalRate\": null, \"MaxSlowdown\": 3, \"MaxReplicaLag\": \"00:00:10\", \"MaxActiveSessions\": 80, \"HoldsForWraparound\": true, \"MaxWaitingSessions\": 0}",
            await database.ScalarAsync<string>("SELECT backfill_options::text FROM efroll.rollouts WHERE phase = 'expanding'", Token));
        (await RunAsync(database, "resume")).Expect(ExitCode.Success);
        await start.WaitForExitAsync(Token);

        Assert.True(start.ExitCode == 0, await errors);
        var events = (await lines).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Contains(events, line => Event(line) == "step" && line.GetProperty("state").GetString() == "done");
        var backfills = events.Where(line => Event(line) == "backfill").ToList();
        Assert.Contains(backfills, line => line.GetProperty("heldBy").EnumerateArray().Any(reason => reason.GetString() == "wait for me"));
        Assert.Equal(UsersToRelease.Rows, backfills[^1].GetProperty("rows").GetInt64());
        Assert.Contains("EFR1605", (await RunAsync(database, "tune", "--workers", "1")).Expect(ExitCode.Failed).Errors, StringComparison.Ordinal);
    }

    static string? Event(JsonElement line) => line.GetProperty("event").GetString();

    static async Task StatusHoldsAsync(TestDatabase database, System.Diagnostics.Process start, string text)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        while (!(await RunAsync(database, "status")).Expect(ExitCode.Success).Output.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(start.HasExited, "It ended.");
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    static Task<ToolProcess> RunAsync(TestDatabase database, params string[] arguments) =>
        ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, arguments);
}
