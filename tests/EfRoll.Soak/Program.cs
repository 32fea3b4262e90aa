using System.Globalization;
using EfRoll.Soak.Run;

const string Usage = """
    EfRoll.Soak --minutes N [--seed S] [--server DIR] [--no-kills] [--quiet]
      Rolls random migrations out and back under load on the server of EFROLL_TEST_POSTGRES; kills the tool, connections, and the server in DIR.
    """;

var options = new SoakOptions { Seed = Random.Shared.Next(1_000_000), Kills = true, Tell = Console.WriteLine };
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--minutes" when i + 1 < args.Length:
            options = options with { Time = TimeSpan.FromMinutes(double.Parse(args[++i], CultureInfo.InvariantCulture)) };
            break;
        case "--seed" when i + 1 < args.Length:
            options = options with { Seed = int.Parse(args[++i], CultureInfo.InvariantCulture) };
            break;
        case "--server" when i + 1 < args.Length:
            options = options with { ServerFolder = args[++i] };
            break;
        case "--no-kills":
            options = options with { Kills = false };
            break;
        case "--quiet":
            options = options with { Tell = _ => { } };
            break;
        default:
            await Console.Error.WriteLineAsync(Usage);
            return 2;
    }
}

Console.WriteLine(FormattableString.Invariant($"soak: seed {options.Seed}, {options.Time.TotalMinutes} minutes"));
await using var run = new SoakRun(options);
await run.RunAsync();
Console.WriteLine(run.Details);
Console.WriteLine(run.Summary);
return run.Tally.IsClean ? 0 : 1;
