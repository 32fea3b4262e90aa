using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>A column that an author asks for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as the author writes it; <c>serial</c> and its kin are understood in new tables.</param>
public sealed record ColumnDefinition(Identifier Name, string Type)
{
    /// <summary>Whether it takes NULL; true unless said otherwise.</summary>
    public bool IsNullable { get; init; } = true;

    /// <summary>Its default as SQL.</summary>
    public string? Default { get; init; }

    /// <summary>Its identity.</summary>
    public IdentityKind? Identity { get; init; }

    /// <summary>Options of the identity's sequence, as SQL inside the parentheses: <c>START WITH 100</c>.</summary>
    public string? IdentityOptions { get; init; }

    /// <summary>How it is generated; then <see cref="GenerationExpression"/> says from what.</summary>
    public GeneratedKind? Generated { get; init; }

    /// <summary>The expression of a generated column.</summary>
    public string? GenerationExpression { get; init; }

    /// <summary>Its collation.</summary>
    public RelationName? Collation { get; init; }

    /// <summary>Its compression method.</summary>
    public string? Compression { get; init; }

    /// <summary>Its comment.</summary>
    public string? Comment { get; init; }
}

/// <summary>Says that a property is to be set, or taken away where the value is null; a missing setting leaves it as it is.</summary>
public sealed record Setting(string? Value);
