using System.Collections.Immutable;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Catalog;

/// <summary>Reads the system catalogue once, before planning, with every fact that a plan needs. Leaves nothing behind.</summary>
sealed class SchemaReader(Session session)
{
    static readonly SqlText Tables = EmbeddedSql.Read("SchemaReader.Tables.sql");
    static readonly SqlText Columns = EmbeddedSql.Read("SchemaReader.Columns.sql");
    static readonly SqlText Dependents = EmbeddedSql.Read("SchemaReader.Dependents.sql");
    static readonly SqlText Indexes = EmbeddedSql.Read("SchemaReader.Indexes.sql");
    static readonly SqlText Constraints = EmbeddedSql.Read("SchemaReader.Constraints.sql");
    static readonly SqlText Grants = EmbeddedSql.Read("SchemaReader.Grants.sql");
    static readonly SqlText OtherRelations = EmbeddedSql.Read("SchemaReader.OtherRelations.sql");
    static readonly SqlText Sequences = EmbeddedSql.Read("SchemaReader.Sequences.sql");
    static readonly SqlText UserTypes = EmbeddedSql.Read("SchemaReader.UserTypes.sql");
    static readonly SqlText UserCollations = EmbeddedSql.Read("SchemaReader.UserCollations.sql");
    static readonly SqlText Extensions = EmbeddedSql.Read("SchemaReader.Extensions.sql");
    static readonly SqlText SchemaContents = EmbeddedSql.Read("SchemaReader.SchemaContents.sql");
    static readonly SqlText Definitions = EmbeddedSql.Read("SchemaReader.Definitions.sql");
    static readonly SqlText Schemas = EmbeddedSql.Read("SchemaReader.Schemas.sql");
    static readonly SqlText Collations = EmbeddedSql.Read("SchemaReader.Collations.sql");

    // Names that mean UTC all the year round. https://www.postgresql.org/docs/current/view-pg-timezone-names.html
    static readonly string[] UtcNames =
        ["UTC", "UCT", "GMT", "GMT0", "Zulu", "Universal", "Greenwich", "Etc/UTC", "Etc/UCT", "Etc/GMT", "Etc/GMT0", "Etc/Zulu", "Etc/Universal", "Etc/Greenwich"];

    /// <summary>Reads the database, together with the types and defaults that the migrations name.</summary>
    /// <param name="versionSchemas">Version schemas of rollouts: what is in them is ours.</param>
    /// <param name="types">The texts of types.</param>
    /// <param name="defaults">The texts of types and of defaults for them.</param>
    /// <param name="newObjects">What the migrations make, from what is there: types and defaults may name it.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<DatabaseSchema> ReadAsync(
        IReadOnlyCollection<string> versionSchemas, IReadOnlySet<string> types, IReadOnlySet<(string Type, string Default)> defaults,
        Func<DatabaseSchema, IEnumerable<NewObject>> newObjects, CancellationToken cancellationToken)
    {
        var schema = new DatabaseSchema { BaseSchema = session.BaseSchema, ServerVersion = session.ServerVersion };
        var typeReader = new TypeReader(session);
        await session.InPassingAsync(
            async () =>
            {
                // With nothing else on the path, the server writes all other names in full.
                await session.ExecuteAsync($"SET LOCAL search_path = pg_catalog", cancellationToken).ConfigureAwait(false);
                schema = await ReadCatalogAsync(schema, versionSchemas.ToArray(), cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);

        await session.InPassingAsync(
            async () =>
            {
                await Rehearsal.MakeAsync(session, newObjects(schema), cancellationToken).ConfigureAwait(false);
                var known = await typeReader.ReadAsync(types.Except(schema.Types.Keys), cancellationToken).ConfigureAwait(false);
                schema = schema with
                {
                    Types = schema.Types.SetItems(known),
                    VolatileDefaults = await typeReader.FindVolatileAsync(defaults, cancellationToken).ConfigureAwait(false),
                    Casts = await typeReader.ReadCastsAsync(cancellationToken).ConfigureAwait(false),
                    MaySilenceTriggers = await TriggerSilence.IsPermittedAsync(session, cancellationToken).ConfigureAwait(false),
                };
            },
            cancellationToken).ConfigureAwait(false);
        return schema;
    }

    async Task<DatabaseSchema> ReadCatalogAsync(DatabaseSchema schema, string[] versionSchemas, CancellationToken cancellationToken)
    {
        var tables = await session.QueryAsync(Tables, [versionSchemas], CatalogRows.Table, cancellationToken).ConfigureAwait(false);
        var ids = tables.Select(table => table.Id).ToArray();
        var columns = await session.QueryAsync(Columns, [OidsOf(ids)], CatalogRows.Column, cancellationToken).ConfigureAwait(false);
        var dependents = await session.QueryAsync(Dependents, [OidsOf(ids), versionSchemas], CatalogRows.Dependent, cancellationToken).ConfigureAwait(false);
        var indexes = await session.QueryAsync(Indexes, [OidsOf(ids)], CatalogRows.Index, cancellationToken).ConfigureAwait(false);
        var constraints = await session.QueryAsync(Constraints, [OidsOf(ids)], CatalogRows.Constraint, cancellationToken).ConfigureAwait(false);
        var sequences = await session.QueryAsync(Sequences, [versionSchemas], CatalogRows.Sequence, cancellationToken).ConfigureAwait(false);
        var userTypes = await session.QueryAsync(UserTypes, [versionSchemas], CatalogRows.UserObject, cancellationToken).ConfigureAwait(false);
        var userCollations = await session.QueryAsync(UserCollations, [versionSchemas], CatalogRows.UserObject, cancellationToken).ConfigureAwait(false);
        var extensions = await session.QueryAsync(Extensions, [], CatalogRows.Extension, cancellationToken).ConfigureAwait(false);
        var contents = await session.QueryAsync(SchemaContents, [], CatalogRows.SchemaContent, cancellationToken).ConfigureAwait(false);
        var grants = await session.QueryAsync(Grants, [OidsOf(ids.Concat(sequences.Select(row => row.Id)))], CatalogRows.TableGrant, cancellationToken).ConfigureAwait(false);
        var others = await session.QueryAsync(OtherRelations, [versionSchemas], CatalogRows.OtherRelation, cancellationToken).ConfigureAwait(false);
        var schemas = await session.QueryAsync(Schemas, [], CatalogRows.SchemaGrant, cancellationToken).ConfigureAwait(false);
        var collations = await session.QueryAsync(Collations, [], CatalogRows.Collation, cancellationToken).ConfigureAwait(false);
        var definitions = await session.QueryAsync(Definitions, [versionSchemas], reader => reader.GetString(0), cancellationToken).ConfigureAwait(false);
        var timeZone = await session.ScalarAsync<string>($"SELECT current_setting('TimeZone')", [], cancellationToken).ConfigureAwait(false);

        var columnsOf = columns.ToLookup(row => row.Table, row => row.Column);
        var indexesOf = indexes.ToLookup(row => row.Table, row => row.Index);
        var constraintsOf = constraints.ToLookup(row => row.Table, row => row.Constraint);
        var dependentsOf = dependents.ToLookup(row => (row.Table, row.Column), row => row.Dependent);
        var grantsOf = grants.ToLookup(row => (row.Table, row.Column), row => row.Grant);

        return schema with
        {
            Tables = tables.ToImmutableSortedDictionary(row => row.Table.Name, row => row.Table with
            {
                // A column that owns several sequences comes once for each; the first is the one it was made with.
                Columns = columnsOf[row.Id].DistinctBy(column => column.Number)
                    .Select(column => column with
                    {
                        Grants = grantsOf[(row.Id, column.Number)].ToEquatableList(),
                        Dependents = dependentsOf[(row.Id, column.Number)].ToEquatableList(),
                    }).ToEquatableList(),
                Indexes = indexesOf[row.Id].ToEquatableList(),
                Constraints = constraintsOf[row.Id].ToEquatableList(),
                Grants = grantsOf[(row.Id, 0)].ToEquatableList(),
            }),
            Sequences = sequences.ToImmutableSortedDictionary(row => row.Sequence.Name, row => row.Sequence with { Grants = grantsOf[(row.Id, 0)].ToEquatableList() }),
            UserTypes = userTypes.ToImmutableSortedDictionary(type => type.Name, type => type),
            UserCollations = userCollations.ToImmutableSortedDictionary(collation => collation.Name, collation => collation),
            Extensions = extensions.ToImmutableDictionary(),
            SchemaContents = contents.GroupBy(row => row.Schema).ToImmutableSortedDictionary(group => group.Key, group => group.Select(row => row.Description).ToEquatableList()),
            OtherRelations = others.ToImmutableSortedDictionary(),
            Definitions = [.. definitions],
            Schemas = schemas.GroupBy(row => row.Schema).ToImmutableSortedDictionary(group => group.Key, group => group.Select(row => row.Grant).OfType<Grant>().ToEquatableList()),
            Types = columns.Select(row => row.Type).DistinctBy(type => type.Name).ToImmutableDictionary(type => type.Name),
            Collations = [.. collations],
            IsTimeZoneUtc = UtcNames.Contains(timeZone, StringComparer.OrdinalIgnoreCase),
        };
    }

    // Npgsql would send uint[] as an array of some other type; as text the server reads it as it likes.
    static string[] OidsOf(IEnumerable<uint> ids) => [.. ids.Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))];
}
