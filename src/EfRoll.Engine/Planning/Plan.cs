using System.Text.Json.Serialization;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>For which tables the new version gets a view.</summary>
public enum ViewPolicy
{
    /// <summary>Only for tables that look different to it; they are gone after complete.</summary>
    Changed,

    /// <summary>For every table, as pgroll does; they stay after complete, until the next rollout is complete.</summary>
    All,
}

/// <summary>Everything that is going to be done to the database, in all three phases, known before the first step.</summary>
public sealed record Plan
{
    /// <summary>The version that runs today; null on a database without one.</summary>
    public string? BaseMigration { get; init; }

    /// <summary>The migrations of the rollout, in the order in which they are done, or undone.</summary>
    public required EquatableList<string> Migrations { get; init; }

    /// <summary>The version schemas made, by the schema they stand before.</summary>
    public required EquatableList<KeyValuePair<Identifier, Identifier>> VersionSchemas { get; init; }

    /// <summary>Makes room for both versions.</summary>
    public required EquatableList<Step> Expand { get; init; }

    /// <summary>Ends the old version.</summary>
    public required EquatableList<Step> Contract { get; init; }

    /// <summary>What the user should know before starting.</summary>
    public EquatableList<string> Notes { get; init; } = [];

    /// <summary>The tables that were there and that it changes, as they were: what becomes of them otherwise meanwhile is somebody else's doing.</summary>
    public EquatableList<WatchedTable> Watched { get; init; } = [];

    /// <summary>How rows are compared with what the authors' expressions demand, where the user asks for that before complete.</summary>
    public EquatableList<RowComparison> Comparisons { get; init; } = [];

    /// <summary>The earlier migration to which the rollout goes back, undoing <see cref="Migrations"/>; null on the way forward.</summary>
    public string? BackTo { get; init; }

    /// <summary>The migration at which the database is, where the plan only opens its views; null for every other.</summary>
    public string? ViewsOf { get; init; }

    /// <summary>The migration at which the database will be.</summary>
    [JsonIgnore]
    public string TargetMigration => ViewsOf ?? BackTo ?? Migrations[^1];
}

/// <summary>The rows of EF Core's history table that a rollout writes and takes out, as whole statements.</summary>
/// <param name="Table">The history table.</param>
/// <param name="Insert">Run in the step that makes the version visible; the first may make the table.</param>
/// <param name="Delete">Run at rollback.</param>
public sealed record HistoryScript(QualifiedName Table, EquatableList<SqlText> Insert, EquatableList<SqlText> Delete)
{
    /// <summary>
    /// Run in the transaction of contract: the rows that a rollout takes back. Not earlier: until then the old version runs, and must find itself
    /// applied; EF Core ignores rows of migrations that it does not know.
    /// </summary>
    public EquatableList<SqlText> AtContract { get; init; } = [];
}
