using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine;

/// <summary>What is to be rolled out.</summary>
/// <param name="Migrations">All migrations of the source in order; those that the database has are skipped.</param>
public sealed record RolloutRequest(EquatableList<Migration> Migrations)
{
    /// <summary>The migration to go to, forward or back; null for the last one.</summary>
    public string? To { get; init; }

    /// <summary>EF Core's history; null where there is none (hand-written files): then the engine's own state says what was applied.</summary>
    public MigrationHistory? History { get; init; }

    /// <summary>For which tables the new version gets a view; null for all where the version that runs has them for all, else for those that change.</summary>
    public ViewPolicy? Views { get; init; }

    /// <summary>Schemas beside the base schema whose tables get views too, if all tables do.</summary>
    public EquatableList<Identifier> Schemas { get; init; } = [];

    /// <summary>
    /// Ids of migrations that may do something else now than when EfRoll applied them; all others are refused then. <see cref="RollEngine.ExpandAsync"/>
    /// goes by their content of now from then on.
    /// </summary>
    public EquatableList<string> AcceptedEdits { get; init; } = [];

    /// <summary>
    /// The provider's own script from nothing to the target, for a database that has neither tables nor history: there is no old version to
    /// protect. Null where the source has none; then the operations are run as ever.
    /// </summary>
    public string? FreshScript { get; init; }
}

/// <summary>EF Core's history table, and the statements that keep it.</summary>
/// <param name="Table">The table.</param>
/// <param name="IdColumn">The column of the migration's id.</param>
/// <param name="CreateIfNotExists">Makes the table.</param>
/// <param name="Insert">By migration id: says that it was applied.</param>
/// <param name="Delete">By migration id: says that it was not.</param>
public sealed record MigrationHistory(
    RelationName Table,
    Identifier IdColumn,
    SqlText CreateIfNotExists,
    IReadOnlyDictionary<string, SqlText> Insert,
    IReadOnlyDictionary<string, SqlText> Delete);
