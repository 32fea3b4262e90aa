using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Rehearsal;

/// <summary>
/// Inserts, updates and deletes a few rows, as an application of a version would. A database of the version alone, as EF Core made it, says what must
/// succeed, and gets the same writes.
/// </summary>
sealed class Writer(int seed)
{
    const int FirstUnique = 20_000;

    // Values that the other version cannot have, and constraints that bind both: these are refused to an application while the rollout is open.
    static readonly string[] MayFail = ["22", "23"];

    readonly Random _random = new(seed);
    RowMaker? _rows;
    SeedValues? _values;

    /// <summary>Writes to both; returns what failed in one of them only.</summary>
    /// <param name="alone">The version's own database.</param>
    /// <param name="shared">The one with the open rollout.</param>
    /// <param name="place">What a table of the version is called there; null to leave it out.</param>
    /// <param name="mayDelete">Whether it deletes rows, too.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async Task<string?> WriteAsync(TestDatabase alone, TestDatabase shared, Func<SeedTable, string?> place, bool mayDelete, CancellationToken cancellationToken)
    {
        _values ??= new SeedValues(_random, FirstUnique);
        _rows ??= new RowMaker(_random, _values);
        await using var one = await alone.DataSource.OpenConnectionAsync(cancellationToken);
        await using var other = await shared.DataSource.OpenConnectionAsync(cancellationToken);
        foreach (var table in (await SeedTable.ReadAsync(one, cancellationToken)).Where(table => place(table) is not null))
        {
            Func<NpgsqlConnection, SeedTable, CancellationToken, Task<Func<string, string>?>>[] writes = [InsertAsync, InsertAsync, UpdateAsync, UpdateAsync, DeleteAsync];
            foreach (var write in mayDelete ? writes : writes[..^1])
            {
                if (await write(one, table, cancellationToken) is { } statement
                    && await WriteAsync(one, statement(table.Name), other, statement(place(table)!), cancellationToken) is { } difference)
                    return difference;
            }
        }

        return null;
    }

    static async Task<string?> WriteAsync(NpgsqlConnection one, string alone, NpgsqlConnection other, string shared, CancellationToken cancellationToken)
    {
        await using var transaction = await one.BeginTransactionAsync(cancellationToken);
        int wanted;
        try
        {
            wanted = await ExecuteAsync(one, alone, cancellationToken);
        }
        catch (PostgresException)
        {
            // What the version could not do alone is not asked of it.
            return null;
        }

        try
        {
            var found = await ExecuteAsync(other, shared, cancellationToken);
            if (found != wanted)
                return $"{shared}\nwrote {found} rows instead of {wanted}";
        }
        catch (PostgresException exception)
        {
            return MayFail.Any(exception.SqlState.StartsWith) ? null : $"{shared}\n{exception.SqlState}: {exception.MessageText}";
        }

        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    async Task<Func<string, string>?> InsertAsync(NpgsqlConnection connection, SeedTable table, CancellationToken cancellationToken)
    {
        var (row, _) = await _rows!.MakeAsync(connection, table, SeedStyle.Tame, cancellationToken);
        return row is null ? null : name => RowMaker.Insert(name, row);
    }

    async Task<Func<string, string>?> UpdateAsync(NpgsqlConnection connection, SeedTable table, CancellationToken cancellationToken)
    {
        if (await WhereAsync(connection, table, cancellationToken) is not { } where)
            return null;
        var sets = new List<string>();
        foreach (var key in table.ForeignKeys.Where(key => _random.Next(2) == 0 && !key.Columns.Any(table.Key.Contains)))
        {
            if (await RowMaker.ParentsAsync(connection, key, cancellationToken) is { Count: > 0 } parents)
                sets.AddRange(key.Columns.Zip(parents[_random.Next(parents.Count)], (number, value) => $"{table.Column(number).Name} = {RowMaker.Literal(value)}"));
        }

        var linked = table.ForeignKeys.SelectMany(key => key.Columns).ToHashSet();
        foreach (var column in table.Columns.Where(column => !linked.Contains(column.Number) && !table.Key.Contains(column.Number) && _random.Next(2) == 0))
        {
            var value = column.IsRequired || _random.Next(4) > 0 ? _values!.Make(column, table.UniqueColumns.Contains(column.Number), SeedStyle.Tame) : null;
            if (value is not null || !column.IsRequired)
                sets.Add($"{column.Name} = {RowMaker.Literal(value)}");
        }

        return sets.Count == 0 ? null : name => $"UPDATE {name} SET {string.Join(", ", sets.DistinctBy(set => set.Split(" = ")[0]))} WHERE {where}";
    }

    async Task<Func<string, string>?> DeleteAsync(NpgsqlConnection connection, SeedTable table, CancellationToken cancellationToken) =>
        await WhereAsync(connection, table, cancellationToken) is { } where ? name => $"DELETE FROM {name} WHERE {where}" : null;

    // Some row, by its key.
    async Task<string?> WhereAsync(NpgsqlConnection connection, SeedTable table, CancellationToken cancellationToken)
    {
        if (table.Key.Length == 0)
            return null;
        var names = table.Key.Select(number => table.Column(number).Name).ToList();
        var keys = await RowMaker.ParentsAsync(connection, new SeedKey(table.Key, table.Name, [.. names]), cancellationToken);
        return keys.Count == 0 ? null : string.Join(" AND ", names.Zip(keys[_random.Next(keys.Count)], (name, value) => $"{name} = {RowMaker.Literal(value)}"));
    }

    static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
