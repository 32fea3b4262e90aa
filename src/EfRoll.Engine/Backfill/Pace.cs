using EfRoll.Engine.Schema;
using EfRoll.Engine.State;

namespace EfRoll.Engine.Backfill;

/// <summary>How fast a table's backfill goes, without the time for which it was held.</summary>
sealed class Pace(BackfillCursor began, TimeProvider time)
{
    const string Slowed = "batches take longer than they could: pausing between them, since others want the processor or the disk";

    readonly long _began = time.GetTimestamp();
    TimeSpan _held;
    long? _heldSince;
    EquatableList<string> _heldBy = [];

    /// <summary>Since it began or went on.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_began);

    /// <summary>From now on it is held, or not; or it leaves part of the time to others.</summary>
    public void Look(IReadOnlyList<string> heldBy, bool isSlowed)
    {
        if (_heldSince is { } since)
            _held += time.GetElapsedTime(since);
        _heldSince = heldBy.Count > 0 ? time.GetTimestamp() : null;
        _heldBy = heldBy.Count == 0 && isSlowed ? [Slowed] : heldBy.ToEquatableList();
    }

    /// <summary>What there is to say of it.</summary>
    public BackfillNote Now(BackfillCursor cursor)
    {
        var held = _held + (_heldSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero);
        var seconds = Math.Max(0.001, (Elapsed - held).TotalSeconds);
        var pages = (cursor.NextPage - began.NextPage) / seconds;
        return new BackfillNote(cursor)
        {
            RowsPerSecond = (cursor.Rows - began.Rows) / seconds,
            Remaining = pages > 0 ? TimeSpan.FromSeconds(Math.Max(0, cursor.Pages - cursor.NextPage) / pages) : null,
            HeldBy = _heldBy,
        };
    }
}
