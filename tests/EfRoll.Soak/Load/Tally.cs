namespace EfRoll.Soak.Load;

/// <summary>What happened so far, and what should not have.</summary>
sealed class Tally
{
    const int MaxShown = 40;

    readonly Lock _lock = new();
    readonly List<string> _findings = [];
    long _writes;
    long _rows;
    long _retries;
    long _broken;
    long _races;
    int _lost;
    int _failed;
    int _leftovers;
    double _longest;

    /// <summary>Writes that the server has confirmed.</summary>
    public long Writes => _writes;

    /// <summary>Rows compared with what they must be.</summary>
    public long Rows => _rows;

    /// <summary>Transactions done again because they could not be serialized, which a plain table asks for as well.</summary>
    public long Retries => _retries;

    /// <summary>Inserts of a counter that another session made at the same instant, while its key had two unique indexes; done again.</summary>
    public long Races => _races;

    /// <summary>Whether the key of the counters has two unique indexes at the moment.</summary>
    public bool MayRace { get; set; }

    /// <summary>Transactions whose connection broke.</summary>
    public long Broken => _broken;

    public int Lost => _lost;

    public int Failed => _failed;

    public int Leftovers => _leftovers;

    public IReadOnlyList<string> Findings => _findings;

    /// <summary>The longest that a transaction took whose connection held, in seconds.</summary>
    public double Longest => _longest;

    /// <summary>Where the run is, for what is found there.</summary>
    public string Place { get; set; } = "";

    public bool IsClean => _lost + _failed + _leftovers == 0;

    public void Acknowledge(int writes) => Interlocked.Add(ref _writes, writes);

    public void Compared() => Interlocked.Increment(ref _rows);

    public void Retried() => Interlocked.Increment(ref _retries);

    public void Raced() => Interlocked.Increment(ref _races);

    public void Broke() => Interlocked.Increment(ref _broken);

    /// <summary>A row that is not what its last writer wants, or is not there.</summary>
    public void Lose(string what)
    {
        Interlocked.Increment(ref _lost);
        Tell($"lost: {what}");
    }

    /// <summary>A statement that an application should never see fail, or a command of the tool.</summary>
    public void Fail(string what)
    {
        Interlocked.Increment(ref _failed);
        Tell($"failed: {what}");
    }

    /// <summary>Something of EfRoll, or something else than there was before.</summary>
    public void Leave(string what)
    {
        Interlocked.Increment(ref _leftovers);
        Tell($"left: {what}");
    }

    public void Took(double seconds)
    {
        lock (_lock)
            _longest = Math.Max(_longest, seconds);
    }

    void Tell(string finding)
    {
        lock (_lock)
        {
            if (_findings.Count >= MaxShown)
                return;
            _findings.Add($"[{Place}] {finding}");
        }

        Console.Error.WriteLine($"[{Place}] {finding}");
    }
}
