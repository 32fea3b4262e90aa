using System.Collections.Immutable;
using System.Globalization;
using EfApp.Load;

const string Usage = """
    EfApp.Load seed <connection string> <users>
    EfApp.Load drive <users> <workers> <most actions per second>
      Takes commands from stdin, one per line, and answers each with one line when it is done:
        phase|<name>|<most credits>|old=<release>@<url>,<url>|new=<release>@<url>
                    spreads the load over these processes only; when it answers, none of the others has a request left
        check       compares every row through every release of the phase
        mend        gives the one user whose badge is no number one that is
        report      stops, prints the table and the sum, and ends; the exit code is 1 if anything failed or differs
    """;

switch (args)
{
    case ["seed", var connectionString, var users]:
        await Seed.WriteAsync(connectionString, Number(users), CancellationToken.None);
        return 0;
    case ["drive", var users, var workers, var rate]:
        return await DriveAsync(Number(users), Number(workers), Number(rate));
    default:
        await Console.Error.WriteLineAsync(Usage);
        return 2;
}

static async Task<int> DriveAsync(int users, int workers, int rate)
{
    await using var drive = new Drive(users, workers, rate);
    while (await Console.In.ReadLineAsync() is { } line)
    {
        switch (line.Split('|'))
        {
            case ["phase", var name, var maxCredits, .. var servers]:
                await drive.EnterAsync(name, long.Parse(maxCredits, CultureInfo.InvariantCulture), servers.Select(Parse).ToList());
                break;
            case ["check"]:
                await drive.CheckAsync();
                break;
            case ["mend"]:
                await drive.MendAsync();
                break;
            case ["report"]:
                await drive.StopAsync();
                return Report.Write(drive.Phases, Console.Out) ? 0 : 1;
            default:
                await Console.Error.WriteLineAsync(Usage);
                return 2;
        }

        Console.WriteLine("done");
    }

    return 2;
}

static (Role Role, int Release, ImmutableArray<Uri> Processes) Parse(string text)
{
    var (role, at) = (text.IndexOf('=', StringComparison.Ordinal), text.IndexOf('@', StringComparison.Ordinal));
    var processes = text[(at + 1)..].Split(',').Select(url => new Uri(url));
    return (Enum.Parse<Role>(text[..role], ignoreCase: true), Number(text[(role + 1)..at]), [.. processes]);
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
