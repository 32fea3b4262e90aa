using EfRoll.Engine;
using EfRoll.Tool.Output;
using McMaster.Extensions.CommandLineUtils;
using Npgsql;

namespace EfRoll.Tool.Commands;

/// <summary><c>status</c>: says how the database stands.</summary>
static class StatusCommand
{
    public static void AddTo(CommandLineApplication root, Reporter reporter, CancellationToken cancellationToken) => root.Command("status", command =>
    {
        command.Description = "Says how the database stands: its version, the open rollout, the last one.";
        var json = command.Option("--json", "Write JSON, for programs.", CommandOptionType.NoValue);
        var database = new DatabaseOptions(command, hasLocks: false);
        var source = new SourceOptions(command, isForMigrations: false);
        command.OnExecute(async () =>
        {
            var options = database.ToRollOptions();
            var connection = await source.FindDatabaseAsync(database, reporter, cancellationToken).ConfigureAwait(false);
            var dataSource = NpgsqlDataSource.Create(connection);
            await using var closing = dataSource.ConfigureAwait(false);
            var status = await new RollEngine(dataSource, options).StatusAsync(cancellationToken).ConfigureAwait(false);
            reporter.Data(json.HasValue() ? StatusText.AsJson(status) : StatusText.ForPeople(status, ConnectionText.Describe(connection)));
            return (int)ExitCode.Success;
        });
    });
}
