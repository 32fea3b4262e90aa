using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Rehearsal;

/// <summary>Fills tables with rows that their catalogue allows: types, keys, what must be unique. The same seed makes the same rows.</summary>
sealed class Seeder(int seed, int rows)
{
    const int Attempts = 4;

    readonly Random _random = new(seed);
    readonly HashSet<string> _notMade = new(StringComparer.Ordinal);
    RowMaker? _maker;

    /// <summary>The tables for which no row could be made, and why.</summary>
    public IReadOnlyList<string> NotMade => [.. _notMade.Order(StringComparer.Ordinal)];

    /// <summary>How many rows were made.</summary>
    public int Made { get; private set; }

    /// <summary>Adds rows to tables that have few; returns the statements, for another database of the same shape.</summary>
    /// <param name="database">The database.</param>
    /// <param name="history">The history table, which gets none.</param>
    /// <param name="style">How daring the values are.</param>
    /// <param name="without">Tables that get none.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<IReadOnlyList<string>> SeedAsync(
        TestDatabase database, string history, SeedStyle style, Func<string, bool> without, CancellationToken cancellationToken)
    {
        if (rows == 0)
            return [];
        _maker ??= new RowMaker(_random, new SeedValues(_random));
        var statements = new List<string>();
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        foreach (var table in await SeedTable.ReadAsync(connection, cancellationToken))
        {
            if (table.Name == history || without(table.Name))
                continue;
            var count = (long)(await ScalarAsync(connection, $"SELECT count(*) FROM (SELECT FROM {table.Name} LIMIT {rows}) AS few", cancellationToken))!;
            for (var wanted = Math.Min(rows - (int)count, 3); wanted > 0; wanted--)
            {
                if (await InsertAsync(connection, table, style, cancellationToken) is not { } statement)
                    break;
                statements.Add(statement);
                Made++;
            }

            foreach (var column in table.Columns.Where(column => column.Sequence is not null && statements.Count > 0))
            {
                // What the rows took, the sequence has given.
                var statement = $"SELECT setval('{column.Sequence!.Replace("'", "''", StringComparison.Ordinal)}', GREATEST((SELECT max({column.Name}) FROM {table.Name}), (SELECT last_value FROM {column.Sequence}))) FROM {table.Name} LIMIT 1";
                try
                {
                    await ExecuteAsync(connection, statement, cancellationToken);
                    statements.Add(statement);
                }
                catch (PostgresException exception)
                {
                    _notMade.Add($"{table.Name} behind its sequence: {exception.MessageText}");
                }
            }
        }

        return statements;
    }

    async Task<string?> InsertAsync(NpgsqlConnection connection, SeedTable table, SeedStyle style, CancellationToken cancellationToken)
    {
        var reason = "";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (row, missing) = await _maker!.MakeAsync(connection, table, attempt == Attempts - 1 ? SeedStyle.Tame : style, cancellationToken);
            if (row is null)
            {
                reason = missing!;
                continue;
            }

            var statement = RowMaker.Insert(table.Name, row);
            try
            {
                await ExecuteAsync(connection, statement, cancellationToken);
                return statement;
            }
            catch (PostgresException exception)
            {
                reason = exception.MessageText;
            }
        }

        _notMade.Add($"{table.Name}: {reason}");
        return null;
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
