using System.Globalization;
using EfRoll.Soak.Model;

namespace EfRoll.Soak.Load;

/// <summary>
/// Rows that all workers write at once: counters, whose order does not matter, and texts that are replaced only by who has seen the last one, so
/// that the row itself says who was last.
/// </summary>
sealed class SharedRows
{
    public const int HotRows = 8;

    readonly Lock _lock = new();
    readonly Dictionary<string, Counter> _counters = [];
    readonly Dictionary<(long Id, int Version), List<(string Payload, bool IsSure)>> _payloads = [];
    readonly Dictionary<long, int> _seen = [];
    int _turn;

    /// <summary>Makes the rows.</summary>
    public async Task SeedAsync(Transaction transaction)
    {
        for (var id = 1L; id <= HotRows; id++)
        {
            var payload = $"seed{id}";
            await transaction.ExecuteAsync(
                "INSERT INTO hot (id, ver, payload, n) VALUES ($1, 0, $2, $3)", id, Catalogue.Written(transaction.Side[Catalogue.Payload], payload), Counted(transaction.Side, 0));
            Log(id, 0, payload, isSure: true);
        }
    }

    /// <summary>Adds one to a counter, by the statement alone or by reading it first.</summary>
    public async Task<Outcome> CountAsync(Transaction transaction, Random random)
    {
        var id = random.Next(1, HotRows + 1);
        var one = Counted(transaction.Side, 1);
        if (random.Next(3) > 0)
        {
            await transaction.ExecuteAsync("UPDATE hot SET n = n + $1 WHERE id = $2", one, id);
        }
        else
        {
            var n = await transaction.ScalarAsync("SELECT n FROM hot WHERE id = $1 FOR UPDATE", id);
            await transaction.ExecuteAsync("UPDATE hot SET n = $1 WHERE id = $2", n is int number ? (object)(number + (int)one) : (long)n! + (long)one, id);
        }

        return isSure => Count($"hot {id}", isSure);
    }

    /// <summary>Makes a counter, or adds one to it: whoever comes first.</summary>
    public async Task<Outcome> TallyAsync(Transaction transaction)
    {
        // Several in a row take the same name, so that some make it at the same time.
        var name = $"t{Interlocked.Increment(ref _turn) / 6}";
        await transaction.ExecuteAsync(
            "INSERT INTO tallies (key, n) VALUES ($1, 1) ON CONFLICT (key) DO UPDATE SET n = tallies.n + 1", Catalogue.Written(transaction.Side[Catalogue.TallyKey], name));
        return isSure => Count(name, isSure);
    }

    /// <summary>Replaces a text unless somebody else has done so meanwhile.</summary>
    public async Task<Outcome> ReplaceAsync(Transaction transaction, Random random)
    {
        var id = random.Next(1, HotRows + 1);
        var version = (int)(await transaction.ScalarAsync("SELECT ver FROM hot WHERE id = $1", id))!;
        var payload = $"{Text.Word(random)}{random.Next()}";
        var written = await transaction.ExecuteAsync(
            "UPDATE hot SET payload = $1, ver = ver + 1 WHERE id = $2 AND ver = $3", Catalogue.Written(transaction.Side[Catalogue.Payload], payload), id, version);
        return written == 0 ? _ => { } : isSure => Log(id, version + 1, payload, isSure);
    }

    /// <summary>Compares all of them as a version sees them, while nobody writes.</summary>
    /// <param name="transaction">Reads.</param>
    /// <param name="tally">Gets what is wrong.</param>
    public async Task CheckAsync(Transaction transaction, Tally tally)
    {
        var side = transaction.Side;
        foreach (var row in await transaction.QueryAsync("SELECT id, ver, payload, n FROM hot"))
        {
            var (id, version) = (Convert.ToInt64(row[0], CultureInfo.InvariantCulture), (int)row[1]!);
            Check(side, tally, $"hot {id}", number => Catalogue.Counted(side[Catalogue.Count], number).Equals(row[3]), row[3]!);
            CheckPayload(side, tally, id, version, (string)row[2]!);
        }

        var tallies = (await transaction.QueryAsync("SELECT key, n FROM tallies")).ToDictionary(row => (string)row[0]!, row => row[1]!);
        lock (_lock)
        {
            foreach (var name in _counters.Keys.Where(name => name[0] == 't').ToList())
            {
                var found = tallies.GetValueOrDefault(Catalogue.Written(side[Catalogue.TallyKey], name), 0);
                Check(side, tally, name, number => number.Equals(found), found);
            }
        }
    }

    void Check(Side side, Tally tally, string name, Func<int, bool> isFound, object found)
    {
        lock (_lock)
        {
            tally.Compared();
            var counter = _counters.GetValueOrDefault(name, new Counter(0, 0));
            for (var number = counter.Sure; number <= counter.Sure + counter.Possible; number++)
            {
                if (!isFound(number))
                    continue;
                _counters[name] = new Counter(number, 0);
                return;
            }

            tally.Lose($"{name} of the {(side.IsNew ? "new" : "old")} version counts {found} instead of {counter.Sure} and at most {counter.Possible} more");
        }
    }

    // Whoever was confirmed must be in the row's history, and nobody else may have had his place there.
    void CheckPayload(Side side, Tally tally, long id, int version, string payload)
    {
        lock (_lock)
        {
            tally.Compared();
            var last = _payloads.Keys.Where(key => key.Id == id && _payloads[key].Exists(entry => entry.IsSure)).Max(key => key.Version);
            if (last > version)
                tally.Lose($"hot {id} of the {(side.IsNew ? "new" : "old")} version has version {version}, although {last} was confirmed");
            for (var each = _seen.GetValueOrDefault(id); each <= version; each++)
            {
                var entries = _payloads.GetValueOrDefault((id, each), []);
                if (entries.Count == 0 || entries.Count(entry => entry.IsSure) > 1)
                    tally.Lose($"hot {id}: version {each} was written by {entries.Count(entry => entry.IsSure)} confirmed of {entries.Count}");
            }

            var candidates = _payloads.GetValueOrDefault((id, version), []);
            var wanted = candidates.Exists(entry => entry.IsSure) ? candidates.Where(entry => entry.IsSure) : candidates;
            if (!wanted.Any(entry => Catalogue.Written(side[Catalogue.Payload], entry.Payload) == payload))
                tally.Lose($"hot {id} of the {(side.IsNew ? "new" : "old")} version has '{payload}' instead of '{string.Join("' or '", wanted.Select(entry => entry.Payload))}'");
            _seen[id] = version;
        }
    }

    void Count(string name, bool isSure)
    {
        lock (_lock)
        {
            var counter = _counters.GetValueOrDefault(name, new Counter(0, 0));
            _counters[name] = isSure ? counter with { Sure = counter.Sure + 1 } : counter with { Possible = counter.Possible + 1 };
        }
    }

    void Log(long id, int version, string payload, bool isSure)
    {
        lock (_lock)
        {
            if (!_payloads.TryGetValue((id, version), out var entries))
                _payloads[(id, version)] = entries = [];
            entries.Add((payload, isSure));
        }
    }

    static object Counted(Side side, int count) => Catalogue.Counted(side[Catalogue.Count], count);

    sealed record Counter(int Sure, int Possible);
}

/// <summary>To be called when a transaction has ended, unless it failed: whether that is sure, or its answer was lost.</summary>
delegate void Outcome(bool isSure);
