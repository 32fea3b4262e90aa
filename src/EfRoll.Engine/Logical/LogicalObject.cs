using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Logical;

/// <summary>A type or collation as the version at this point of the rollout sees it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name.</param>
public sealed record LogicalObject(ObjectKind Kind, QualifiedName Name)
{
    /// <summary>What it was before the rollout; null for one that the rollout makes.</summary>
    public UserObject? Original { get; init; }

    /// <summary>Whether a type's name, as PostgreSQL writes it, means this one.</summary>
    public bool IsNamed(string text) =>
        new[] { Name.Schema.Value, Name.Schema.ToString() }.Any(schema => text == $"{schema}.{Name.Name.Value}" || text == $"{schema}.{Name.Name}");

    /// <summary>The labels of an enum; null for anything else.</summary>
    public EquatableList<string>? Labels { get; init; }

    /// <summary>For a new one that is no enum: what follows its name.</summary>
    public SqlText? Definition { get; init; }

    /// <summary>Where it was last named.</summary>
    public SourceLocation? Source { get; init; }
}

/// <summary>An extension that the rollout installs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schema">Where to; null for its own or the base schema.</param>
/// <param name="Version">Which; null for the server's choice.</param>
/// <param name="Source">Where it was written.</param>
public sealed record NewExtension(Identifier Name, Identifier? Schema, string? Version, SourceLocation? Source);
