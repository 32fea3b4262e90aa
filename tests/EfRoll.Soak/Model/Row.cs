namespace EfRoll.Soak.Model;

/// <summary>A row as its last writer wants it, for either version.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Id">Its key.</param>
sealed record Row(string Table, long Id)
{
    /// <summary>The worker that owns an item, or the item that a line belongs to.</summary>
    public required long Parent { get; set; }

    /// <summary>Raised by every write: the row says itself whether a write whose answer was lost has happened.</summary>
    public int Version { get; set; }

    public required string Tag { get; set; }

    /// <summary>By the order of <see cref="Catalogue.InRows"/>: what the version that runs before and after a rollback sees.</summary>
    public required object?[][] Old { get; set; }

    /// <summary>What the new version sees, while there is one.</summary>
    public object?[][]? New { get; set; }

    /// <summary>How often it was written, as a trigger counts.</summary>
    public int Writes { get; set; }

    public Slot[] Slots => Catalogue.InRows[Table];

    public object?[][] Of(bool isNew) => isNew ? New! : Old;

    public Row Copied() => this with { Old = [.. Old], New = New is null ? null : [.. New] };
}
