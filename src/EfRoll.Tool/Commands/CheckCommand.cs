using System.Text;
using EfRoll.Engine;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Review;
using EfRoll.Tool.Findings;
using EfRoll.Tool.Output;
using EfRoll.Tool.Sources;
using McMaster.Extensions.CommandLineUtils;
using Npgsql;

namespace EfRoll.Tool.Commands;

/// <summary><c>check</c>: says before anybody starts them what is wrong with migrations, or costs something; for build servers.</summary>
static class CheckCommand
{
    public static void AddTo(CommandLineApplication root, Reporter reporter, CancellationToken cancellationToken) => root.Command("check", command =>
    {
        command.Description = "Says what of the migrations cannot be rolled out, what the old version may feel of them, and what looks like a mistake; with a connection also what their plan refuses and costs. Touches nothing.";
        var source = new SourceOptions(command, isForMigrations: true);
        var rollout = new RolloutOptions(command);
        var from = command.Option("--from <MIGRATION>", "Without a connection: the last migration that every database has; only those after it are checked.", CommandOptionType.SingleValue);
        var format = command.Option("--format <FORMAT>", "text, as compilers write it, json, sarif (2.1.0) or junit. Default: text.", CommandOptionType.SingleValue);
        var output = command.Option("--output <FILE>", "Write there, and the text to standard error. Default: standard output.", CommandOptionType.SingleValue);
        var strict = command.Option("--warnings-as-errors", "Make every warning an error.", CommandOptionType.NoValue);
        var database = new DatabaseOptions(command, hasLocks: false, isOptional: true);
        command.OnExecute(async () =>
        {
            var write = Format(format.Value());
            if (from.HasValue() && database.IsKnown)
                throw ToolMistakes.InvalidArgument("--from", from.Value()!, "it only without a connection: a database knows itself what it has");
            var (migrations, report) = await CheckAsync(source, rollout.Read(), from.Value(), database, reporter, cancellationToken).ConfigureAwait(false);
            if (strict.HasValue())
                report = report.WithWarningsAsErrors();
            var paths = new SourcePaths(migrations, Directory.GetCurrentDirectory());
            if (output.HasValue())
            {
                await WriteAsync(output.Value()!, write(report, paths), cancellationToken).ConfigureAwait(false);
                foreach (var finding in report.Findings)
                    reporter.Say(TextReport.Of(finding, paths).TrimEnd('\n'));
            }
            else if (write(report, paths) is { Length: > 0 } text)
            {
                reporter.Data(text);
            }

            reporter.Say(TextReport.Summary(report));
            if (!database.IsKnown)
                reporter.Say("No database was asked: --connection adds what it says of the migrations that it lacks.");
            return (int)(report.Count(Severity.Error) > 0 ? ExitCode.Failed : ExitCode.Success);
        });
    });

    static async Task<(MigrationSource? Source, CheckReport Report)> CheckAsync(
        SourceOptions source, WantedRollout wanted, string? from, DatabaseOptions database, Reporter reporter, CancellationToken cancellationToken)
    {
        MigrationSource migrations;
        try
        {
            migrations = await source.ReadAsync(reporter, cancellationToken).ConfigureAwait(false);
        }
        catch (EfRollException exception) when (exception.Location is { } place)
        {
            // A mistake in a migration file: what a check is there to find.
            return (null, new CheckReport("files", [place.Migration], [Finding.Of(exception)]));
        }

        var check = new MigrationCheck(migrations, migrations.ToRequest(wanted));
        if (!database.IsKnown)
            return (migrations, check.WithoutDatabase(from));
        var dataSource = NpgsqlDataSource.Create(database.Connection(ofContext: null));
        await using var closing = dataSource.ConfigureAwait(false);
        return (migrations, await check.OnAsync(new RollEngine(dataSource, database.ToRollOptions()), cancellationToken).ConfigureAwait(false));
    }

    static Func<CheckReport, SourcePaths, string> Format(string? name) => name switch
    {
        null or "text" => TextReport.Of,
        "json" => JsonReport.Of,
        "sarif" => SarifReport.Of,
        "junit" => JunitReport.Of,
        var other => throw ToolMistakes.InvalidArgument("--format", other, "text, json, sarif or junit"),
    };

    static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync(path, text.EndsWith('\n') || text.Length == 0 ? text : text + "\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw ToolMistakes.OutputNotWritten(path, exception.Message, exception);
        }
    }
}
