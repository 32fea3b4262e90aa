using System.Collections.Immutable;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>
/// A question that only PostgreSQL can answer without being imitated: which columns does an expression read, and how does a check or an
/// index read when its columns have other names? It is asked of a temporary table in a transaction that is rolled back.
/// </summary>
/// <param name="Key">Under which the answer is filed; unique.</param>
/// <param name="Table">The name by which the text may qualify columns.</param>
/// <param name="Columns">The columns that the text may name.</param>
/// <param name="Source">Where the text was written.</param>
public abstract record Probe(string Key, Identifier Table, EquatableList<ProbeColumn> Columns, SourceLocation? Source)
{
    /// <summary>What the text is, for error messages: <c>Up of users.email</c>.</summary>
    public required string What { get; init; }
}

/// <summary>Asks which columns an expression reads, and whether its value can be assigned to a type.</summary>
public sealed record ExpressionProbe(string Key, Identifier Table, EquatableList<ProbeColumn> Columns, SourceLocation? Source, Expression Expression, string TargetType)
    : Probe(Key, Table, Columns, Source);

/// <summary>Asks which columns a check reads, and for its definition in other names (<see cref="ProbeColumn.Rename"/>).</summary>
/// <param name="Key">As in <see cref="Probe"/>.</param>
/// <param name="Table">As in <see cref="Probe"/>.</param>
/// <param name="Columns">As in <see cref="Probe"/>.</param>
/// <param name="Source">As in <see cref="Probe"/>.</param>
/// <param name="Definition"><c>CHECK (…)</c></param>
public sealed record CheckProbe(string Key, Identifier Table, EquatableList<ProbeColumn> Columns, SourceLocation? Source, SqlText Definition)
    : Probe(Key, Table, Columns, Source);

/// <summary>Asks which columns an index reads, and for its definition in other names.</summary>
/// <param name="Key">As in <see cref="Probe"/>.</param>
/// <param name="Table">As in <see cref="Probe"/>.</param>
/// <param name="Columns">As in <see cref="Probe"/>.</param>
/// <param name="Source">As in <see cref="Probe"/>.</param>
/// <param name="Tail">From <c>USING</c> on.</param>
/// <param name="IsUnique">Whether it is unique.</param>
public sealed record IndexProbe(string Key, Identifier Table, EquatableList<ProbeColumn> Columns, SourceLocation? Source, SqlText Tail, bool IsUnique)
    : Probe(Key, Table, Columns, Source);

/// <summary>Asks for the expression of a generated column in other names; which columns it reads is not asked.</summary>
/// <param name="Key">As in <see cref="Probe"/>.</param>
/// <param name="Table">As in <see cref="Probe"/>.</param>
/// <param name="Columns">As in <see cref="Probe"/>.</param>
/// <param name="Source">As in <see cref="Probe"/>.</param>
/// <param name="Expression">The expression.</param>
/// <param name="Type">The column's type.</param>
/// <param name="Kind">How it is generated.</param>
public sealed record GenerationProbe(
    string Key, Identifier Table, EquatableList<ProbeColumn> Columns, SourceLocation? Source, Expression Expression, string Type, GeneratedKind Kind)
    : Probe(Key, Table, Columns, Source);

/// <summary>A column of the temporary table.</summary>
/// <param name="Name">Its name in the text.</param>
/// <param name="Type">Its type.</param>
/// <param name="Collation">Its collation, when not the type's own.</param>
/// <param name="Rename">Its name in the answer.</param>
public sealed record ProbeColumn(Identifier Name, string Type, QualifiedName? Collation, Identifier Rename);

/// <summary>What PostgreSQL answered.</summary>
/// <param name="Reads">The columns that the text reads, by <see cref="ProbeColumn.Name"/>.</param>
/// <param name="Definition">For a check <c>CHECK (…)</c>, for an index from <c>USING</c> on, for a generated column its expression, in the names of <see cref="ProbeColumn.Rename"/>; null for an expression.</param>
public sealed record ProbeAnswer(EquatableList<Identifier> Reads, SqlText? Definition);

/// <summary>The answers by <see cref="Probe.Key"/>.</summary>
public sealed record ProbeAnswers(ImmutableDictionary<string, ProbeAnswer> ByKey)
{
    /// <summary>The answer to one question.</summary>
    public ProbeAnswer this[string key] => ByKey[key];
}
