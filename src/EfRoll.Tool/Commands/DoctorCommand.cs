using EfRoll.Engine;
using EfRoll.Tool.Output;
using McMaster.Extensions.CommandLineUtils;
using Npgsql;

namespace EfRoll.Tool.Commands;

/// <summary><c>doctor</c>: says what rollouts need of the server and of the role, and what is missing.</summary>
static class DoctorCommand
{
    public static void AddTo(CommandLineApplication root, Reporter reporter, CancellationToken cancellationToken) => root.Command("doctor", command =>
    {
        command.Description = "Says what rollouts need of the server and of the role that is connected, and what it costs where it is missing. Touches nothing.";
        var database = new DatabaseOptions(command, hasLocks: false);
        var source = new SourceOptions(command, isForMigrations: false);
        command.OnExecute(async () =>
        {
            var options = database.ToRollOptions();
            var connection = await source.FindDatabaseAsync(database, reporter, cancellationToken).ConfigureAwait(false);
            var dataSource = NpgsqlDataSource.Create(connection);
            await using var closing = dataSource.ConfigureAwait(false);
            var results = await new RollEngine(dataSource, options).CheckUpAsync(cancellationToken).ConfigureAwait(false);
            foreach (var result in results)
            {
                var word = result.Severity switch { CheckupSeverity.Fine => "ok", CheckupSeverity.Costly => "costs", _ => "MISSING" };
                reporter.Data($"{word,-8} {result.Name}: {result.Detail}");
                if (result.Remedy.Length > 0)
                    reporter.Data($"         {result.Remedy}");
            }

            var broken = results.Where(result => result.Severity == CheckupSeverity.Broken).Select(result => result.Name).ToList();
            return broken.Count == 0 ? (int)ExitCode.Success : throw ToolMistakes.NotReady(ConnectionText.Describe(connection), broken);
        });
    });
}
