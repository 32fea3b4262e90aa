using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>The indexes that partitions have of an index of the whole table.</summary>
static class PartitionIndexes
{
    /// <summary>Drops what a build that was stopped left on a partition, under the name that only we use, and the index of the whole.</summary>
    public static IEnumerable<SqlText> Drop(QualifiedName table, QualifiedName index)
    {
        yield return SqlText.Block($"""
            DECLARE
                part record;
            BEGIN
                FOR part IN
                    SELECT i.indexrelid::regclass AS index
                    FROM pg_partition_tree(to_regclass({Literal.Text(table.ToString())})) AS t
                    JOIN pg_index AS i ON i.indrelid = t.relid
                    JOIN pg_class AS c ON c.oid = i.indexrelid
                    WHERE c.relname = {Literal.Text(HelperNames.OnPartitionPrefix)} || t.relid::oid::text
                LOOP
                    EXECUTE format('DROP INDEX %s', part.index);
                END LOOP;
            END
            """);
        yield return $"DROP INDEX {index}";
    }

    /// <summary>Remembers, before an index goes, what its partitions' parts are called: those of the one that stands in for it get these names.</summary>
    public static SqlText KeepNames(IEnumerable<(QualifiedName Old, QualifiedName New)> pairs)
    {
        var rows = pairs.Select(pair => (SqlText)$"({Literal.Text(pair.Old.ToString())}, {Literal.Text(pair.New.ToString())})");
        return $"""
            SELECT pg_catalog.set_config('efroll.partition_indexes', coalesce(jsonb_agg(jsonb_build_array(new_part.oid::bigint, old_class.relname)), '[]')::text, true)
            FROM (VALUES {rows}) AS pair (former, successor)
            CROSS JOIN pg_partition_tree(to_regclass(pair.former)) AS old_tree
            JOIN pg_index AS old_part ON old_part.indexrelid = old_tree.relid
            JOIN pg_class AS old_class ON old_class.oid = old_part.indexrelid
            JOIN pg_index AS new_index ON new_index.indrelid = old_part.indrelid
            JOIN pg_class AS new_part ON new_part.oid = new_index.indexrelid
            WHERE old_tree.level > 0
                AND new_part.oid IN (SELECT new_tree.relid FROM pg_partition_tree(to_regclass(pair.successor)) AS new_tree)
            """;
    }

    /// <summary>Gives them the names.</summary>
    public static SqlText TakeNames() => SqlText.Block($"""
        DECLARE
            part record;
        BEGIN
            FOR part IN
                SELECT (entry ->> 0)::oid::regclass AS index, entry ->> 1 AS name
                FROM jsonb_array_elements(current_setting('efroll.partition_indexes')::jsonb) AS entry
            LOOP
                EXECUTE format('ALTER INDEX %s RENAME TO %I', part.index, part.name);
            END LOOP;
        END
        """);
}
