using Npgsql;

namespace EfRoll.Rehearsal;

/// <summary>A column, as far as its values are concerned.</summary>
/// <param name="Number">Its attribute number.</param>
/// <param name="Name">Its name, quoted where it must be.</param>
/// <param name="Type">The type's own name, of a domain the one below it.</param>
/// <param name="Modifier">Length or precision; -1 for none.</param>
/// <param name="Element">The type of an array's elements.</param>
/// <param name="Labels">The labels of an enumeration.</param>
/// <param name="IsRequired">Whether NULL is refused.</param>
/// <param name="HasDefault">Whether it has a default or is an identity.</param>
/// <param name="Sequence">The sequence behind it.</param>
sealed record SeedColumn(
    short Number, string Name, string Type, int Modifier, string? Element, string[] Labels, bool IsRequired, bool HasDefault, string? Sequence);

/// <summary>A foreign key: columns, and those they refer to.</summary>
sealed record SeedKey(short[] Columns, string Referenced, string[] ReferencedColumns);

/// <summary>A table, as far as rows for it are concerned.</summary>
/// <param name="Name">Its name in SQL.</param>
/// <param name="Schema">Its schema, as it is.</param>
/// <param name="Relation">Its name, as it is.</param>
/// <param name="Columns">Its columns.</param>
sealed record SeedTable(string Name, string Schema, string Relation, IReadOnlyList<SeedColumn> Columns)
{
    /// <summary>Its foreign keys.</summary>
    public List<SeedKey> ForeignKeys { get; } = [];

    /// <summary>The columns of its primary key; empty if it has none.</summary>
    public short[] Key { get; private set; } = [];

    /// <summary>Columns of primary keys, unique constraints and unique indexes.</summary>
    public HashSet<short> UniqueColumns { get; } = [];

    /// <summary>Finds a column by its attribute number.</summary>
    public SeedColumn Column(short number) => Columns.First(column => column.Number == number);

    /// <summary>Reads the tables that may get rows, referenced ones first.</summary>
    public static async Task<IReadOnlyList<SeedTable>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var tables = new Dictionary<string, SeedTable>(StringComparer.Ordinal);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new("SET search_path = ''"), new(ColumnQuery), new(KeyQuery), new(UniqueQuery), new("RESET search_path") } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var name = reader.GetString(0);
            if (!tables.TryGetValue(name, out var table))
                tables.Add(name, table = new SeedTable(name, reader.GetString(10), reader.GetString(11), new List<SeedColumn>()));
            if (!await reader.IsDBNullAsync(1, cancellationToken))
            {
                ((List<SeedColumn>)table.Columns).Add(new SeedColumn(
                    reader.GetInt16(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), Text(reader, 5), await reader.GetFieldValueAsync<string[]>(6, cancellationToken),
                    reader.GetBoolean(7), reader.GetBoolean(8), Text(reader, 9)));
            }
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (tables.TryGetValue(reader.GetString(0), out var table))
                table.ForeignKeys.Add(new SeedKey(await reader.GetFieldValueAsync<short[]>(1, cancellationToken), reader.GetString(2), await reader.GetFieldValueAsync<string[]>(3, cancellationToken)));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (tables.TryGetValue(reader.GetString(0), out var table))
            {
                var columns = await reader.GetFieldValueAsync<short[]>(1, cancellationToken);
                table.UniqueColumns.UnionWith(columns);
                if (reader.GetBoolean(2))
                    table.Key = columns;
            }
        }

        return InOrder(tables);
    }

    static List<SeedTable> InOrder(Dictionary<string, SeedTable> tables)
    {
        var ordered = new List<SeedTable>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in tables.Values)
            Visit(table);
        return ordered;

        void Visit(SeedTable table)
        {
            if (!seen.Add(table.Name))
                return;
            foreach (var key in table.ForeignKeys)
            {
                if (tables.TryGetValue(key.Referenced, out var referenced))
                    Visit(referenced);
            }

            ordered.Add(table);
        }
    }

    static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    const string ColumnQuery =
        """
        WITH RECURSIVE base AS (
            SELECT t.oid AS type, t.oid AS below, -1 AS modifier FROM pg_catalog.pg_type AS t WHERE t.typtype <> 'd'
            UNION ALL
            SELECT d.oid, b.below, CASE WHEN b.modifier = -1 THEN d.typtypmod ELSE b.modifier END
            FROM pg_catalog.pg_type AS d JOIN base AS b ON b.type = d.typbasetype WHERE d.typtype = 'd')
        SELECT c.oid::pg_catalog.regclass::text, a.attnum, pg_catalog.quote_ident(a.attname), t.typname::text,
            CASE WHEN a.atttypmod = -1 THEN base.modifier ELSE a.atttypmod END, e.typname::text,
            ARRAY(SELECT l.enumlabel::text FROM pg_catalog.pg_enum AS l WHERE l.enumtypid IN (t.oid, e.oid) ORDER BY l.enumsortorder),
            a.attnotnull OR domain.typnotnull, a.atthasdef OR a.attidentity <> '', coalesce(own.sequence, behind.sequence), n.nspname::text, c.relname::text
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        LEFT JOIN pg_catalog.pg_type AS domain ON domain.oid = a.atttypid
        LEFT JOIN base ON base.type = a.atttypid
        LEFT JOIN pg_catalog.pg_type AS t ON t.oid = base.below
        LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem AND t.typcategory = 'A'
        LEFT JOIN LATERAL (
            SELECT s.oid::pg_catalog.regclass::text AS sequence FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
            WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                AND d.refobjid = c.oid AND d.refobjsubid = a.attnum AND a.attidentity <> '' LIMIT 1) AS own ON true
        LEFT JOIN LATERAL (
            SELECT s.oid::pg_catalog.regclass::text AS sequence FROM pg_catalog.pg_attrdef AS f
            JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid
            JOIN pg_catalog.pg_class AS s ON s.oid = d.refobjid AND s.relkind = 'S'
            WHERE f.adrelid = c.oid AND f.adnum = a.attnum LIMIT 1) AS behind ON true
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'efroll')
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY n.nspname, c.relname, a.attnum
        """;

    const string KeyQuery =
        """
        SELECT k.conrelid::pg_catalog.regclass::text, k.conkey, k.confrelid::pg_catalog.regclass::text,
            ARRAY(SELECT pg_catalog.quote_ident(a.attname) FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u (number, position)
                JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.position)
        FROM pg_catalog.pg_constraint AS k WHERE k.contype = 'f' AND k.conparentid = 0 ORDER BY k.conname
        """;

    const string UniqueQuery =
        """
        SELECT i.indrelid::pg_catalog.regclass::text, ARRAY(SELECT u FROM pg_catalog.unnest(i.indkey::smallint[]) AS u WHERE u > 0), i.indisprimary
        FROM pg_catalog.pg_index AS i WHERE i.indisunique
        """;
}
