using EfRoll.Engine.Schema;

namespace EfRoll.Engine.Operations;

/// <summary>Where a column's values come from when nobody writes them; with nothing said, from its default alone.</summary>
public sealed record ValueSource
{
    /// <summary>A sequence of its own.</summary>
    public Numbering Numbering { get; init; }

    /// <summary>Options of a sequence that is made for it, as SQL: <c>START WITH 100</c>.</summary>
    public string? SequenceOptions { get; init; }

    /// <summary>Whether it is generated, and how; then <see cref="Expression"/> says from what.</summary>
    public GeneratedKind? Generated { get; init; }

    /// <summary>The expression of a generated column.</summary>
    public string? Expression { get; init; }
}
