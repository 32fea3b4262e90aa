using System.Data.Common;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace EfRoll.Runtime;

/// <summary>Asks the database what of EfRoll is there.</summary>
static class DatabaseProbe
{
    const string SchemaExists = "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)";

    const string HiddenTable = """
        SELECT format('%I.%I < %s', wanted.base, wanted.name, found.oid::regclass)
        FROM unnest($1::text[], $2::text[], $3::text[]) AS wanted (base, version, name)
        JOIN pg_catalog.pg_class AS found ON found.oid = to_regclass(quote_ident(wanted.name))
        JOIN pg_catalog.pg_namespace AS place ON place.oid = found.relnamespace
        WHERE place.nspname NOT IN (wanted.base, wanted.version)
        LIMIT 1
        """;

    const string MissingView = """
        SELECT format('%I.%I', wanted.schema, wanted.name)
        FROM unnest($1::text[], $2::text[]) AS wanted (schema, name)
        WHERE to_regclass(format('%I.%I', wanted.schema, wanted.name)) IS NULL
        LIMIT 1
        """;

    // The engine keeps its state there; it stays between rollouts.
    const string StateSchema = "efroll";

    /// <summary>Whether the database is one that EfRoll rolls out.</summary>
    public static bool IsRolledOut(IRelationalConnection connection)
    {
        connection.Open();
        try
        {
            using var command = CreateCommand(connection.DbConnection, StateSchema);
            return (bool)command.ExecuteScalar()!;
        }
        finally
        {
            connection.Close();
        }
    }

    /// <summary>Whether the database is one that EfRoll rolls out.</summary>
    public static Task<bool> IsRolledOutAsync(IRelationalConnection connection, CancellationToken cancellationToken) =>
        HasSchemaAsync(connection, StateSchema, cancellationToken);

    /// <summary>Whether the database has a schema.</summary>
    public static async Task<bool> HasSchemaAsync(IRelationalConnection connection, string schema, CancellationToken cancellationToken)
    {
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var command = CreateCommand(connection.DbConnection, schema);
            await using (command.ConfigureAwait(false))
                return (bool)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
        finally
        {
            await connection.CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Makes the command that returns the first of the tables for which the path finds something else: as <c>schema.table &lt; what is found</c>, and NULL where there is
    /// none.
    /// </summary>
    public static DbCommand CreateReachQuestion(DbConnection connection, VersionBinding binding, IEnumerable<(string Schema, string Table)> tables)
    {
        var list = tables.ToList();
        var command = connection.CreateCommand();
        command.CommandText = HiddenTable;
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. list.Select(table => table.Schema)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. list.Select(table => binding.SchemaBefore(table.Schema))] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. list.Select(table => table.Table)] });
        return command;
    }

    /// <summary>Returns the first of the tables of which the version has no view; null where none is missing.</summary>
    public static async Task<string?> FindMissingViewAsync(
        IRelationalConnection connection, VersionBinding binding, IEnumerable<(string Schema, string Table)> tables, CancellationToken cancellationToken)
    {
        var list = tables.ToList();
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var command = connection.DbConnection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = MissingView;
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. list.Select(table => binding.SchemaBefore(table.Schema))] });
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. list.Select(table => table.Table)] });
                return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string;
            }
        }
        finally
        {
            await connection.CloseAsync().ConfigureAwait(false);
        }
    }

    static DbCommand CreateCommand(DbConnection connection, string schema)
    {
        var command = connection.CreateCommand();
        command.CommandText = SchemaExists;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = schema });
        return command;
    }
}
