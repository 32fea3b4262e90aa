using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Sessions;

/// <summary>Takes the time for which one transaction, however often it is tried, waits for its strong locks and holds them.</summary>
sealed class LockStopwatch(string title, TimeProvider time)
{
    readonly Dictionary<QualifiedName, (LockMode Mode, TimeSpan Waited, long? Since)> _locks = [];
    (RelationLock Lock, long At)? _wanted;
    int _attempts;

    /// <summary>Another attempt; nothing is held.</summary>
    public void Begin()
    {
        Have(isThere: false);
        _attempts++;
        foreach (var (relation, use) in _locks)
            _locks[relation] = use with { Since = null };
    }

    /// <summary>A lock is asked for.</summary>
    public void Want(RelationLock wanted) => _wanted = (wanted, time.GetTimestamp());

    /// <summary>The lock that was asked for is there.</summary>
    public void Have() => Have(isThere: true);

    /// <summary>The transaction is at its end.</summary>
    public IEnumerable<LockUse> End() =>
        [.. _locks.Where(pair => pair.Value is { Since: not null, Mode: > LockMode.ShareUpdateExclusive }).Select(pair => new LockUse(
            title, pair.Key, pair.Value.Mode, pair.Value.Waited, time.GetElapsedTime(pair.Value.Since!.Value), _attempts))];

    void Have(bool isThere)
    {
        if (_wanted is not { } wanted)
            return;
        _wanted = null;
        var waited = time.GetElapsedTime(wanted.At);
        var (_, longest, since) = _locks.GetValueOrDefault(wanted.Lock.Relation);
        _locks[wanted.Lock.Relation] = (wanted.Lock.Mode, waited > longest ? waited : longest, isThere ? since ?? time.GetTimestamp() : since);
    }
}
