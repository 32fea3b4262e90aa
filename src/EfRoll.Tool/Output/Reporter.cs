using EfRoll.Engine.Errors;

namespace EfRoll.Tool.Output;

/// <summary>Data goes to standard output, everything for people to standard error, so that a pipe gets data only.</summary>
sealed class Reporter(TextWriter output, TextWriter errors)
{
    /// <summary>What the command was asked for.</summary>
    public void Data(string text) => output.Write(text.EndsWith('\n') ? text : text + "\n");

    /// <summary>What a person may want to know.</summary>
    public void Say(string line) => errors.WriteLine(line);

    public void Error(string line) => errors.WriteLine(line);

    /// <summary>As compilers write it, <c>place: error code: message</c>, and the way out below.</summary>
    public void Error(EfRollException exception)
    {
        var place = exception.Location is { } location ? $"{location}: " : "";
        errors.WriteLine($"{place}error {exception.CodeText}: {exception.Message}");
        errors.WriteLine($"    {exception.Remedy}");
    }

    /// <summary>An error that is not the user's.</summary>
    public void Unexpected(Exception exception, bool isVerbose)
    {
        errors.WriteLine($"error: {exception.GetType().Name}: {FirstLine(exception.Message)}");
        errors.WriteLine(isVerbose ? exception.ToString() : "    This is probably an error of EfRoll's own. Run it again with --verbose for the details.");
    }

    static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();
}
