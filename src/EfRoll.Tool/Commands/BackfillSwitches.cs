using System.Globalization;
using EfRoll.Engine;
using McMaster.Extensions.CommandLineUtils;

namespace EfRoll.Tool.Commands;

/// <summary>How hard backfills work and what holds them: the options of <c>start</c> and <c>tune</c>.</summary>
sealed class BackfillSwitches
{
    const string Off = "off";

    readonly CommandOption _workers;
    readonly CommandOption _batchTime;
    readonly CommandOption _slowdown;
    readonly CommandOption _replicaLag;
    readonly CommandOption _walRate;
    readonly CommandOption _activeSessions;
    readonly CommandOption _waitingSessions;
    readonly CommandOption _wraparound;
    readonly CommandOption _brakeQuery;

    public BackfillSwitches(CommandLineApplication command)
    {
        _workers = Option("--workers <N>",
            "How many connections fill tables at once, or auto: one, and as many as max_parallel_maintenance_workers while the server is otherwise idle. Default: auto.");
        _batchTime = Option("--batch-time <TIME>", "How long one batch of a backfill may take; applications wait for one at most. Default: 100ms.");
        _slowdown = Option("--max-slowdown <FACTOR>",
            "Backfills pause after batches that take more than this many times as long as they can, since others want the processor or the disk; or off. Default: 3.");
        _replicaLag = Option("--max-replica-lag <TIME>", "Backfills hold while a replica is further behind, or off. Default: 10s.");
        _walRate = Option("--max-wal-rate <SIZE>", "Backfills hold where the server writes more WAL a second, as 64MB, or off. Default: off.");
        _activeSessions = Option("--max-active-sessions <PERCENT>", "Backfills hold while more of max_connections are active, or off. Default: 80.");
        _waitingSessions = Option("--max-waiting-sessions <N>", "Backfills hold while more sessions wait for them, or off. Default: 0.");
        _wraparound = Option("--wraparound-brake <SETTING>", "Backfills hold while a vacuum of the table prevents wraparound: on, or off. Default: on.");
        _brakeQuery = Option("--brake-query <SQL>", "Asked every second; backfills hold while it returns a text, which says why, or off. Default: off.");

        CommandOption Option(string template, string description) => command.Option(template, description, CommandOptionType.SingleValue);
    }

    /// <summary>Whether one of them was given.</summary>
    public bool AreGiven =>
        new[] { _workers, _batchTime, _slowdown, _replicaLag, _walRate, _activeSessions, _waitingSessions, _wraparound, _brakeQuery }.Any(option => option.HasValue());

    /// <summary>The options with those that were given in their place.</summary>
    public BackfillOptions Apply(BackfillOptions options) => options with
    {
        Workers = Read(_workers, options.Workers, "auto", Count(1, 64)),
        BatchTime = _batchTime.HasValue() ? Durations.Parse("--batch-time", _batchTime.Value()!) : options.BatchTime,
        MaxSlowdown = Read(_slowdown, options.MaxSlowdown, Off, Factor),
        MaxReplicaLag = Read(_replicaLag, options.MaxReplicaLag, Off, Durations.Parse),
        MaxWalRate = Read(_walRate, options.MaxWalRate, Off, Size),
        MaxActiveSessions = Read(_activeSessions, options.MaxActiveSessions, Off, Count(1, 100)),
        MaxWaitingSessions = Read(_waitingSessions, options.MaxWaitingSessions, Off, Count(0, 100_000)),
        HoldsForWraparound = !_wraparound.HasValue() ? options.HoldsForWraparound : _wraparound.Value() switch
        {
            "on" => true,
            Off => false,
            var other => throw ToolMistakes.InvalidArgument("--wraparound-brake", other!, "on or off"),
        },
        BrakeQuery = !_brakeQuery.HasValue() ? options.BrakeQuery : _brakeQuery.Value() == Off ? null : _brakeQuery.Value(),
    };

    static T? Read<T>(CommandOption option, T? unchanged, string none, Func<string, string, T> parse) where T : struct =>
        !option.HasValue() ? unchanged : option.Value() == none ? null : parse($"--{option.LongName}", option.Value()!);

    static Func<string, string, int> Count(int least, int most) => (option, text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw ToolMistakes.InvalidArgument(option, text, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));

    static double Factor(string option, string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is >= 1.1 and <= 1000
            ? number
            : throw ToolMistakes.InvalidArgument(option, text, "a number from 1.1 to 1000");

    static long Size(string option, string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var unit = text[digits..].Trim().ToUpperInvariant() switch
        {
            "KB" => 1_000L,
            "MB" => 1_000_000L,
            "GB" => 1_000_000_000L,
            _ => 0,
        };
        return unit > 0 && int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number * unit
            : throw ToolMistakes.InvalidArgument(option, text, "a size such as 500KB, 64MB or 1GB");
    }
}
