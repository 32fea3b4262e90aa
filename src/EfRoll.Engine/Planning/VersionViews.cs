using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using EfRoll.Shared;

namespace EfRoll.Engine.Planning;

/// <summary>Which tables the new version sees through views.</summary>
/// <param name="Policy">All, or those that look different to it.</param>
/// <param name="Schemas">Beside the base schema: where all tables are meant.</param>
public sealed record ViewScope(ViewPolicy Policy, EquatableList<Identifier> Schemas)
{
    internal bool Holds(Identifier schema, Identifier baseSchema) => Policy == ViewPolicy.All && (schema == baseSchema || Schemas.Contains(schema));
}

/// <summary>The views through which the new version sees tables that are still, physically, as the old version needs them.</summary>
sealed class VersionViews(Layout layout, ViewScope scope, string migrationId, QualifiedName? historyTable)
{
    static readonly string[] ViewPrivileges = ["SELECT", "INSERT", "UPDATE", "DELETE"];

    /// <summary>The tables that get a view, in the order of their names.</summary>
    public EquatableList<LogicalTable> Tables { get; } = layout.After.Tables.Values
        .Where(table => layout.NeedsView(table) || scope.Holds(table.Name.Schema, layout.After.BaseSchema) && IsOrdinary(table))
        .OrderBy(table => table.Name).ToEquatableList();

    /// <summary>The version schemas, by the schema they stand before.</summary>
    public EquatableList<KeyValuePair<Identifier, Identifier>> Schemas =>
        Tables.Select(table => table.Name.Schema).Append(layout.After.BaseSchema).Distinct().Order()
            .Select(schema => KeyValuePair.Create(schema, HelperNames.VersionSchemaOf(schema, migrationId))).ToEquatableList();

    /// <summary>What <c>application_name</c> ends in where an application is of the version.</summary>
    public string SessionMark => $"efroll:{VersionSchema.MarkOf(migrationId)}";

    /// <summary>The view of a table.</summary>
    public QualifiedName NameOf(LogicalTable table) => new(HelperNames.VersionSchemaOf(table.Name.Schema, migrationId), table.Name.Name);

    /// <summary>The view of EF Core's history table; without it EF would make an empty one in the version schema.</summary>
    public QualifiedName? HistoryView =>
        historyTable is { } table && table.Schema == layout.After.BaseSchema && !Tables.Any(other => other.Name.Name == table.Name)
            ? new QualifiedName(HelperNames.VersionSchemaOf(layout.After.BaseSchema, migrationId), table.Name)
            : null;

    /// <summary>The step that makes them, so that the new version can start: from its end on, its migrations count as applied.</summary>
    /// <param name="id">The step's id.</param>
    /// <param name="insertHistory">What says that the migrations were applied.</param>
    /// <param name="deleteHistory">What says at rollback that they were not.</param>
    public TransactionStep Open(string id, EquatableList<SqlText> insertHistory, EquatableList<SqlText> deleteHistory) =>
        // The first of these may make the history table, on which one of the views stands; it goes after that view, too.
        new(id, $"Open the version schema {string.Join(", ", Schemas.Select(pair => pair.Value.Value))}", [], insertHistory.Concat(Create()).ToEquatableList())
        {
            Undo = Drop().Concat(deleteHistory).ToEquatableList(),
            UndoLocks = Tables.Select(table => new RelationLock(NameOf(table), LockMode.AccessExclusive)).ToEquatableList(),
        };

    // Locks nothing that applications wait for.
    IEnumerable<SqlText> Create()
    {
        foreach (var (baseSchema, versionSchema) in Schemas)
        {
            yield return $"CREATE SCHEMA {versionSchema}";
            foreach (var grant in layout.After.Database.Schemas.GetValueOrDefault(baseSchema, []).Where(grant => grant.Privilege == "USAGE"))
                yield return $"GRANT USAGE ON SCHEMA {versionSchema} TO {Grantee(grant)}{GrantOption(grant)}";
        }

        foreach (var statement in Tables.SelectMany(table => Create(table, layout.NameOf(table), column => Layout.NameOf(table, column), isFinal: false)))
            yield return statement;
        if (HistoryView is { } view)
            yield return $"CREATE VIEW {view} AS SELECT * FROM {historyTable!.Value}";
    }

    /// <summary>Takes them away again. ACCESS EXCLUSIVE on the views.</summary>
    public IEnumerable<SqlText> Drop()
    {
        foreach (var table in Tables)
            yield return $"DROP VIEW {NameOf(table)}";
        if (HistoryView is { } view)
            yield return $"DROP VIEW {view}";
        foreach (var (_, versionSchema) in Schemas)
            yield return $"DROP SCHEMA {versionSchema}";
    }

    /// <summary>Makes views anew, over tables that have their final shape: for <see cref="ViewPolicy.All"/>.</summary>
    public IEnumerable<SqlText> CreateFinal(IEnumerable<LogicalTable> tables) =>
        tables.SelectMany(table => Create(table, table.Name, column => column.Name, isFinal: true));

    IEnumerable<SqlText> Create(LogicalTable table, QualifiedName physical, Func<LogicalColumn, Identifier> physicalColumn, bool isFinal)
    {
        var hasMarker = !isFinal && Layout.HasMarker(table);
        var view = NameOf(table);
        var columns = table.Columns.Select(column => (SqlText)$"t.{physicalColumn(column)} AS {column.Name}").ToList();
        columns.Add($"t.xmin AS xmin");
        if (hasMarker)
            columns.Add($"t.{HelperNames.Marker} AS {HelperNames.Marker}");

        // A view reads with its owner's rights, and those who may use it are those who may use the table. Row security needs the user's own
        // rights (PostgreSQL 15); then the user must be allowed every column of the view, so that it does not go with rights on columns.
        var security = table.Original is { HasRowSecurity: true } ? (SqlText)$" WITH (security_invoker = true)" : SqlText.Empty;
        yield return $"CREATE VIEW {view}{security} AS SELECT\n    {SqlText.Join(",\n    ", columns)}\nFROM {physical} AS t";

        if (hasMarker)
            yield return $"ALTER VIEW {view} ALTER COLUMN {HelperNames.Marker} SET DEFAULT 'n'";
        foreach (var column in table.Columns)
        {
            if (!isFinal && Layout.ViewDefaultOf(table, column) is { } value)
                yield return $"ALTER VIEW {view} ALTER COLUMN {column.Name} SET DEFAULT {value}";
        }

        foreach (var statement in Grants(table, view))
            yield return statement;
    }

    static IEnumerable<SqlText> Grants(LogicalTable table, QualifiedName view)
    {
        foreach (var grant in table.Original?.Grants.Where(grant => ViewPrivileges.Contains(grant.Privilege)) ?? [])
            yield return $"GRANT {SqlText.Verbatim(grant.Privilege)} ON {view} TO {Grantee(grant)}{GrantOption(grant)}";
        foreach (var column in table.Columns)
        {
            foreach (var grant in column.Original?.Grants.Where(grant => ViewPrivileges.Contains(grant.Privilege)) ?? [])
                yield return $"GRANT {SqlText.Verbatim(grant.Privilege)} ({column.Name}) ON {view} TO {Grantee(grant)}{GrantOption(grant)}";
        }
    }

    /// <summary>Writes whom a grant is for.</summary>
    public static SqlText Grantee(Grant grant) => grant.Grantee is { } role ? $"{role}" : (SqlText)$"PUBLIC";

    /// <summary>Writes whether it may be passed on.</summary>
    public static SqlText GrantOption(Grant grant) => grant.IsGrantable ? (SqlText)$" WITH GRANT OPTION" : SqlText.Empty;

    static bool IsOrdinary(LogicalTable table) => table.Original is null or { Kind: TableKind.Ordinary or TableKind.Partitioned };
}
