using System.Data;
using System.Data.Common;
using System.Diagnostics;
using EfRoll.Soak.Model;
using Npgsql;

namespace EfRoll.Soak.Load;

/// <summary>A client that uses whatever versions run. It alone writes the rows it owns, so it knows what each of them must look like.</summary>
/// <param name="number">From one on; decides on its keys.</param>
/// <param name="seed">Decides on what it does.</param>
/// <param name="shared">What all workers write.</param>
/// <param name="tally">Gets what it did and what was wrong.</param>
/// <param name="mayBreak">Whether connections are broken on purpose.</param>
sealed class Worker(int number, int seed, SharedRows shared, Tally tally, bool mayBreak)
{
    const int Crowd = 400;

    static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    readonly Random _random = new(seed);
    readonly RowWrites _writes = new(new Random(seed + 1), number);
    readonly Dictionary<(string Table, long Id), Row> _rows = [];

    /// <summary>Its rows as they must be.</summary>
    public IReadOnlyDictionary<(string Table, long Id), Row> Rows => _rows;

    public int Number => number;

    /// <summary>The rows that are there before the load begins.</summary>
    public Task SeedAsync(Side side, int items) => RunAsync(side, Versions.One, hasNew: false, IsolationLevel.ReadCommitted, transaction => _writes.CopyAsync(transaction, items));

    /// <summary>Makes what all workers write.</summary>
    public Task SeedSharedAsync(Side side) => RunAsync(side, Versions.One, hasNew: false, IsolationLevel.ReadCommitted, shared.SeedAsync);

    /// <summary>Does one thing that an application would do.</summary>
    /// <param name="sides">The versions that run.</param>
    /// <param name="versions">What follows from their writes.</param>
    /// <param name="hasNew">Whether there are two versions of each row.</param>
    public async Task ActAsync(IReadOnlyList<Side> sides, Versions versions, bool hasNew)
    {
        var side = sides[_random.Next(sides.Count)];
        var level = _random.Next(10) switch { < 6 => IsolationLevel.ReadCommitted, < 8 => IsolationLevel.RepeatableRead, _ => IsolationLevel.Serializable };
        var isCrowded = _rows.Count > 2 * Crowd;
        Task Run(Func<Transaction, Task> work) => RunAsync(side, versions, hasNew, level, work);
        Task RunShared(Func<Transaction, Task<Outcome>> work) => RunSharedAsync(side, versions, hasNew, level, work);
        await (_random.Next(100) switch
        {
            < 10 => Run(isCrowded ? _writes.DeleteAsync : _writes.InsertAsync),
            < 28 => Run(_writes.UpdateAsync),
            < 36 => Run(_writes.UpdateLockedAsync),
            < 44 => Run(_writes.UpsertAsync),
            < 49 => Run(_writes.UpdateManyAsync),
            < 53 => Run(_writes.DeleteAsync),
            < 55 => side.IsNew || isCrowded ? Run(_writes.UpdateAsync) : Run(transaction => _writes.CopyAsync(transaction, 5)),
            < 59 => Run(_writes.UpdateWithSavepointAsync),
            < 70 => Run(_writes.WriteLineAsync),
            < 78 => RunShared(transaction => shared.CountAsync(transaction, _random)),
            < 84 => RunShared(transaction => shared.ReplaceAsync(transaction, _random)),
            < 90 => RunShared(shared.TallyAsync),
            _ => Run(ReadAsync),
        });
    }

    /// <summary>Compares all its rows as a version sees them.</summary>
    public Task CheckAsync(Side side, Versions versions, bool hasNew) => RunAsync(side, versions, hasNew, IsolationLevel.ReadCommitted, async transaction =>
    {
        foreach (var table in Catalogue.InRows.Keys)
        {
            var found = await transaction.ReadAsync(table, table == Catalogue.Items ? "WHERE owner = $1" : "WHERE item_id IN (SELECT id FROM items WHERE owner = $1)", number);
            var seen = new HashSet<long>();
            foreach (var each in found)
            {
                tally.Compared();
                seen.Add(each.Id);
                if (!_rows.TryGetValue((table, each.Id), out var row))
                    tally.Lose($"{table} {each.Id} of the {Name(side)} version should not be there");
                else if (Checker.Difference(side, row, each) is { } difference)
                    tally.Lose(difference);
            }

            foreach (var row in _rows.Values.Where(row => row.Table == table && !seen.Contains(row.Id)))
                tally.Lose($"{table} {row.Id} is missing in the {Name(side)} version");
        }
    }, mustAnswer: true);

    /// <summary>Compares what all workers write.</summary>
    public Task CheckSharedAsync(Side side) =>
        RunAsync(side, Versions.One, hasNew: false, IsolationLevel.ReadCommitted, transaction => shared.CheckAsync(transaction, tally), mustAnswer: true);

    /// <summary>Compares how often a trigger has seen each item written with how often it was; nobody else's writes fire it.</summary>
    public Task CheckAuditAsync(Side side, Versions versions, bool hasNew) => RunAsync(side, versions, hasNew, IsolationLevel.ReadCommitted, async transaction =>
    {
        var counts = (await transaction.QueryAsync("SELECT item_id, count(*) FROM audit GROUP BY item_id")).ToDictionary(row => (long)row[0]!, row => (long)row[1]!);
        foreach (var row in _rows.Values.Where(row => row.Table == Catalogue.Items))
        {
            tally.Compared();
            if (counts.GetValueOrDefault(row.Id) != row.Writes)
                tally.Lose($"item {row.Id} was written {row.Writes} times, and its trigger fired {counts.GetValueOrDefault(row.Id)} times");
            row.Writes = 0;
        }
    }, mustAnswer: true);

    /// <summary>Goes through its rows while it is idle.</summary>
    public void ForEach(Action<Row> change)
    {
        foreach (var row in _rows.Values)
            change(row);
    }

    async Task ReadAsync(Transaction transaction)
    {
        if (_rows.Count == 0)
            return;
        var row = _rows.Values.ElementAt(_random.Next(_rows.Count));
        var found = await transaction.ReadAsync(row.Table, "WHERE id = $1", row.Id);
        tally.Compared();
        if (found.Count != 1)
            tally.Lose($"{row.Table} {row.Id} is there {found.Count} times in the {Name(transaction.Side)} version");
        else if (Checker.Difference(transaction.Side, row, found[0]) is { } difference)
            tally.Lose(difference);
    }

    Task RunAsync(Side side, Versions versions, bool hasNew, IsolationLevel level, Func<Transaction, Task> work, bool mustAnswer = false) => RunSharedAsync(
        side,
        versions,
        hasNew,
        level,
        async transaction =>
        {
            await work(transaction);
            return _ => { };
        },
        mustAnswer);

    async Task RunSharedAsync(Side side, Versions versions, bool hasNew, IsolationLevel level, Func<Transaction, Task<Outcome>> work, bool mustAnswer = false)
    {
        while (true)
        {
            Transaction? transaction = null;
            Outcome outcome = _ => { };
            var began = Stopwatch.GetTimestamp();
            try
            {
                await using var connection = await side.DataSource.OpenConnectionAsync();
                await using var open = await connection.BeginTransactionAsync(level);
                transaction = new Transaction(side, versions, hasNew, connection, _rows);
                outcome = await work(transaction);
                await open.CommitAsync();
                Apply(transaction);
                outcome(true);
                outcome = _ => { };
                tally.Acknowledge(transaction.Writes);
                tally.Took(Stopwatch.GetElapsedTime(began).TotalSeconds);
                return;
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.SerializationFailure && level != IsolationLevel.ReadCommitted)
            {
                tally.Retried();
            }
            catch (PostgresException error) when (error is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: Catalogue.Tallies } && tally.MayRace)
            {
                tally.Raced();
            }
            catch (Exception error) when (mayBreak && Breaks.IsBroken(error))
            {
                tally.Broke();
                outcome(false);
                if (transaction is not null)
                    await ResolveAsync(transaction);
                else
                    await Task.Delay(BetweenTries);
                if (!mustAnswer)
                    return;
            }
            catch (Exception error) when (error is DbException or InvalidDataException or InvalidOperationException or TimeoutException)
            {
                tally.Fail($"{Name(side)} version, {level}: {(error is PostgresException known ? $"{known.SqlState} {known.MessageText} {known.Detail} {known.Where}" : error.ToString())}");
                return;
            }
        }
    }

    void Apply(Transaction transaction)
    {
        foreach (var (key, row) in transaction.Written)
        {
            if (row is null)
                _rows.Remove(key);
            else
                _rows[key] = row;
        }
    }

    /// <summary>Asks the rows themselves whether a transaction happened whose answer was lost.</summary>
    async Task ResolveAsync(Transaction transaction)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await transaction.Side.DataSource.OpenConnectionAsync();
                foreach (var ((table, id), after) in transaction.Written)
                {
                    var before = _rows.GetValueOrDefault((table, id));
                    if (before?.Version == after?.Version)
                        continue;
                    await using var command = new NpgsqlCommand($"SELECT ver FROM {transaction.Side.Table(table)} WHERE id = $1", connection);
                    command.Parameters.Add(new NpgsqlParameter { Value = id });
                    var version = (int?)await command.ExecuteScalarAsync();
                    if (version == after?.Version)
                        Apply(transaction);
                    else if (version != before?.Version)
                        tally.Lose($"{table} {id} has version {version}, neither {before?.Version} as before nor {after?.Version} as after a write whose connection broke");
                    return;
                }

                return;
            }
            catch (Exception error) when (Breaks.IsBroken(error) && Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(BetweenTries);
            }
        }
    }

    static string Name(Side side) => side.IsNew ? "new" : "old";
}
