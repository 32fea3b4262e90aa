using EfRoll.Engine.Schema;
using EfRoll.Engine.State;

namespace EfRoll.Engine.Backfill;

/// <summary>The pages of a table as they are handed out to workers and come back done; knows from where a later run has to go on.</summary>
sealed class Windows(BackfillCursor cursor)
{
    readonly Lock _lock = new();
    readonly SortedSet<long> _open = [];
    readonly List<PageRange> _leftBehind = [.. cursor.LeftBehind];
    long _next = cursor.NextPage;
    long _pages = cursor.Pages;
    long _rows = cursor.Rows;

    /// <summary>How far the table is: everything before the first window that is not done.</summary>
    public BackfillCursor Cursor
    {
        get
        {
            lock (_lock)
                return new BackfillCursor(_open.Count > 0 ? _open.Min : _next, _pages, _rows, _leftBehind.ToEquatableList());
        }
    }

    /// <summary>The next pages to do; null if there are none left.</summary>
    /// <param name="size">How many, at most.</param>
    /// <param name="pages">The pages that the table has at this moment: rows that an application moved to new ones are looked at as well.</param>
    public PageRange? Take(long size, long pages)
    {
        lock (_lock)
        {
            _pages = Math.Max(_pages, pages);
            if (_next >= _pages)
                return null;
            var range = new PageRange(_next, Math.Min(_next + size, _pages));
            _next = range.End;
            _open.Add(range.First);
            return range;
        }
    }

    /// <summary>Rows have been written.</summary>
    public void Wrote(int rows)
    {
        lock (_lock)
            _rows += rows;
    }

    /// <summary>A window is done but for some ranges in which somebody had rows locked.</summary>
    public void Done(PageRange window, IEnumerable<PageRange> leftBehind)
    {
        lock (_lock)
        {
            _leftBehind.AddRange(leftBehind);
            _open.Remove(window.First);
        }
    }

    /// <summary>Nothing is locked any more in a range that was left behind.</summary>
    public void CameBackTo(PageRange range)
    {
        lock (_lock)
            _leftBehind.Remove(range);
    }
}
