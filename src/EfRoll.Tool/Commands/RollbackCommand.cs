using EfRoll.Engine;
using EfRoll.Tool.Output;
using McMaster.Extensions.CommandLineUtils;
using Npgsql;

namespace EfRoll.Tool.Commands;

/// <summary><c>rollback</c>: undoes the open rollout.</summary>
static class RollbackCommand
{
    public static void AddTo(CommandLineApplication root, Reporter reporter, CancellationToken cancellationToken) => root.Command("rollback", command =>
    {
        command.Description = "Ends the new version: everything is as before start. Stop the new version of the application first.";
        var database = new DatabaseOptions(command, hasLocks: true);
        var source = new SourceOptions(command, isForMigrations: false);
        command.OnExecute(async () =>
        {
            var wantsJson = database.WantsJson;
            var options = database.ToRollOptions();
            var connection = await source.FindDatabaseAsync(database, reporter, cancellationToken).ConfigureAwait(false);
            var dataSource = NpgsqlDataSource.Create(connection);
            await using var closing = dataSource.ConfigureAwait(false);
            var status = await TerminalProgress.ShowAsync(reporter, wantsJson,
                (progress, token) => new RollEngine(dataSource, options, progress).RollbackAsync(token), cancellationToken).ConfigureAwait(false);
            reporter.Say($"{status.TargetMigration} is rolled back: everything is as before.");
            return (int)ExitCode.Success;
        });
    });
}
