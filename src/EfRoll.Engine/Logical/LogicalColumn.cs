using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Logical;

/// <summary>A column as the version at this point of the rollout sees it.</summary>
/// <param name="Name">Its name at this point.</param>
/// <param name="Slot">Where its value lives.</param>
public sealed record LogicalColumn(Identifier Name, Slot Slot)
{
    /// <summary>The column it was before the rollout, if it was there.</summary>
    public Column? Original { get; init; }

    /// <summary>Whether it rejects NULL.</summary>
    public bool IsNotNull { get; init; }

    /// <summary>The name of its NOT NULL constraint, where the server has such names: the one it got when it became NOT NULL.</summary>
    public Identifier? NotNullName { get; init; }

    /// <summary>Its default, as SQL.</summary>
    public string? Default { get; init; }

    /// <summary>Its identity, if it has one.</summary>
    public IdentityKind? Identity { get; init; }

    /// <summary>How it is generated, if it is; <see cref="Default"/> then holds the expression.</summary>
    public GeneratedKind? Generated { get; init; }

    /// <summary>For a generated one whose expression the rollout gives: that expression.</summary>
    public NewGeneration? Generation { get; init; }

    /// <summary>Options of its identity sequence, as SQL inside the parentheses.</summary>
    public SqlText? IdentityOptions { get; init; }

    /// <summary>In a new table, with an identity or <c>serial</c>: the name its sequence got when it was made; renames do not touch it.</summary>
    public Identifier? SequenceName { get; init; }

    /// <summary>Its comment.</summary>
    public string? Comment { get; init; }

    /// <summary>For one that the rollout added: the default it was added with, which is what existing rows hold.</summary>
    public string? AddedDefault { get; init; }

    /// <summary>Whether its default draws from a sequence of its own.</summary>
    public bool IsSerial { get; init; }

    /// <summary>In a table that was there: the sequence that the rollout gives it, where it had none or one of another kind.</summary>
    public QualifiedName? NewSequence { get; init; }

    /// <summary>Changes of its identity sequence, as they follow <c>ALTER COLUMN</c>: <c>SET INCREMENT BY 5 SET CACHE 20</c>.</summary>
    public SqlText? SequenceChanges { get; init; }

    /// <summary>Its compression method, when set.</summary>
    public string? Compression { get; init; }

    /// <summary>How it numbers its rows.</summary>
    public Numbering Numbering => Identity switch
    {
        IdentityKind.ByDefault => Numbering.ByDefault,
        IdentityKind.Always => Numbering.Always,
        _ => IsSerial ? Numbering.Serial : Numbering.None,
    };

    /// <summary>Takes over what the catalogue says.</summary>
    public static LogicalColumn From(Column column, Slot slot) => new(column.Name, slot)
    {
        Original = column,
        IsNotNull = column.IsNotNull,
        NotNullName = column.NotNullConstraint,
        Default = column.Default,
        Identity = column.Identity,
        IsSerial = column.Numbering == Numbering.Serial,
        Generated = column.Generated,
        Compression = column.Compression,
        Comment = column.Comment,
    };
}

/// <summary>The expression of a generated column that the rollout makes.</summary>
/// <param name="Expression">What the author wrote.</param>
/// <param name="Scope">What its names mean.</param>
/// <param name="Source">Where it was written.</param>
public sealed record NewGeneration(Expression Expression, Scope Scope, SourceLocation? Source);
