using System.Globalization;
using System.Text;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Rehearsal;

/// <summary>All rows of all tables, as text, whatever order tables, columns and rows are in.</summary>
sealed class Data
{
    const int Shown = 6;

    readonly Dictionary<string, TableData> _tables = new(StringComparer.Ordinal);

    /// <summary>Which columns there are, by table.</summary>
    public IReadOnlyDictionary<string, TableData> Tables => _tables;

    /// <summary>Reads the tables of a database.</summary>
    public static async Task<Data> ReadAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        var data = new Data();
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        foreach (var (schema, table, columns) in await TablesAsync(connection, cancellationToken))
            data._tables.Add($"{schema}.{table}", await ReadAsync(connection, schema, table, columns, $"{Quote(schema)}.{Quote(table)}", cancellationToken));
        return data;
    }

    /// <summary>Reads the same columns of the same tables elsewhere: through views, or from tables that have others besides.</summary>
    /// <param name="database">The database.</param>
    /// <param name="place">Where a table is found.</param>
    /// <param name="isWanted">Whether a table is looked at.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="PostgresException">A table or column is not there.</exception>
    public async Task<Data> ReadSameAsync(
        TestDatabase database, Func<string, string, string> place, Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        var data = new Data();
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        foreach (var (name, table) in _tables.Where(pair => isWanted(pair.Key)))
            data._tables.Add(name, await ReadAsync(connection, table.Schema, table.Name, table.Columns, place(table.Schema, table.Name), cancellationToken));
        return data;
    }

    /// <summary>What differs, or null; only in tables that both have.</summary>
    /// <param name="actual">What there is.</param>
    /// <param name="ignored">Columns that do not count.</param>
    public string? Difference(Data actual, IReadOnlySet<(string Table, string Column)> ignored)
    {
        var text = new StringBuilder();
        foreach (var (name, table) in _tables)
        {
            if (!actual._tables.TryGetValue(name, out var other))
                continue;
            var columns = table.Columns.Where(column => other.Columns.Contains(column) && !ignored.Contains((name, column))).ToList();
            var wanted = table.Lines(columns);
            var found = other.Lines(columns);
            var missing = Minus(wanted, found);
            var extra = Minus(found, wanted);
            if (missing.Count + extra.Count == 0)
                continue;
            text.AppendLine(CultureInfo.InvariantCulture, $"rows of {name} ({string.Join(", ", columns)}):");
            foreach (var line in missing.Take(Shown))
                text.AppendLine(CultureInfo.InvariantCulture, $"- {line}");
            foreach (var line in extra.Take(Shown))
                text.AppendLine(CultureInfo.InvariantCulture, $"+ {line}");
        }

        return text.Length == 0 ? null : text.ToString();
    }

    /// <summary>The columns in which two databases that were made in the same way differ: times, random values.</summary>
    public IReadOnlySet<(string Table, string Column)> VolatileColumns(Data again)
    {
        var columns = new HashSet<(string, string)>();
        foreach (var (name, table) in _tables)
        {
            if (!again._tables.TryGetValue(name, out var other))
                continue;
            foreach (var column in table.Columns)
            {
                if (!other.Columns.Contains(column) || !table.Lines([column]).SequenceEqual(other.Lines([column])))
                    columns.Add((name, column));
            }
        }

        return columns;
    }

    static List<string> Minus(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        var counts = right.GroupBy(line => line).ToDictionary(group => group.Key, group => group.Count());
        var rest = new List<string>();
        foreach (var line in left)
        {
            if (counts.TryGetValue(line, out var count) && count > 0)
                counts[line] = count - 1;
            else
                rest.Add(line);
        }

        return rest;
    }

    static async Task<List<(string Schema, string Table, string[] Columns)>> TablesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT n.nspname::text, c.relname::text,
                ARRAY(SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname COLLATE "C")
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'efroll')
                AND n.nspname !~ '^pg_(temp|toast)'
                AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY 1, 2
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tables = new List<(string, string, string[])>();
        while (await reader.ReadAsync(cancellationToken))
            tables.Add((reader.GetString(0), reader.GetString(1), await reader.GetFieldValueAsync<string[]>(2, cancellationToken)));
        return tables;
    }

    static async Task<TableData> ReadAsync(
        NpgsqlConnection connection, string schema, string table, string[] columns, string from, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT {string.Join(", ", columns.Select(column => $"{Quote(column)}::text"))} FROM {from}", connection) { CommandTimeout = 300 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add([.. Enumerable.Range(0, columns.Length).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))]);
        return new TableData(schema, table, columns, rows);
    }

    static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>The rows of a table.</summary>
sealed record TableData(string Schema, string Name, string[] Columns, IReadOnlyList<string?[]> Rows)
{
    /// <summary>The rows as lines in the order of their text.</summary>
    public IReadOnlyList<string> Lines(IReadOnlyCollection<string> columns)
    {
        var positions = columns.Select(column => Array.IndexOf(Columns, column)).ToList();
        return [.. Rows.Select(row => string.Join(" | ", positions.Select(i => row[i] ?? "∅"))).Order(StringComparer.Ordinal)];
    }
}
