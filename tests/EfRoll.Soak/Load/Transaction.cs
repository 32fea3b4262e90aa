using System.Data;
using EfRoll.Soak.Model;
using Npgsql;

namespace EfRoll.Soak.Load;

/// <summary>A transaction of a worker, with what it makes of the rows if it is committed.</summary>
sealed class Transaction(Side side, Versions versions, bool hasNew, NpgsqlConnection connection, IReadOnlyDictionary<(string Table, long Id), Row> rows)
{
    readonly Dictionary<(string Table, long Id), Row?> _written = [];

    public Side Side => side;

    /// <summary>Whether there are two versions of each row.</summary>
    public bool HasNew => hasNew;

    public NpgsqlConnection Connection => connection;

    public int Writes { get; set; }

    /// <summary>What becomes of which rows; null for the deleted.</summary>
    public IReadOnlyDictionary<(string Table, long Id), Row?> Written => _written;

    /// <summary>All rows as this transaction sees them.</summary>
    public IEnumerable<Row> Rows(string table) =>
        rows.Where(pair => pair.Key.Table == table && !_written.ContainsKey(pair.Key)).Select(pair => pair.Value)
            .Concat(_written.Where(pair => pair.Key.Table == table).Select(pair => pair.Value).OfType<Row>());

    /// <summary>Remembers a row that is made.</summary>
    public void Insert(Row row, object?[]?[] given)
    {
        versions.Write(row, side.IsNew, given, row.Tag, isInsert: true);
        _written[(row.Table, row.Id)] = row;
    }

    /// <summary>Remembers a write to a row.</summary>
    public Row Update(Row row, object?[]?[] given, string? tag)
    {
        var written = row.Copied();
        versions.Write(written, side.IsNew, given, tag, isInsert: false);
        written.Version++;
        _written[(row.Table, row.Id)] = written;
        return written;
    }

    /// <summary>Forgets a row that only served to see what would become of it.</summary>
    public void Forget(Row row) => _written.Remove((row.Table, row.Id));

    /// <summary>Forgets a row, and with an item its lines.</summary>
    public void Delete(Row row)
    {
        _written[(row.Table, row.Id)] = null;
        if (row.Table != Catalogue.Items)
            return;
        foreach (var line in Rows(Catalogue.Lines).Where(line => line.Parent == row.Id).ToList())
            _written[(line.Table, line.Id)] = null;
    }

    /// <summary>What was remembered so far, for a savepoint.</summary>
    public Dictionary<(string Table, long Id), Row?> Save() => new(_written);

    /// <summary>Forgets what came after.</summary>
    public void Restore(Dictionary<(string Table, long Id), Row?> saved)
    {
        _written.Clear();
        foreach (var (key, row) in saved)
            _written[key] = row;
    }

    /// <summary>Runs a statement; returns the number of rows.</summary>
    public async Task<int> ExecuteAsync(string sql, params object?[] arguments)
    {
        await using var command = Command(sql, arguments);
        Writes++;
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value, null for none.</summary>
    public async Task<object?> ScalarAsync(string sql, params object?[] arguments)
    {
        await using var command = Command(sql, arguments);
        return await command.ExecuteScalarAsync() is var value and not DBNull ? value : null;
    }

    /// <summary>Reads rows of a table as this version sees them.</summary>
    public async Task<List<(long Id, long Parent, int Version, string Tag, object?[][] Values)>> ReadAsync(string table, string condition, params object?[] arguments)
    {
        await using var command = Command($"{side.Select(table)} {condition}", arguments);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<(long, long, int, string, object?[][])>();
        while (await reader.ReadAsync())
            found.Add((Convert.ToInt64(reader.GetValue(0), null), Convert.ToInt64(reader.GetValue(1), null), reader.GetInt32(2), reader.GetString(3), side.Values(table, reader)));
        return found;
    }

    /// <summary>All rows of a query; NULL is null.</summary>
    public async Task<List<object?[]>> QueryAsync(string sql)
    {
        await using var command = Command(sql, []);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<object?[]>();
        while (await reader.ReadAsync())
            found.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        return found;
    }

    NpgsqlCommand Command(string sql, object?[] arguments)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var argument in arguments)
            command.Parameters.Add(new NpgsqlParameter { Value = argument ?? DBNull.Value });
        return command;
    }
}
