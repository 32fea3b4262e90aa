using System.Globalization;
using EfRoll.Engine;
using EfRoll.Engine.Sql;
using EfRoll.Tool.Output;
using McMaster.Extensions.CommandLineUtils;
using Npgsql;

namespace EfRoll.Tool.Commands;

/// <summary><c>init</c>: makes the state schema, for those who want the right to do so used once and by hand.</summary>
static class InitCommand
{
    public static void AddTo(CommandLineApplication root, Reporter reporter, CancellationToken cancellationToken) => root.Command("init", command =>
    {
        command.Description = "Makes the schema efroll, in which EfRoll keeps its state; the other commands do so themselves.";
        var database = new DatabaseOptions(command, hasLocks: false);
        var source = new SourceOptions(command, isForMigrations: false);
        var roles = command.Option("--print-roles[:<PREFIX>]",
            "Instead, write the SQL that makes roles with no more rights than needed, PREFIX_owner, PREFIX_migrator and PREFIX_app; nothing is run. Default: app.", CommandOptionType.SingleOrNoValue);
        command.OnExecute(async () =>
        {
            var options = database.ToRollOptions();
            if (roles.HasValue())
            {
                reporter.Data(Roles(roles.Value() is { Length: > 0 } prefix ? prefix : "app", options.BaseSchema ?? "public").ToSql().ToString());
                return (int)ExitCode.Success;
            }

            var connection = await source.FindDatabaseAsync(database, reporter, cancellationToken).ConfigureAwait(false);
            var dataSource = NpgsqlDataSource.Create(connection);
            await using var closing = dataSource.ConfigureAwait(false);
            await new RollEngine(dataSource, options).InitializeAsync(cancellationToken).ConfigureAwait(false);
            reporter.Say($"{ConnectionText.Describe(connection)} is ready.");
            return (int)ExitCode.Success;
        });
    });

    static RoleScript Roles(string prefix, string schema)
    {
        // What PostgreSQL cut off would tell them apart; and the names that begin with pg_ are its own.
        Identifier[] names = [new($"{prefix}_owner"), new($"{prefix}_migrator"), new($"{prefix}_app")];
        if (!names[1].Value.EndsWith("_migrator", StringComparison.Ordinal) || names[1].Value.StartsWith("pg_", StringComparison.Ordinal))
            throw ToolMistakes.InvalidArgument("--print-roles", prefix, string.Create(CultureInfo.InvariantCulture, $"a prefix that makes names of at most {Identifier.MaxBytes} bytes, which do not begin with pg_"));
        return new RoleScript(new Identifier(schema), names[0], names[1], names[2]);
    }
}
