using System.ComponentModel.DataAnnotations;
using EfRoll.Engine;
using EfRoll.Tool.Output;
using McMaster.Extensions.CommandLineUtils;
using Npgsql;

namespace EfRoll.Tool.Commands;

/// <summary><c>pause</c>, <c>resume</c>, <c>tune</c>: from another terminal, what the <c>start</c> that is at work does next.</summary>
static class BackfillCommands
{
    public static void AddTo(CommandLineApplication root, Reporter reporter, CancellationToken cancellationToken)
    {
        root.Command("pause", command =>
        {
            command.Description = "Has the backfills of the 'start' that is at work stop where they are, within a second; no transaction stays open.";
            Add(command, (engine, token) => engine.PauseAsync(token), "The backfills pause; 'resume' lets them go on.", reporter, cancellationToken);
        });
        root.Command("resume", command =>
        {
            command.Description = "Lets backfills go on that 'pause' has stopped.";
            Add(command, (engine, token) => engine.ResumeAsync(token), "The backfills go on; if no 'start' is at work, run it again.", reporter, cancellationToken);
        });
        root.Command("tune", command =>
        {
            command.Description = "Changes how hard the backfills work and what holds them, within a second; what is not given stays as it is.";
            var switches = new BackfillSwitches(command);
            command.OnValidate(_ =>
            {
                // Before anything is asked of the database.
                switches.Apply(new BackfillOptions());
                return switches.AreGiven ? ValidationResult.Success! : throw ToolMistakes.NothingToChange();
            });
            Add(command, (engine, token) => engine.TuneAsync(switches.Apply, token), "The backfills work so from now on.", reporter, cancellationToken);
        });
    }

    static void Add(
        CommandLineApplication command, Func<RollEngine, CancellationToken, Task<RolloutStatus>> change, string done, Reporter reporter, CancellationToken cancellationToken)
    {
        var database = new DatabaseOptions(command, hasLocks: false);
        var source = new SourceOptions(command, isForMigrations: false);
        command.OnExecute(async () =>
        {
            var connection = await source.FindDatabaseAsync(database, reporter, cancellationToken).ConfigureAwait(false);
            var dataSource = NpgsqlDataSource.Create(connection);
            await using var closing = dataSource.ConfigureAwait(false);
            await change(new RollEngine(dataSource, database.ToRollOptions()), cancellationToken).ConfigureAwait(false);
            reporter.Say(done);
            return (int)ExitCode.Success;
        });
    }
}
