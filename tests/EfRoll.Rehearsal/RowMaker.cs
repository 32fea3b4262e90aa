using Npgsql;

namespace EfRoll.Rehearsal;

/// <summary>Makes rows that a table's catalogue allows, and statements of them.</summary>
sealed class RowMaker(Random random, SeedValues values)
{
    /// <summary>A row; or why there can be none.</summary>
    public async Task<(List<(string Column, string? Value)>? Row, string? Missing)> MakeAsync(
        NpgsqlConnection connection, SeedTable table, SeedStyle style, CancellationToken cancellationToken)
    {
        var row = new Dictionary<short, string?>();
        var left = new HashSet<short>();
        foreach (var column in table.Columns)
        {
            var isUnique = table.UniqueColumns.Contains(column.Number);
            if (!column.IsRequired && style == SeedStyle.Wild && random.Next(4) == 0)
                row[column.Number] = null;
            else if (values.Make(column, isUnique, style) is { } value)
                row[column.Number] = value;
            else if (column.HasDefault)
                left.Add(column.Number);
            else if (column.IsRequired)
                return (null, $"no value of type {column.Type}");
            else
                row[column.Number] = null;
        }

        foreach (var key in table.ForeignKeys)
        {
            var mayBeNull = key.Columns.Where(number => !table.Columns.First(column => column.Number == number).IsRequired).ToList();
            var parents = await ParentsAsync(connection, key, cancellationToken);
            if (parents.Count > 0 && (mayBeNull.Count == 0 || style == SeedStyle.Tame || random.Next(3) > 0))
            {
                var parent = parents[random.Next(parents.Count)];
                for (var i = 0; i < key.Columns.Length; i++)
                    row[key.Columns[i]] = parent[i];
            }
            else if (mayBeNull.Count > 0)
            {
                foreach (var number in mayBeNull)
                    row[number] = null;
            }
            else if (key.Referenced == table.Name)
            {
                // The first row of all can only refer to itself.
                for (var i = 0; i < key.Columns.Length; i++)
                {
                    var own = table.Columns.First(column => column.Name == key.ReferencedColumns[i]).Number;
                    row[key.Columns[i]] = row.GetValueOrDefault(own);
                }
            }
            else
            {
                return (null, $"no row in {key.Referenced} to refer to");
            }
        }

        return ([.. table.Columns.Where(column => !left.Contains(column.Number)).Select(column => (column.Name, row[column.Number]))], null);
    }

    /// <summary>Values that a foreign key may have.</summary>
    public static async Task<List<string[]>> ParentsAsync(NpgsqlConnection connection, SeedKey key, CancellationToken cancellationToken)
    {
        var columns = string.Join(", ", key.ReferencedColumns.Select(column => $"{column}::text"));
        var present = string.Join(" AND ", key.ReferencedColumns.Select(column => $"{column} IS NOT NULL"));
        await using var command = new NpgsqlCommand($"SELECT {columns} FROM {key.Referenced} WHERE {present} ORDER BY {columns} LIMIT 20", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var parents = new List<string[]>();
        while (await reader.ReadAsync(cancellationToken))
            parents.Add([.. Enumerable.Range(0, key.ReferencedColumns.Length).Select(reader.GetString)]);
        return parents;
    }

    /// <summary>The statement that inserts a row.</summary>
    public static string Insert(string table, IReadOnlyCollection<(string Column, string? Value)> row) => row.Count == 0
        ? $"INSERT INTO {table} DEFAULT VALUES"
        : $"INSERT INTO {table} ({string.Join(", ", row.Select(pair => pair.Column))}) OVERRIDING SYSTEM VALUE VALUES ({string.Join(", ", row.Select(pair => Literal(pair.Value)))})";

    /// <summary>A value as SQL.</summary>
    public static string Literal(string? value) => value is null ? "NULL" : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
