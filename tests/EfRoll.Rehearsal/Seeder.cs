using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Rehearsal;

/// <summary>Fills tables with rows that their catalogue allows: types, keys, what must be unique. The same seed makes the same rows.</summary>
sealed class Seeder(int seed, int rows)
{
    const int Attempts = 4;

    readonly Random _random = new(seed);
    readonly HashSet<string> _notMade = new(StringComparer.Ordinal);
    SeedValues? _values;

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
        _values ??= new SeedValues(_random);
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
            var (row, missing) = await RowAsync(connection, table, attempt == Attempts - 1 ? SeedStyle.Tame : style, cancellationToken);
            if (row is null)
            {
                reason = missing!;
                continue;
            }

            var statement = row.Count == 0
                ? $"INSERT INTO {table.Name} DEFAULT VALUES"
                : $"INSERT INTO {table.Name} ({string.Join(", ", row.Select(pair => pair.Column))}) OVERRIDING SYSTEM VALUE VALUES ({string.Join(", ", row.Select(pair => Literal(pair.Value)))})";
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

    async Task<(List<(string Column, string? Value)>? Row, string? Missing)> RowAsync(
        NpgsqlConnection connection, SeedTable table, SeedStyle style, CancellationToken cancellationToken)
    {
        var values = new Dictionary<short, string?>();
        var left = new HashSet<short>();
        foreach (var column in table.Columns)
        {
            var isUnique = table.UniqueColumns.Contains(column.Number);
            if (!column.IsRequired && style == SeedStyle.Wild && _random.Next(4) == 0)
                values[column.Number] = null;
            else if (_values!.Make(column, isUnique, style) is { } value)
                values[column.Number] = value;
            else if (column.HasDefault)
                left.Add(column.Number);
            else if (column.IsRequired)
                return (null, $"no value of type {column.Type}");
            else
                values[column.Number] = null;
        }

        foreach (var key in table.ForeignKeys)
        {
            var mayBeNull = key.Columns.Where(number => !table.Columns.First(column => column.Number == number).IsRequired).ToList();
            var parents = await ParentsAsync(connection, key, cancellationToken);
            if (parents.Count > 0 && (mayBeNull.Count == 0 || style == SeedStyle.Tame || _random.Next(3) > 0))
            {
                var parent = parents[_random.Next(parents.Count)];
                for (var i = 0; i < key.Columns.Length; i++)
                    values[key.Columns[i]] = parent[i];
            }
            else if (mayBeNull.Count > 0)
            {
                foreach (var number in mayBeNull)
                    values[number] = null;
            }
            else if (key.Referenced == table.Name)
            {
                // The first row of all can only refer to itself.
                for (var i = 0; i < key.Columns.Length; i++)
                {
                    var own = table.Columns.First(column => column.Name == key.ReferencedColumns[i]).Number;
                    values[key.Columns[i]] = values.GetValueOrDefault(own);
                }
            }
            else
            {
                return (null, $"no row in {key.Referenced} to refer to");
            }
        }

        return ([.. table.Columns.Where(column => !left.Contains(column.Number)).Select(column => (column.Name, values[column.Number]))], null);
    }

    static async Task<List<string[]>> ParentsAsync(NpgsqlConnection connection, SeedKey key, CancellationToken cancellationToken)
    {
        var columns = string.Join(", ", key.ReferencedColumns.Select(column => $"{column}::text"));
        var present = string.Join(" AND ", key.ReferencedColumns.Select(column => $"{column} IS NOT NULL"));
        await using var command = new NpgsqlCommand($"SELECT {columns} FROM {key.Referenced} WHERE {present} ORDER BY {columns} LIMIT 20", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<string[]>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add([.. Enumerable.Range(0, key.ReferencedColumns.Length).Select(reader.GetString)]);
        return rows;
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

    static string Literal(string? value) => value is null ? "NULL" : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
