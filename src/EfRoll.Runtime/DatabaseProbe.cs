using System.Data.Common;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace EfRoll.Runtime;

/// <summary>Asks the database what of EfRoll is there.</summary>
static class DatabaseProbe
{
    const string SchemaExists = "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)";

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

    static DbCommand CreateCommand(DbConnection connection, string schema)
    {
        var command = connection.CreateCommand();
        command.CommandText = SchemaExists;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = schema });
        return command;
    }
}
