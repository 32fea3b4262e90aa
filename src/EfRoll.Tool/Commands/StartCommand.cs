using EfRoll.Engine;
using EfRoll.Tool.Output;
using McMaster.Extensions.CommandLineUtils;
using Npgsql;

namespace EfRoll.Tool.Commands;

/// <summary><c>start</c>: makes the database serve both versions.</summary>
static class StartCommand
{
    public static void AddTo(CommandLineApplication root, Reporter reporter, CancellationToken cancellationToken) => root.Command("start", command =>
    {
        command.Description = "Makes the database serve the old and the new version of the application at once; goes on where it was stopped.";
        var source = new SourceOptions(command, isForMigrations: true);
        var rollout = new RolloutOptions(command);
        var complete = command.Option("--complete", "Complete it at once, where nobody runs the old version.", CommandOptionType.NoValue);
        var switches = new BackfillSwitches(command);
        var database = new DatabaseOptions(command, hasLocks: true);
        var drift = database.AddAcceptDrift();
        command.OnExecute(async () =>
        {
            var wantsJson = database.WantsJson;
            var options = database.ToRollOptions() with { Backfill = switches.AreGiven ? switches.Apply(new BackfillOptions()) : null, AcceptsDrift = drift.HasValue() };
            var wanted = rollout.Read();
            var migrations = await source.ReadAsync(reporter, cancellationToken).ConfigureAwait(false);
            var request = migrations.ToRequest(wanted);
            var connection = database.Connection(migrations.Manifest.ConnectionString);
            var dataSource = NpgsqlDataSource.Create(connection);
            await using var closing = dataSource.ConfigureAwait(false);
            await RolloutOptions.RefuseUntranslatedAsync(new RollEngine(dataSource, options), migrations, request, reporter, cancellationToken).ConfigureAwait(false);

            var status = await TerminalProgress.ShowAsync(reporter, wantsJson,
                (progress, token) => new RollEngine(dataSource, options, progress).ExpandAsync(request, token), cancellationToken).ConfigureAwait(false);
            if (status is null)
            {
                reporter.Say("Nothing to do: no migration is pending.");
                return (int)ExitCode.Success;
            }

            if (status.Phase == Phase.Completed)
            {
                reporter.Say($"{status.TargetMigration} is complete.");
                return (int)ExitCode.Success;
            }

            if (complete.HasValue())
            {
                var end = await TerminalProgress.ShowAsync(reporter, wantsJson,
                (progress, token) => new RollEngine(dataSource, options, progress).ContractAsync(token), cancellationToken).ConfigureAwait(false);
                reporter.Say($"{end.TargetMigration} is complete.");
                return (int)ExitCode.Success;
            }

            reporter.Say($"{status.TargetMigration} is started. Now deploy the new version of the application beside the old one;");
            reporter.Say($"it sees the database through {string.Join(", ", status.VersionSchemas)}.");
            reporter.Say("Then stop the old one and run 'complete'; or stop the new one and run 'rollback'.");
            return (int)ExitCode.Success;
        });
    });
}
