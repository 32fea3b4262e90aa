using EfRoll.Engine.Planning;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Execution;

/// <summary>Measures the tables that a rollout writes or reads as a whole.</summary>
static class TableSizes
{
    public static async Task<List<TableSize>> OfAsync(Session session, Plan plan, CancellationToken cancellationToken)
    {
        var filled = plan.Expand.OfType<BackfillTable>().Select(step => step.Table).ToHashSet();
        var built = plan.Expand.OfType<CreateIndexConcurrently>().Select(step => step.Table).ToList();
        var read = plan.Expand.OfType<ValidateConstraint>().Select(step => step.Table).ToList();
        var tables = filled.Concat(built).Concat(read).Distinct().Order().ToList();
        return await session.QueryAsync(
            $"""
            SELECT n.nspname, c.relname,
                CASE WHEN NOT bool_or(p.reltuples < 0 AND pg_catalog.pg_relation_size(p.oid) > 0) THEN sum(greatest(p.reltuples, 0))::bigint END,
                sum(pg_catalog.pg_table_size(p.oid))::bigint, sum(pg_catalog.pg_indexes_size(p.oid))::bigint,
                (SELECT count(*)::int FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid)
            FROM unnest($1::text[], $2::text[]) AS given (schema_name, name)
            JOIN pg_catalog.pg_namespace AS n ON n.nspname = given.schema_name
            JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = given.name
            CROSS JOIN LATERAL (SELECT c.oid AS relid UNION SELECT t.relid FROM pg_catalog.pg_partition_tree(c.oid) AS t) AS parts
            JOIN pg_catalog.pg_class AS p ON p.oid = parts.relid AND p.relkind = 'r'
            GROUP BY n.nspname, c.relname, c.oid ORDER BY n.nspname, c.relname
            """,
            [tables.Select(table => table.Schema.Value).ToArray(), tables.Select(table => table.Name.Value).ToArray()],
            row =>
            {
                var name = new Sql.QualifiedName(row.GetString(0), row.GetString(1));
                return new TableSize(name, row.IsDBNull(2) ? null : row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt32(5))
                {
                    IsFilled = filled.Contains(name),
                    IndexesBuilt = built.Count(table => table == name),
                    ConstraintsValidated = read.Count(table => table == name),
                };
            },
            cancellationToken).ConfigureAwait(false);
    }
}
