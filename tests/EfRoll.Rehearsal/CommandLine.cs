using System.Globalization;
using EfRoll.Engine.Errors;
using EfRoll.Rehearsal.Generated;

namespace EfRoll.Rehearsal;

/// <summary>The console: arguments in, report out.</summary>
static class CommandLine
{
    const string Usage =
        """
        usage: EfRoll.Rehearsal <migrations assembly.dll> [<context>] [options]
               EfRoll.Rehearsal --generated <n> [--seed <n>] [--go-on] [--connection <string>]
               EfRoll.Rehearsal --history <numbers> [--shrink|--show] [--connection <string>]

          --generated <n>             rehearses that many histories that are made up
          --go-on                     also after one that differs
          --history <numbers>         one of them again, by what was printed
          --shrink                    makes it smaller, for as long as it differs
          --show                      only says what EF Core makes of it

          --startup-assembly <path>   the built application, where it is another assembly
          --connection <string>       a superuser's, to a server where databases may be made; default: EFROLL_TEST_POSTGRES, or a server of its own
          --seed <n>                  decides on rows and stretches (1)
          --rows <n>                  up to how many rows each table gets; 0 for none (6)
          --only one|all              only one migration per rollout, or only several
          --from, --to <migration>    only these; those before are applied by EF Core
          --writes                    each rollout once more, while both versions write; some of histories that are made up
          --keep                      keep databases that differ
          --summary                   say only what is not equal, and the table
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        try
        {
            var given = Parse(args);
            if (given.GetValueOrDefault("--connection") is { } connection)
                Environment.SetEnvironmentVariable("EFROLL_TEST_POSTGRES", connection);
            var only = given.GetValueOrDefault("--only");
            if (only is not (null or "one" or "all"))
                throw new ArgumentException("--only is one or all.");
            var options = new RehearsalOptions
            {
                Seed = Number(given, "--seed", 1),
                Rows = Number(given, "--rows", 6),
                OneByOne = only != "all",
                Together = only != "one",
                From = given.GetValueOrDefault("--from"),
                To = given.GetValueOrDefault("--to"),
                Writes = given.ContainsKey("--writes") ? 1 : 0,
                Keep = given.ContainsKey("--keep"),
            };
            if (given.ContainsKey("--generated"))
            {
                var result = GeneratedHistories.Run(Number(given, "--generated", 0), Number(given, "--seed", 1), given.ContainsKey("--go-on"), Console.WriteLine, stop.Token);
                Console.Write(result);
                return result.IsGood ? 0 : 1;
            }

            if (given.GetValueOrDefault("--history") is { } numbers)
            {
                var generated = GeneratedHistory.Parse(numbers);
                if (given.ContainsKey("--show"))
                {
                    Console.WriteLine(string.Join("\n\n", generated.ToHistory().Manifest.Migrations.Select(migration => $"-- {migration.Migration.Id}\n{string.Join('\n', migration.Script!)}")));
                    return 0;
                }

                if (given.ContainsKey("--shrink"))
                {
                    GeneratedHistories.Shrink(generated, Console.WriteLine, stop.Token);
                    return 0;
                }

                var found = await GeneratedHistories.RunAsync(generated, Console.WriteLine, stop.Token);
                Console.Write(found);
                return found.IsGood ? 0 : 1;
            }

            var isShort = given.ContainsKey("--summary");
            var history = await History.OfAssemblyAsync(given["assembly"], given.GetValueOrDefault("--startup-assembly"), given.GetValueOrDefault("context"), Console.Error.WriteLine, stop.Token);
            var report = await new Rehearsal(history, options, line => Say(line, isShort)).RunAsync(stop.Token);
            Console.WriteLine();
            Console.Write(report);
            return report.IsGood ? 0 : 1;
        }
        catch (ArgumentException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n\n{Usage}");
            return 2;
        }
        catch (EfRollException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.CodeText}: {exception.Message} {exception.Remedy}");
            return 2;
        }
    }

    static void Say(string line, bool isShort)
    {
        if (!isShort || !line.StartsWith("equal", StringComparison.Ordinal))
            Console.WriteLine(line);
    }

    static Dictionary<string, string> Parse(string[] args)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is "--keep" or "--writes" or "--summary" or "--go-on" or "--shrink" or "--show")
                given[args[i]] = "";
            else if (args[i] is "--startup-assembly" or "--connection" or "--seed" or "--rows" or "--only" or "--from" or "--to" or "--generated" or "--history")
                given[args[i]] = ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value.");
            else if (args[i].StartsWith("--", StringComparison.Ordinal))
                throw new ArgumentException($"There is no option {args[i]}.");
            else if (!given.TryAdd("assembly", args[i]) && !given.TryAdd("context", args[i]))
                throw new ArgumentException($"{args[i]} is one argument too many.");
        }

        return given.ContainsKey("assembly") || given.ContainsKey("--generated") || given.ContainsKey("--history") ? given : throw new ArgumentException("Which assembly?");
    }

    static int Number(Dictionary<string, string> given, string name, int otherwise) =>
        !given.TryGetValue(name, out var text) ? otherwise
        : int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 0 ? number
        : throw new ArgumentException($"{name} is a number.");
}
