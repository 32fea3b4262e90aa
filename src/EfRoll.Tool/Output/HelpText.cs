using McMaster.Extensions.CommandLineUtils;
using McMaster.Extensions.CommandLineUtils.HelpText;

namespace EfRoll.Tool.Output;

/// <summary>Writes the help of a command, in the order in which things were declared, in no line over 100 characters.</summary>
sealed class HelpText(Reporter reporter) : IHelpTextGenerator
{
    const int Width = 100;

    /// <summary>Writes it to where data goes; the given output stays silent, for the parser writes hints there that are no data.</summary>
    public void Generate(CommandLineApplication application, TextWriter output)
    {
        var lines = new List<string>();
        lines.AddRange(Wrap(application.Description ?? "", 0));
        var name = application.Parent is { } parent ? $"{parent.Name} {application.Name}" : application.Name;
        lines.AddRange(["", $"Usage: {name}{(application.Commands.Count > 0 ? " <command>" : "")} [options]{(application.Arguments.Count > 0 ? " [files]" : "")}"]);
        Table(lines, "Commands", application.Commands.Select(command => (command.Name ?? "", command.Description ?? "")));
        Table(lines, "Files", application.Arguments.Select(argument => (argument.Name ?? "", argument.Description ?? "")));
        Table(lines, "Options", application.GetOptions().Select(option => (NameOf(option), option.Description ?? "")));
        if (application.ExtendedHelpText is { } more)
            lines.AddRange(["", .. Wrap(more, 0)]);
        if (application.Commands.Count > 0)
            lines.AddRange(["", $"{name} <command> --help says more."]);
        reporter.Data(string.Join('\n', lines));
    }

    static string NameOf(CommandOption option) =>
        $"{(option.ShortName is { Length: > 0 } letter ? $"-{letter}|" : "")}--{option.LongName}{(option.ValueName is { Length: > 0 } value ? $" <{value}>" : "")}";

    static void Table(List<string> lines, string title, IEnumerable<(string Name, string Description)> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
            return;
        lines.AddRange(["", $"{title}:"]);
        var indent = all.Max(row => row.Name.Length) + 4;
        foreach (var (name, description) in all)
        {
            var wrapped = Wrap(description, indent).ToList();
            lines.Add($"  {name}".PadRight(indent) + wrapped[0].TrimStart());
            lines.AddRange(wrapped.Skip(1));
        }
    }

    static IEnumerable<string> Wrap(string text, int indent)
    {
        var prefix = new string(' ', indent);
        var line = prefix;
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length > Width && line.Length > indent)
            {
                yield return line.TrimEnd();
                line = prefix;
            }

            line += word + " ";
        }

        yield return line.TrimEnd();
    }
}
