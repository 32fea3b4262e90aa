using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Sessions;

/// <summary>The partitions that a table has at this moment: a nightly job may make and drop some while a rollout is open.</summary>
static class PartitionTree
{
    /// <summary>The partitions that hold rows, however deep.</summary>
    public static async Task<IReadOnlyList<QualifiedName>> LeavesAsync(Session session, QualifiedName table, CancellationToken cancellationToken) => await session.QueryAsync(
        $"""
        SELECT n.nspname::text, c.relname::text
        FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1)) AS t
        JOIN pg_catalog.pg_class AS c ON c.oid = t.relid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE t.isleaf AND c.relkind <> 'p'
        ORDER BY n.nspname, c.relname
        """,
        [table.ToString()],
        reader => new QualifiedName(reader.GetString(0), reader.GetString(1)),
        cancellationToken).ConfigureAwait(false);

    /// <summary>Does something to each of them; one that is dropped meanwhile is done.</summary>
    public static async Task ForEachLeafAsync(Session session, QualifiedName table, Func<QualifiedName, Task> work, CancellationToken cancellationToken)
    {
        foreach (var leaf in await LeavesAsync(session, table, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await work(leaf).ConfigureAwait(false);
            }
            catch (Npgsql.PostgresException error) when (error.SqlState == SqlStates.UndefinedTable)
            {
                if (await session.ScalarAsync<bool>($"SELECT pg_catalog.to_regclass($1) IS NOT NULL", [leaf.ToString()], cancellationToken).ConfigureAwait(false))
                    throw;
            }
        }
    }
}
