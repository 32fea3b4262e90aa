namespace EfRoll.Soak.Model;

/// <summary>
/// What a migration makes of a part of a table. <see cref="Up"/> and <see cref="Down"/> say in C# what the author's expressions say in SQL, so that
/// neither can agree with itself.
/// </summary>
sealed record Change(Shape From, Shape To)
{
    /// <summary>The operations as in a migration file; <c>$lines</c> stands for the table's name of the moment.</summary>
    public required IReadOnlyList<string> Operations { get; init; }

    /// <summary>The same change on a database without rows, as nobody needs EfRoll for.</summary>
    public required string Sql { get; init; }

    /// <summary>The new version's values of the old one's and of the row's tag.</summary>
    public required Func<object?[], string, object?[]> Up { get; init; }

    /// <summary>The old version's values of the new one's.</summary>
    public required Func<object?[], object?[]> Down { get; init; }

    /// <summary>Whether <see cref="Up"/> depends on the tag, a column that both versions share.</summary>
    public bool ReadsTag { get; init; }

    /// <summary>This change and another after it, as one rollout makes them.</summary>
    public Change Then(Change next) => new(From, next.To)
    {
        Operations = [.. Operations, .. next.Operations],
        Sql = $"{Sql};\n{next.Sql}",
        Up = (values, tag) => next.Up(Up(values, tag), tag),
        Down = values => Down(next.Down(values)),
        ReadsTag = ReadsTag || next.ReadsTag,
    };
}
