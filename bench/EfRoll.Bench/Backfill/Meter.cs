using System.Diagnostics;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Bench.Backfill;

/// <summary>Looks at the clock, the WAL and the table's size when something begins and when it ends.</summary>
sealed class Meter(TestDatabase database) : IDisposable
{
    // Of the table itself and, where it is divided, of its partitions; there the table has no bytes of its own.
    const string Sizes = """
        SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn,
            coalesce(sum(pg_table_size(relid)), 0), coalesce(sum(pg_indexes_size(relid)), 0)
        FROM (SELECT 'users'::regclass AS relid UNION SELECT relid FROM pg_partition_tree('users') WHERE isleaf) AS tables
        """;

    const string Updates = "SELECT coalesce(sum(n_tup_upd), 0)::float8, coalesce(sum(n_tup_hot_upd), 0)::float8 FROM pg_stat_user_tables WHERE relname LIKE 'users%'";

    // A session that ends tells its counts as it goes; in PostgreSQL 14 a process of its own adds them up, twice a second.
    static readonly TimeSpan CountsDeadline = TimeSpan.FromSeconds(3);

    readonly NpgsqlConnection _connection = database.DataSource.OpenConnection();
    long _began;
    double[] _before = [];
    Measurement? _result;

    /// <summary>What is measured begins; said again, it begins anew.</summary>
    public void Begin()
    {
        _before = Query(Sizes);
        _began = Stopwatch.GetTimestamp();
    }

    /// <summary>It ends.</summary>
    public void End()
    {
        var seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        var after = Query(Sizes);
        _result = new Measurement(seconds, after[0] - _before[0], after[1] - _before[1], after[2] - _before[2]);
    }

    /// <summary>What was measured, when all sessions that wrote have ended.</summary>
    public async Task<Measurement> ReadAsync(long rows, CancellationToken cancellationToken)
    {
        var result = _result ?? throw new InvalidOperationException("Nothing was measured.");
        var began = Stopwatch.GetTimestamp();
        double[] updates;
        while ((updates = Query(Updates))[0] < rows && Stopwatch.GetElapsedTime(began) < CountsDeadline)
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        return updates[0] > 0 ? result with { HotShare = updates[1] / updates[0] } : result;
    }

    public void Dispose() => _connection.Dispose();

    double[] Query(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        using var reader = command.ExecuteReader();
        reader.Read();
        return [.. Enumerable.Range(0, reader.FieldCount).Select(column => Convert.ToDouble(reader.GetValue(column), System.Globalization.CultureInfo.InvariantCulture))];
    }
}
