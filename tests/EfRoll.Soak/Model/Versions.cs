namespace EfRoll.Soak.Model;

/// <summary>What becomes of rows when one of two versions writes them: the promise, said without a word of SQL.</summary>
/// <param name="changes">What the open rollout changes; nothing if none is open, or the new version is not there yet.</param>
sealed class Versions(IReadOnlyDictionary<Slot, Change> changes)
{
    public static readonly Versions One = new(new Dictionary<Slot, Change>());

    /// <summary>The new version appears: it sees what the old one wrote.</summary>
    public void Begin(Row row)
    {
        row.New = [.. row.Old];
        for (var i = 0; i < row.Slots.Length; i++)
        {
            if (changes.TryGetValue(row.Slots[i], out var change))
                row.New[i] = change.Up(row.Old[i], row.Tag);
        }
    }

    /// <summary>A version writes; parts that it does not name are null. The users' trigger comes before anything follows.</summary>
    public void Write(Row row, bool isNew, object?[]?[] given, string? tag, bool isInsert)
    {
        var isTagged = isInsert || tag is not null && tag != row.Tag;
        row.Tag = tag ?? row.Tag;
        row.Writes++;
        var values = row.Of(isNew);
        var before = values.ToArray();
        for (var i = 0; i < values.Length; i++)
            values[i] = given[i] ?? values[i];
        if (isNew)
            FollowNew(row, before, isInsert);
        else
            FollowOld(row, before, isTagged, isInsert);
    }

    void FollowOld(Row row, object?[][] before, bool isTagged, bool isInsert)
    {
        Clean(row);
        if (row.New is null)
            return;
        for (var i = 0; i < row.Slots.Length; i++)
        {
            if (!changes.TryGetValue(row.Slots[i], out var change))
                row.New[i] = row.Old[i];
            else if (isInsert || change.From.Columns.Length > 0 && !IsSame(before[i], row.Old[i]) || change.ReadsTag && isTagged)
                row.New[i] = change.Up(row.Old[i], row.Tag);
        }
    }

    void FollowNew(Row row, object?[][] before, bool isInsert)
    {
        for (var i = 0; i < row.Slots.Length; i++)
        {
            if (!changes.TryGetValue(row.Slots[i], out var change))
                row.Old[i] = row.New![i];
            else if (isInsert || change.To.Columns.Length > 0 && !IsSame(before[i], row.New![i]))
                row.Old[i] = change.Down(row.New![i]);
        }

        // The trigger sees the old version's columns; what it changes there is the last word for both.
        if (Clean(row) is { } code)
            row.New![code] = changes.TryGetValue(row.Slots[code], out var change) ? change.Up(row.Old[code], row.Tag) : row.Old[code];
    }

    static int? Clean(Row row)
    {
        var i = Array.IndexOf(row.Slots, Catalogue.Code);
        if (i < 0)
            return null;
        object?[] cleaned = [((string)row.Old[i][0]!).ToLowerInvariant()];
        if (IsSame(cleaned, row.Old[i]))
            return null;
        row.Old[i] = cleaned;
        return i;
    }

    static bool IsSame(object?[] one, object?[] other) => one.AsSpan().SequenceEqual(other);
}
