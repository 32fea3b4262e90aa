using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Schema;

/// <summary>The kinds of table constraints.</summary>
public enum ConstraintKind
{
    /// <summary><c>PRIMARY KEY</c></summary>
    PrimaryKey,

    /// <summary><c>UNIQUE</c></summary>
    Unique,

    /// <summary><c>CHECK</c></summary>
    Check,

    /// <summary><c>FOREIGN KEY</c></summary>
    ForeignKey,

    /// <summary><c>EXCLUDE</c></summary>
    Exclusion,
}

/// <summary>A constraint as the catalogue describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it constrains.</param>
/// <param name="Definition">What <c>pg_get_constraintdef</c> prints.</param>
public sealed record Constraint(Identifier Name, ConstraintKind Kind, string Definition)
{
    /// <summary>Attribute numbers of its columns in order; for a check, of every column it reads.</summary>
    public EquatableList<short> Columns { get; init; } = [];

    /// <summary>Whether existing rows are known to fulfil it.</summary>
    public bool IsValidated { get; init; } = true;

    /// <summary>Whether it is <c>DEFERRABLE</c>.</summary>
    public bool IsDeferrable { get; init; }

    /// <summary>Whether it is <c>INITIALLY DEFERRED</c>.</summary>
    public bool IsDeferred { get; init; }

    /// <summary>For a foreign key: what it refers to.</summary>
    public ForeignKeyTarget? Target { get; init; }

    /// <summary>Its comment.</summary>
    public string? Comment { get; init; }
}

/// <summary>What a foreign key refers to, and what it does when that changes.</summary>
/// <param name="Table">The referenced table.</param>
/// <param name="Columns">Attribute numbers of the referenced columns, in the order of the referencing ones.</param>
/// <param name="OnDelete">As in SQL: <c>NO ACTION</c>, <c>RESTRICT</c>, <c>CASCADE</c>, <c>SET NULL</c>, <c>SET DEFAULT</c>.</param>
/// <param name="OnUpdate">As in SQL.</param>
public sealed record ForeignKeyTarget(QualifiedName Table, EquatableList<short> Columns, string OnDelete, string OnUpdate)
{
    /// <summary>Whether it is <c>MATCH FULL</c>.</summary>
    public bool IsMatchFull { get; init; }

    /// <summary>The columns that <c>ON DELETE SET NULL (…)</c> names (PostgreSQL 15), by attribute number.</summary>
    public EquatableList<short> SetColumns { get; init; } = [];
}
