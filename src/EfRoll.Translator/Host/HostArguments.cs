using EfRoll.Translator.Errors;

namespace EfRoll.Translator.Host;

/// <summary>What the tool and the build package ask of the design host.</summary>
/// <param name="Mode"><c>describe</c> runs the application's own configuration; <c>migrations</c> reads the migration classes alone.</param>
/// <param name="Values">The named arguments.</param>
sealed record HostArguments(string Mode, IReadOnlyDictionary<string, string> Values)
{
    static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["describe"] = ["--assembly", "--startup-assembly", "--context", "--out", "--project-dir", "--root-namespace"],
        ["migrations"] = ["--assembly", "--references", "--context", "--out-dir", "--project-dir", "--check-from", "--editor-configs", "--use-context"],
    };

    public string? Context => Values.GetValueOrDefault("--context");

    /// <summary>Whether <c>migrations</c> reads each migration through its own context: with its plugins, its history table, its services.</summary>
    public bool UsesContext => Values.GetValueOrDefault("--use-context") == "true";

    public string? ProjectFolder => Values.GetValueOrDefault("--project-dir");

    /// <summary>Reads <c>mode --name value …</c>.</summary>
    public static HostArguments Parse(IReadOnlyList<string> args)
    {
        if (args.Count == 0 || !Known.TryGetValue(args[0], out var names))
            throw HostMistakes.Arguments($"the first argument must be one of {string.Join(", ", Known.Keys)}");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 1; i < args.Count; i += 2)
        {
            if (!names.Contains(args[i]))
                throw HostMistakes.Arguments($"{args[0]} does not know {args[i]}");
            if (i + 1 == args.Count)
                throw HostMistakes.Arguments($"{args[i]} needs a value");
            if (!values.TryAdd(args[i], args[i + 1]))
                throw HostMistakes.Arguments($"{args[i]} is given twice");
        }

        return new HostArguments(args[0], values);
    }

    /// <summary>The value of an argument that must be there.</summary>
    public string Require(string name) => Values.GetValueOrDefault(name) ?? throw HostMistakes.Arguments($"{name} is missing");

    /// <summary>The path of a file that must be there.</summary>
    public string RequireFile(string name) => Require(name) is var path && File.Exists(path)
        ? path
        : throw HostMistakes.AssemblyNotLoaded(path, new FileNotFoundException("There is no such file."));
}
