using EfRoll.Engine;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Review;
using EfRoll.Translator.Errors;

namespace EfRoll.Translator.Host;

/// <summary>Runs one request inside the application's own dependencies; problems go to the error stream, one line each.</summary>
static class DesignHost
{
    public static int Run(string[] args, TextWriter errors)
    {
        var reporter = new LineReporter(errors);
        try
        {
            var arguments = HostArguments.Parse(args);
            _ = arguments.RequireFile("--assembly");
            if (arguments.Mode == "describe")
                _ = arguments.RequireFile("--startup-assembly");
            if (arguments.Mode == "describe")
                DescribeMode.Run(arguments, reporter);
            else
                MigrationsMode.Run(arguments, reporter);
            return 0;
        }
        catch (EfRollException exception)
        {
            reporter.Error(exception);
            return 1;
        }
        catch (FileNotFoundException exception) when (exception.FileName?.Contains(", Version=", StringComparison.Ordinal) == true)
        {
            // EF Core or the provider is missing: not an application of ours, or its packages are not where it is built.
            reporter.Error(HostMistakes.AssemblyNotLoaded(exception.FileName, exception));
            return 1;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            reporter.Error(HostMistakes.Unexpected(exception));
            return 2;
        }
    }
}

/// <summary>Writes problems as compilers do: <c>file(line,column): error EFR2009: …</c>, or without a place.</summary>
sealed class LineReporter(TextWriter errors)
{
    public void Error(EfRollException exception) => Write("error", (int)exception.Code, exception.Message, exception.Remedy, exception.Location);

    public void Warning(EfRollException exception) => Write("warning", (int)exception.Code, exception.Message, exception.Remedy, exception.Location);

    /// <summary>Writes what matters; notes are for those who ask.</summary>
    public void Report(Finding? finding)
    {
        if (finding is { Severity: not Severity.Note, Accepted: null })
            Write(finding.Severity == Severity.Error ? "error" : "warning", (int)finding.Code, finding.Message, finding.Remedy, finding.Source);
    }

    void Write(string severity, int code, string message, string? remedy, SourceLocation? source)
    {
        // One line each, whatever an exception's message holds: the readers of this stream go by lines.
        var text = string.Join(' ', $"{message} {remedy}".Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        var place = source is null ? "" : $"{source}: ";
        errors.WriteLine($"{place}{severity} {((ErrorCode)code).ToText()}: {text}");
    }
}
