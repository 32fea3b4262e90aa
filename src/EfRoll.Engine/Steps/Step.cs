using System.Text.Json.Serialization;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Steps;

/// <summary>The table locks that matter to applications, weakest first. https://www.postgresql.org/docs/current/explicit-locking.html</summary>
public enum LockMode
{
    /// <summary>Lets reads and writes pass; keeps out VACUUM and other schema changes.</summary>
    ShareUpdateExclusive,

    /// <summary>Lets reads pass, not writes.</summary>
    ShareRowExclusive,

    /// <summary>Lets nobody pass. Only ever held for catalogue changes.</summary>
    AccessExclusive,
}

/// <summary>A lock that a transaction takes before it does anything else.</summary>
/// <param name="Relation">The table or view.</param>
/// <param name="Mode">How strong.</param>
public sealed record RelationLock(QualifiedName Relation, LockMode Mode)
{
    /// <summary>Whether it is somebody else's, who may have dropped it meanwhile: then there is nothing to lock.</summary>
    public bool MayBeGone { get; init; }
}

/// <summary>One thing done to the database, as data: planned before the first one runs, stored with the rollout, ticked off in the journal.</summary>
/// <param name="Id">Unique in its plan and the same whenever the plan is made: <c>expand-03-users</c>.</param>
/// <param name="Title">What it does, for people: one line.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TransactionStep), "transaction")]
[JsonDerivedType(typeof(CreateIndexConcurrently), "create_index")]
[JsonDerivedType(typeof(DropIndexConcurrently), "drop_index")]
[JsonDerivedType(typeof(ValidateConstraint), "validate")]
[JsonDerivedType(typeof(CountViolations), "count_violations")]
[JsonDerivedType(typeof(TryExpressions), "try")]
[JsonDerivedType(typeof(BackfillTable), "backfill")]
[JsonDerivedType(typeof(RunOutsideTransaction), "run")]
public abstract record Step(string Id, string Title)
{
    /// <summary>What takes it back at rollback, run in one transaction with the undoing of all other steps, last step first.</summary>
    public EquatableList<SqlText> Undo { get; init; } = [];

    /// <summary>The tables that undoing it locks, besides those it locked itself.</summary>
    public EquatableList<RelationLock> UndoLocks { get; init; } = [];

    /// <summary>What it may cost the user, in sentences.</summary>
    public EquatableList<string> Hazards { get; init; } = [];

    /// <summary>Where its author asked for it, if that is one place: an error says so.</summary>
    public SourceLocation? Source { get; init; }
}

/// <summary>
/// Statements in one short transaction, together with their tick in the journal. Takes its locks first, in the order given, under the lock
/// timeout; gives up all of them and tries again where one is not to be had.
/// </summary>
public sealed record TransactionStep(string Id, string Title, EquatableList<RelationLock> Locks, EquatableList<SqlText> Statements) : Step(Id, Title)
{
    /// <summary>Whether an author's SQL is among the statements, which may leave settings of its own in the session.</summary>
    public bool RunsAuthorsSql { get; init; }
}

/// <summary>Builds an index without stopping writes. Outside a transaction; an invalid one that a failed try left is dropped and built again.</summary>
/// <param name="Id">As in <see cref="Step"/>.</param>
/// <param name="Title">As in <see cref="Step"/>.</param>
/// <param name="Table">The table.</param>
/// <param name="Index">The index's name; its schema is the table's.</param>
/// <param name="IsUnique">Whether it is unique.</param>
/// <param name="Tail">From <c>USING</c> on, in physical names.</param>
public sealed record CreateIndexConcurrently(string Id, string Title, QualifiedName Table, Identifier Index, bool IsUnique, SqlText Tail) : Step(Id, Title)
{
    /// <summary>Whether the table is partitioned: then an index is built on each partition, and attached to one of the whole.</summary>
    public bool IsPartitioned { get; init; }

    /// <summary>The tablespace of the index that it stands in for; null for where new ones go.</summary>
    public Identifier? Tablespace { get; init; }

    /// <summary>The whole statement.</summary>
    [JsonIgnore]
    public SqlText Statement => IsUnique
        ? (SqlText)$"CREATE UNIQUE INDEX CONCURRENTLY {Index} ON {Table} {Tail}"
        : $"CREATE INDEX CONCURRENTLY {Index} ON {Table} {Tail}";
}

/// <summary>Drops an index without stopping writes. Outside a transaction; one that is gone already is done.</summary>
public sealed record DropIndexConcurrently(string Id, string Title, QualifiedName Index) : Step(Id, Title)
{
    /// <summary>The whole statement.</summary>
    [JsonIgnore]
    public SqlText Statement => $"DROP INDEX CONCURRENTLY {Index}";
}

/// <summary>Has PostgreSQL check existing rows against a constraint that was added NOT VALID; reads and writes pass.</summary>
public sealed record ValidateConstraint(string Id, string Title, QualifiedName Table, Identifier Constraint) : Step(Id, Title)
{
    /// <summary>The whole statement.</summary>
    [JsonIgnore]
    public SqlText Statement => $"ALTER TABLE {Table} VALIDATE CONSTRAINT {Constraint}";
}

/// <summary>Counts rows that violate what is about to be demanded of them, and refuses with their number and a few of their keys.</summary>
/// <param name="Id">As in <see cref="Step"/>.</param>
/// <param name="Title">As in <see cref="Step"/>.</param>
/// <param name="Query">Returns the violating rows' keys, a text column <c>key</c>, one row each.</param>
/// <param name="Violation">What is violated, for the message.</param>
public sealed record CountViolations(string Id, string Title, SqlText Query, string Violation) : Step(Id, Title)
{
    /// <summary>Whether it asks for what the old version will insert rather than for what is there.</summary>
    public bool IsOfOldInserts { get; init; }

    /// <summary>Whether it asks for what start made rather than for rows.</summary>
    public bool IsOfOurs { get; init; }
}

/// <summary>
/// Computes what the old version's rows would get, without writing it, and refuses with the key of a row for which that fails or gives NULL where a
/// value is required: before anything is touched, so that no trigger ever meets such a row.
/// </summary>
/// <param name="Id">As in <see cref="Step"/>.</param>
/// <param name="Title">As in <see cref="Step"/>.</param>
/// <param name="Table">The table.</param>
/// <param name="Assignments">The columns, by the new version's names, and their values; a value reads the row as <c>t</c>.</param>
/// <param name="Required">Which of the columns must not be NULL.</param>
public sealed record TryExpressions(string Id, string Title, QualifiedName Table, EquatableList<Assignment> Assignments, EquatableList<Identifier> Required) : Step(Id, Title)
{
    /// <summary>Columns of the primary key, to name a row in an error; empty if there is none.</summary>
    public EquatableList<Identifier> Key { get; init; } = [];

    /// <summary>Whether the table is partitioned: then it is done to each of its partitions.</summary>
    public bool IsPartitioned { get; init; }
}

/// <summary>Gives the rows that were there before the rollout their values for the new version, page range by page range.</summary>
/// <param name="Id">As in <see cref="Step"/>.</param>
/// <param name="Title">As in <see cref="Step"/>.</param>
/// <param name="Table">The table.</param>
/// <param name="Marker">The column that says who wrote a row last.</param>
/// <param name="Assignments">The columns and their values; a value reads the row as <c>t</c>.</param>
public sealed record BackfillTable(string Id, string Title, QualifiedName Table, Identifier Marker, EquatableList<Assignment> Assignments) : Step(Id, Title)
{
    /// <summary>Rows expected, for the estimate; -1 if not known.</summary>
    public long EstimatedRows { get; init; } = -1;

    /// <summary>Columns of the primary key, to name a row in an error; empty if there is none.</summary>
    public EquatableList<Identifier> Key { get; init; } = [];

    /// <summary>Whether the table is partitioned: then it is done to each of its partitions.</summary>
    public bool IsPartitioned { get; init; }
}

/// <summary>A column and the value that a backfill gives it.</summary>
public sealed record Assignment(Identifier Column, SqlText Value);

/// <summary>Runs an author's SQL that cannot be in a transaction. It is journalled after it ran: a crash in between runs it again.</summary>
public sealed record RunOutsideTransaction(string Id, string Title, SqlText Statement) : Step(Id, Title);
