using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Faults;

/// <summary>A database as it is in the end: what <c>pg_dump</c> shows of its schema, and its rows.</summary>
sealed record DatabaseEnd(SchemaDump Schema, string Rows)
{
    // Keys are sorted, so that the order of columns does not count.
    const string EveryTable = """
        SELECT coalesce(string_agg(format('SELECT %L || to_jsonb(t)::text AS row FROM ONLY %s AS t', oid::regclass || ' ', oid::regclass), ' UNION ALL '), 'SELECT NULL AS row')
        FROM pg_class WHERE relkind = 'r' AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
            AND relnamespace::regnamespace::text <> 'efroll'
        """;

    /// <summary>Reads it.</summary>
    /// <param name="database">The database.</param>
    /// <param name="rows">What is to be read of its rows; all of them, where it is null.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<DatabaseEnd> ReadAsync(TestDatabase database, string? rows, CancellationToken cancellationToken) =>
        new(await SchemaDump.ReadAsync(database, cancellationToken), await RowsAsync(database, rows, cancellationToken));

    /// <summary>Fails where it is none of these.</summary>
    public static void AssertOneOf(IReadOnlyList<DatabaseEnd> expected, DatabaseEnd actual, string when, bool columnOrderMatters)
    {
        var same = expected.FirstOrDefault(end => SchemaDump.Difference(end.Schema, actual.Schema, columnOrderMatters) is null);
        if (same is null)
            SchemaDump.AssertSame(expected[0].Schema, actual.Schema, when, columnOrderMatters);
        Assert.True(same!.Rows == actual.Rows, $"The rows differ {when}:\n{LineDiff.Between([.. same.Rows.Split('\n')], [.. actual.Rows.Split('\n')])}");
    }

    /// <summary>
    /// All that a next command could find, hidden columns and the engine's own notes included: where it is the same, the command does the same. Without
    /// times, which no command goes by.
    /// </summary>
    public static async Task<string> StateAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        var schema = await SchemaDump.ReadCatalogueAsync(database, cancellationToken);
        var rows = await RowsAsync(database, null, cancellationToken);
        var notes = await database.ScalarAsync<bool>("SELECT to_regclass('efroll.meta') IS NOT NULL", cancellationToken)
            ? await database.ScalarAsync<string>(
                """
                SELECT concat_ws(E'\n',
                    (SELECT string_agg(concat_ws(' ', id, phase), ',' ORDER BY id) FROM efroll.rollouts),
                    (SELECT string_agg(concat_ws(' ', rollout_id, step_id, finished_at IS NULL), ',' ORDER BY rollout_id, step_id) FROM efroll.steps),
                    (SELECT string_agg(concat_ws(' ', rollout_id, step_id, next_page, pages, rows, left_behind, is_done), ',' ORDER BY rollout_id, step_id) FROM efroll.backfills),
                    (SELECT string_agg(concat_ws(' ', indexrelid::regclass, indisvalid, indisready, indislive), ',' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE NOT indisvalid),
                    (SELECT string_agg(concat_ws(' ', schemaname, sequencename, last_value), ',' ORDER BY schemaname, sequencename) FROM pg_sequences WHERE schemaname <> 'efroll'),
                    (SELECT string_agg(proname || prosrc, ',' ORDER BY proname) FROM pg_proc WHERE pronamespace = 'efroll'::regnamespace))
                """, cancellationToken)
            : "";
        return $"{schema.Text}\n{rows}\n{notes}";
    }

    static async Task<string> RowsAsync(TestDatabase database, string? rows, CancellationToken cancellationToken)
    {
        var query = await database.ScalarAsync<string>(EveryTable, cancellationToken);
        return await database.ScalarAsync<string>(rows ?? $"SELECT string_agg(row, E'\n' ORDER BY row COLLATE \"C\") FROM ({query}) AS every", cancellationToken) ?? "";
    }
}
