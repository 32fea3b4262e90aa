using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Schema;

/// <summary>An enum, a range type or a collation of the users' as the catalogue describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">Its name as PostgreSQL writes it in definitions: in full, in quotes only where needed.</param>
public sealed record UserObject(QualifiedName Name, string Text)
{
    /// <summary>The labels of an enum in order; null for anything else.</summary>
    public EquatableList<string>? Labels { get; init; }

    /// <summary>The role that owns it.</summary>
    public Identifier? Owner { get; init; }

    /// <summary>Whether the role that runs the migration may alter it.</summary>
    public bool IsOwnedByUs { get; init; } = true;

    /// <summary>What depends on it besides tables and their parts: views, functions, domains, …</summary>
    public EquatableList<string> Dependents { get; init; } = [];
}

/// <summary>An extension that the server has.</summary>
/// <param name="IsInstalled">Whether this database has it, too.</param>
/// <param name="Requires">The extensions that it needs.</param>
public sealed record Extension(bool IsInstalled, EquatableList<string> Requires);
