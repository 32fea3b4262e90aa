using EfRoll.Engine.Errors;
using EfRoll.Tool.Commands;
using EfRoll.Tool.Output;
using McMaster.Extensions.CommandLineUtils;

namespace EfRoll.Tool;

/// <summary>Wires the commands, and turns what goes wrong into a message and an exit code.</summary>
static class CommandLine
{
    public static ExitCode Run(string[] args, Reporter reporter, CancellationToken cancellationToken)
    {
        try
        {
            using var root = Build(reporter, cancellationToken);
            return (ExitCode)root.Execute(args);
        }
        catch (CommandParsingException exception)
        {
            reporter.Error($"error: {exception.Message}");
            reporter.Error(exception is UnrecognizedCommandParsingException { NearestMatches: var near } && near.FirstOrDefault() is { } match
                ? $"    Did you mean {(exception.Message.Contains("option", StringComparison.Ordinal) && !match.StartsWith('-') ? "--" : "")}{match}?"
                : "    See dotnet efroll --help.");
            return ExitCode.Usage;
        }
        catch (EfRollException exception)
        {
            reporter.Error(exception);
            return ExitCodes.Of(exception);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            reporter.Error("Stopped. The same command goes on from here; 'rollback' undoes what was done.");
            return ExitCode.Cancelled;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            reporter.Unexpected(exception, isVerbose: args.Contains("--verbose") || args.Contains("-v"));
            return ExitCode.Crashed;
        }
    }

    static CommandLineApplication Build(Reporter reporter, CancellationToken cancellationToken)
    {
        var root = new CommandLineApplication
        {
            Name = "dotnet efroll",
            Description = "Rolls migrations out on PostgreSQL while the old and the new version of an application run.",
            ExtendedHelpText = "Exit codes: 0 done, or nothing pending; 1 refused or failed; 2 wrong arguments; 4 cannot connect; 5 another runner or "
                + "transaction is in the way; 70 an error of the tool's own; 130 stopped by a signal.",
        };
        root.HelpOption("-h|--help", inherited: true).Description = "Show this.";
        var version = root.Option("--version", "Show the version of EfRoll.", CommandOptionType.NoValue);
        InitCommand.AddTo(root, reporter, cancellationToken);
        DoctorCommand.AddTo(root, reporter, cancellationToken);
        CheckCommand.AddTo(root, reporter, cancellationToken);
        PlanCommand.AddTo(root, reporter, cancellationToken);
        StartCommand.AddTo(root, reporter, cancellationToken);
        CompleteCommand.AddTo(root, reporter, cancellationToken);
        RollbackCommand.AddTo(root, reporter, cancellationToken);
        StatusCommand.AddTo(root, reporter, cancellationToken);
        BackfillCommands.AddTo(root, reporter, cancellationToken);
        SchemaCommand.AddTo(root, reporter);
        root.OnExecute(() =>
        {
            if (version.HasValue())
            {
                reporter.Data(typeof(CommandLine).Assembly.GetName().Version!.ToString(3));
                return (int)ExitCode.Success;
            }

            root.ShowHelp();
            return (int)ExitCode.Usage;
        });
        foreach (var command in root.Commands.Append(root))
        {
            command.HelpTextGenerator = new HelpText(reporter);
            command.Out = TextWriter.Null;
        }

        return root;
    }
}
