using EfRoll.Engine;
using EfRoll.Tool.Output;
using McMaster.Extensions.CommandLineUtils;
using Npgsql;

namespace EfRoll.Tool.Commands;

/// <summary><c>complete</c>: makes the new version the only one.</summary>
static class CompleteCommand
{
    public static void AddTo(CommandLineApplication root, Reporter reporter, CancellationToken cancellationToken) => root.Command("complete", command =>
    {
        command.Description = "Ends the old version: only the new one is left. Refuses while the old version is connected, unless told otherwise.";
        var database = new DatabaseOptions(command, hasLocks: true);
        var source = new SourceOptions(command, isForMigrations: false);
        var wait = command.Option("--wait[:<TIME>]", "Wait until the last session of the old version has ended, or that long at most.", CommandOptionType.SingleOrNoValue);
        var force = command.Option("--force", "Go on although the old version is connected: its statements will fail.", CommandOptionType.NoValue);
        var verify = command.Option("--verify <HOW>",
            "Compare rows with what the migrations' expressions demand of them first, and refuse if some differ: sample, about 1,000 pages of each table, or full, all.", CommandOptionType.SingleValue);
        var drift = database.AddAcceptDrift();
        command.OnExecute(async () =>
        {
            var wantsJson = database.WantsJson;
            var options = WithSwitches(database.ToRollOptions(), wait, force) with
            {
                AcceptsDrift = drift.HasValue(),
                Verification = verify.Value() switch
                {
                    null => RowVerification.None,
                    "sample" => RowVerification.Sample,
                    "full" => RowVerification.Full,
                    var other => throw ToolMistakes.InvalidArgument("--verify", other, "sample or full"),
                },
            };
            var connection = await source.FindDatabaseAsync(database, reporter, cancellationToken).ConfigureAwait(false);
            var dataSource = NpgsqlDataSource.Create(connection);
            await using var closing = dataSource.ConfigureAwait(false);
            var status = await TerminalProgress.ShowAsync(reporter, wantsJson,
                (progress, token) => new RollEngine(dataSource, options, progress).ContractAsync(token), cancellationToken).ConfigureAwait(false);
            reporter.Say($"{status.TargetMigration} is complete: only the new version is left.");
            return (int)ExitCode.Success;
        });
    });

    static RollOptions WithSwitches(RollOptions options, CommandOption wait, CommandOption force)
    {
        if (force.HasValue())
        {
            return wait.HasValue()
                ? throw ToolMistakes.InvalidArgument("--force", "--wait", "one of the two")
                : options with { OldSessions = OldSessions.Ignore };
        }

        if (!wait.HasValue())
            return options;
        return options with
        {
            OldSessions = OldSessions.Wait,
            OldSessionsDeadline = wait.Value() is { Length: > 0 } time ? Durations.Parse("--wait", time) : null,
        };
    }
}
