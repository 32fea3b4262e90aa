using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Rehearsal;

/// <summary>Brings a database forward by EF Core's own statements.</summary>
static class EfDatabase
{
    /// <summary>Makes a database with nothing but an empty history.</summary>
    public static async Task<TestDatabase> CreateAsync(History history, CancellationToken cancellationToken)
    {
        var database = await TestDatabase.CreateAsync(cancellationToken);
        await database.ExecuteAsync(history.CreateHistory, cancellationToken);
        return database;
    }

    /// <summary>Applies one migration; returns the failure, and the statement that failed.</summary>
    public static async Task<EfFailure?> ApplyAsync(TestDatabase database, IReadOnlyList<string> script, CancellationToken cancellationToken)
    {
        // A connection of its own: what the script sets, and an open transaction, end with it.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        foreach (var statement in script)
        {
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 300 };
            try
            {
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException exception)
            {
                return new EfFailure(statement, exception);
            }
        }

        return null;
    }
}

/// <summary>EF Core's own migration failed.</summary>
sealed record EfFailure(string Statement, PostgresException Exception)
{
    // feature_not_supported or undefined_file, by the server's version.
    public bool IsMissingExtension => Exception.SqlState is "0A000" or "58P01" && Exception.MessageText.Contains("extension", StringComparison.Ordinal);

    public override string ToString() => $"{Exception.SqlState}: {Exception.MessageText}{(Exception.Detail is { } detail ? $" ({detail})" : "")}\n{Statement}";
}
