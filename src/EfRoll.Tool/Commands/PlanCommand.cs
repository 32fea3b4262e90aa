using EfRoll.Engine;
using EfRoll.Engine.Planning;
using EfRoll.Tool.Output;
using McMaster.Extensions.CommandLineUtils;
using Npgsql;

namespace EfRoll.Tool.Commands;

/// <summary><c>plan</c>: says what <c>start</c>, <c>complete</c> and <c>rollback</c> would do.</summary>
static class PlanCommand
{
    public static void AddTo(CommandLineApplication root, Reporter reporter, CancellationToken cancellationToken) => root.Command("plan", command =>
    {
        command.Description = "Says what start, complete and rollback would do: steps, locks, SQL. Touches nothing.";
        var source = new SourceOptions(command, isForMigrations: true);
        var rollout = new RolloutOptions(command);
        var format = command.Option("--format <FORMAT>", "text, or markdown, fit for a comment on a pull request. Default: text.", CommandOptionType.SingleValue);
        var sql = command.Option("--sql", "Show all SQL. Default: long statements are cut.", CommandOptionType.NoValue);
        var database = new DatabaseOptions(command, hasLocks: false);
        command.OnExecute(async () =>
        {
            var isMarkdown = format.Value() switch
            {
                null or "text" => false,
                "markdown" => true,
                var other => throw ToolMistakes.InvalidArgument("--format", other, "text or markdown"),
            };
            var options = database.ToRollOptions();
            var wanted = rollout.Read();
            var migrations = await source.ReadAsync(reporter, cancellationToken).ConfigureAwait(false);
            var request = migrations.ToRequest(wanted);
            var dataSource = NpgsqlDataSource.Create(database.Connection(migrations.Manifest.ConnectionString));
            await using var closing = dataSource.ConfigureAwait(false);
            var engine = new RollEngine(dataSource, options);
            await RolloutOptions.RefuseUntranslatedAsync(engine, migrations, request, reporter, cancellationToken).ConfigureAwait(false);
            if (await engine.PlanAsync(request, cancellationToken).ConfigureAwait(false) is { } plan)
                reporter.Data(isMarkdown ? PlanMarkdown.Of(plan, isSqlComplete: sql.HasValue()) : PlanText.Of(plan, isSqlComplete: sql.HasValue()));
            else if (isMarkdown)
                reporter.Data("Nothing to do: no migration is pending.");
            else
                reporter.Say("Nothing to do: no migration is pending.");
            return (int)ExitCode.Success;
        });
    });
}
