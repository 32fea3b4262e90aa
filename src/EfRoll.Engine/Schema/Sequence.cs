using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Schema;

/// <summary>A sequence as the catalogue describes it, also one behind a serial or identity column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its values: <c>smallint</c>, <c>integer</c> or <c>bigint</c>.</param>
/// <param name="Options">How it counts.</param>
public sealed record Sequence(QualifiedName Name, string Type, SequenceOptions Options)
{
    /// <summary>The column that owns it: it goes when that goes.</summary>
    public ColumnReference? OwnedBy { get; init; }

    /// <summary>The columns whose defaults take values from it.</summary>
    public EquatableList<ColumnReference> Defaults { get; init; } = [];

    /// <summary>What else depends on it, as PostgreSQL describes it: views.</summary>
    public EquatableList<string> Dependents { get; init; } = [];

    /// <summary>The role that owns it.</summary>
    public Identifier? Owner { get; init; }

    /// <summary>Whether the role that runs the migration may alter it.</summary>
    public bool IsOwnedByUs { get; init; } = true;

    /// <summary>Rights on it.</summary>
    public EquatableList<Grant> Grants { get; init; } = [];
}

/// <summary>How a sequence counts; nothing is left to defaults.</summary>
/// <param name="Start">Where it starts, and where a restart without a value goes to.</param>
/// <param name="Increment">What it adds each time; negative for a falling one.</param>
/// <param name="Minimum">Its lowest value.</param>
/// <param name="Maximum">Its highest value.</param>
/// <param name="Cache">How many values a session takes at once.</param>
/// <param name="IsCyclic">Whether it begins anew at its end.</param>
public sealed record SequenceOptions(long Start, long Increment, long Minimum, long Maximum, long Cache, bool IsCyclic)
{
    /// <summary>The limits of a type of values; null if sequences do not have it.</summary>
    public static (long Minimum, long Maximum)? LimitsOf(string type) => type switch
    {
        "smallint" => (short.MinValue, short.MaxValue),
        "integer" => (int.MinValue, int.MaxValue),
        "bigint" => (long.MinValue, long.MaxValue),
        _ => null,
    };
}

/// <summary>A column of a table.</summary>
public sealed record ColumnReference(QualifiedName Table, Identifier Column);
