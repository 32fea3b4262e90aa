using EfRoll.Engine;
using McMaster.Extensions.CommandLineUtils;
using Npgsql;

namespace EfRoll.Tool.Commands;

/// <summary>Which database, and how patiently: the options that every command has.</summary>
sealed class DatabaseOptions
{
    const string Variable = "EFROLL_CONNECTION";

    readonly CommandLineApplication _command;
    readonly CommandOption _connection;
    readonly CommandOption _schema;
    readonly CommandOption? _lockTimeout;
    readonly CommandOption? _lockDeadline;
    readonly CommandOption? _cancelBlockers;
    readonly CommandOption? _progress;

    /// <summary>Adds the options; those about locks only where locks are taken. A command that can do without a database is told of one, or has none.</summary>
    public DatabaseOptions(CommandLineApplication command, bool hasLocks, bool isOptional = false)
    {
        _command = command;
        _connection = Option("--connection <STRING>",
            $"The database: an Npgsql connection string or a postgresql:// URL. Default: the environment's {Variable}, else {(isOptional ? "none" : "the DbContext's own")}.");
        _schema = Option("--schema <NAME>", "The schema of unqualified names. Default: the first one on the connection's search_path.");
        if (hasLocks)
        {
            _lockTimeout = Option("--lock-timeout <TIME>",
                "How long one attempt waits for a strong lock; applications never wait longer because of it. Default: 500ms.");
            _lockDeadline = Option("--lock-deadline <TIME>", "How long attempts at a lock go on before the command gives up. Default: 5m.");
            _cancelBlockers = Option("--cancel-blockers <TIME>",
                "After how long the statements of those in the way of a lock are cancelled, and sessions ended that only keep a transaction open. Default: never.");
            _progress = Option("--progress <FORMAT>", "How progress is told: text, for people, or json, one object a line on standard output. Default: text.");
        }

        command.Option("-v|--verbose", "Show the details of errors of the tool's own.", CommandOptionType.NoValue);

        CommandOption Option(string template, string description) => command.Option(template, description, CommandOptionType.SingleValue);
    }

    /// <summary>Adds the switch by which others' changes of the rollout's tables are accepted.</summary>
    public CommandOption AddAcceptDrift() => _command.Option("--accept-drift",
        "Go on although others have changed, since 'start', what the rollout changes on its tables; 'status' says what, and what it costs.", CommandOptionType.NoValue);

    /// <summary>Whether the connection is known without asking the application.</summary>
    public bool IsKnown => Given is not null;

    /// <summary>Whether progress is for programs.</summary>
    public bool WantsJson => _progress?.Value() switch
    {
        null or "text" => false,
        "json" => true,
        var other => throw ToolMistakes.InvalidArgument("--progress", other, "text or json"),
    };

    string? Given => _connection.HasValue() ? _connection.Value() : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value ? value : null;

    public RollOptions ToRollOptions()
    {
        var options = new RollOptions { BaseSchema = _schema.HasValue() ? _schema.Value() : null };
        if (_lockTimeout?.HasValue() == true)
            options = options with { LockTimeout = Durations.Parse("--lock-timeout", _lockTimeout.Value()!) };
        if (_lockDeadline?.HasValue() == true)
            options = options with { LockDeadline = Durations.Parse("--lock-deadline", _lockDeadline.Value()!) };
        if (_cancelBlockers?.HasValue() == true)
            options = options with { CancelBlockersAfter = Durations.Parse("--cancel-blockers", _cancelBlockers.Value()!) };
        return options;
    }

    public NpgsqlConnectionStringBuilder Connection(string? ofContext) =>
        ConnectionText.Parse(Given ?? ofContext ?? throw ToolMistakes.NoConnectionString());
}
