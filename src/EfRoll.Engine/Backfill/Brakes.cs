using System.Globalization;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using Npgsql;

namespace EfRoll.Engine.Backfill;

/// <summary>Looks whether something speaks against going on, and how much of the server the backfill may take.</summary>
sealed class Brakes(Session session, BackfillTable step, TimeProvider time)
{
    static readonly SqlText Look = EmbeddedSql.Read("Brakes.sql");

    // Somebody who sends a statement now and then is at work, too.
    const int LooksUntilAlone = 5;

    (long Wal, long At)? _last;
    int _looksWithoutOthers;

    /// <summary>Whether the role may not see what the brakes look at.</summary>
    public bool AreBlind { get; private set; }

    /// <summary>How many workers there should be.</summary>
    public int Workers { get; private set; } = 1;

    /// <summary>What holds the backfill at this moment, for people: nothing if it may go on.</summary>
    public async Task<IReadOnlyList<string>> LookAsync(BackfillOptions options, int[] workers, CancellationToken cancellationToken)
    {
        var seen = (await session.QueryAsync(
            Look,
            [workers, step.Table.ToString()],
            reader => new Seen(
                reader.IsDBNull(0) ? null : reader.GetDouble(0), reader.GetInt64(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt32(3),
                reader.GetInt64(4), reader.GetInt32(5), reader.GetInt32(6), reader.GetBoolean(7)),
            cancellationToken).ConfigureAwait(false))[0];
        AreBlind = !seen.SeesAll;
        _looksWithoutOthers = seen.Active == 0 ? _looksWithoutOthers + 1 : 0;
        Workers = options.Workers ?? (_looksWithoutOthers >= LooksUntilAlone && seen.SeesAll ? Math.Max(1, seen.MaintenanceWorkers) : 1);

        var holding = new List<string>();
        if (options.MaxReplicaLag is { } lag && seen.ReplicaLag > lag.TotalSeconds)
            holding.Add(Text($"a replica is {seen.ReplicaLag:0.0} s behind, more than {lag.TotalSeconds:0.#} s"));
        if (options.MaxWalRate is { } rate && WalRate(seen.Wal, rate) is var written && written > rate)
            holding.Add(Text($"the server writes {written / 1e6:0.0} MB of WAL a second, more than {rate / 1e6:0.0}"));
        if (options.MaxActiveSessions is { } share && seen.Active * 100 > (long)share * seen.MaxConnections)
            holding.Add(Text($"{seen.Active} sessions are active, more than {share} % of {seen.MaxConnections}"));
        if (options.MaxWaitingSessions is { } most && seen.Waiting > most)
            holding.Add(Text($"{seen.Waiting} {(seen.Waiting == 1 ? "session waits" : "sessions wait")} for the backfill"));
        if (options.HoldsForWraparound && seen.WraparoundVacuum is { } pid)
            holding.Add(Text($"a vacuum prevents wraparound (pid {pid})"));
        if (options.BrakeQuery is { } query && await AskAsync(query, cancellationToken).ConfigureAwait(false) is { } reason)
            holding.Add(reason);
        return holding;
    }

    // Over the time since it was last low enough: what is written in one second may take several to be paid for.
    double WalRate(long wal, long limit)
    {
        var now = time.GetTimestamp();
        var last = _last;
        var rate = last is null ? 0 : (wal - last.Value.Wal) / Math.Max(0.001, time.GetElapsedTime(last.Value.At, now).TotalSeconds);
        if (rate <= limit)
            _last = (wal, now);
        return rate;
    }

    async Task<string?> AskAsync(string query, CancellationToken cancellationToken)
    {
        try
        {
            var reason = await session.ScalarAsync<string>(
                $"SELECT brake.reason::text FROM (\n{SqlText.Verbatim(query)}\n) AS brake (reason) LIMIT 1", [], cancellationToken).ConfigureAwait(false);
            return reason is null or "" or "false" ? null : reason == "true" ? "the brake query says so" : reason;
        }
        catch (PostgresException error) when (!SqlStates.IsShutdown(error.SqlState))
        {
            throw Failures.BrakeQueryFailed(error.MessageText, error);
        }
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    sealed record Seen(
        double? ReplicaLag, long Active, long Waiting, int? WraparoundVacuum, long Wal, int MaxConnections, int MaintenanceWorkers, bool SeesAll);
}
