using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Execution;

/// <summary>
/// Builds an index of a partitioned table without stopping writes: an empty one on the whole, then one on each partition, concurrently, which is
/// attached to it at once. Partitions that are made meanwhile get theirs from PostgreSQL.
/// </summary>
sealed class PartitionedIndexes(Session session, ConcurrentIndexes indexes, LockRetry lockRetry)
{
    /// <summary>Builds it from where an earlier run stopped.</summary>
    public async Task CreateAsync(CreateIndexConcurrently step, CancellationToken cancellationToken)
    {
        var index = new QualifiedName(step.Table.Schema, step.Index);
        if (await indexes.FindAsync(index, cancellationToken).ConfigureAwait(false) is null)
            await CreateOnlyAsync(step, step.Table, step.Index, attachTo: null, cancellationToken).ConfigureAwait(false);
        await CreateBelowAsync(step, step.Table, index, cancellationToken).ConfigureAwait(false);
    }

    async Task CreateBelowAsync(CreateIndexConcurrently step, QualifiedName table, QualifiedName index, CancellationToken cancellationToken)
    {
        foreach (var part in await PartitionsAsync(table, index, cancellationToken).ConfigureAwait(false))
        {
            if (part.Index is { } attached)
            {
                if (part.IsPartitioned)
                    await CreateBelowAsync(step, part.Name, attached, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var name = new QualifiedName(part.Name.Schema, await ChooseNameAsync(part.Name, index, cancellationToken).ConfigureAwait(false));
            if (part.IsPartitioned)
            {
                await CreateOnlyAsync(step, part.Name, name.Name, index, cancellationToken).ConfigureAwait(false);
                await CreateBelowAsync(step, part.Name, name, cancellationToken).ConfigureAwait(false);
                continue;
            }

            // Under a name of its own until it is attached: what a run that was stopped leaves is known by it.
            var building = HelperNames.OnPartition(part.Id);
            await indexes.CreateAsync(step with { Table = part.Name, Index = building, IsPartitioned = false }, cancellationToken).ConfigureAwait(false);
            await lockRetry.RunAsync(
                step.Title,
                [new RelationLock(part.Name, LockMode.ShareUpdateExclusive)],
                async () =>
                {
                    await session.ExecuteAsync($"ALTER INDEX {part.Name.Schema}.{building} RENAME TO {name.Name}", cancellationToken).ConfigureAwait(false);
                    await session.ExecuteAsync($"ALTER INDEX {index} ATTACH PARTITION {name}", cancellationToken).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    Task CreateOnlyAsync(CreateIndexConcurrently step, QualifiedName table, Identifier name, QualifiedName? attachTo, CancellationToken cancellationToken) => lockRetry.RunAsync(
        step.Title,
        [new RelationLock(table, LockMode.ShareRowExclusive)],
        async () =>
        {
            await indexes.ChooseTablespaceAsync(step, cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync(
                step.IsUnique ? (SqlText)$"CREATE UNIQUE INDEX {name} ON ONLY {table} {step.Tail}" : $"CREATE INDEX {name} ON ONLY {table} {step.Tail}", cancellationToken).ConfigureAwait(false);
            if (attachTo is { } parent)
                await session.ExecuteAsync($"ALTER INDEX {parent} ATTACH PARTITION {table.Schema}.{name}", cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    async Task<IReadOnlyList<Part>> PartitionsAsync(QualifiedName table, QualifiedName index, CancellationToken cancellationToken) => await session.QueryAsync(
        $"""
        SELECT n.nspname::text, c.relname::text, c.oid::bigint, c.relkind = 'p', xn.nspname::text, x.relname::text
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN (pg_catalog.pg_inherits AS a JOIN pg_catalog.pg_index AS e ON e.indexrelid = a.inhrelid)
            ON a.inhparent = pg_catalog.to_regclass($2) AND e.indrelid = c.oid
        LEFT JOIN pg_catalog.pg_class AS x ON x.oid = e.indexrelid
        LEFT JOIN pg_catalog.pg_namespace AS xn ON xn.oid = x.relnamespace
        WHERE i.inhparent = pg_catalog.to_regclass($1)
        ORDER BY n.nspname, c.relname
        """,
        [table.ToString(), index.ToString()],
        reader => new Part(new QualifiedName(reader.GetString(0), reader.GetString(1)), reader.GetInt64(2), reader.GetBoolean(3),
            reader.IsDBNull(4) ? null : new QualifiedName(reader.GetString(4), reader.GetString(5))),
        cancellationToken).ConfigureAwait(false);

    // The name that PostgreSQL itself would choose, from the partition's and the columns'.
    async Task<Identifier> ChooseNameAsync(QualifiedName partition, QualifiedName index, CancellationToken cancellationToken)
    {
        var columns = await session.QueryAsync(
            $"SELECT attname::text FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass($1) ORDER BY attnum", [index.ToString()], reader => reader.GetString(0), cancellationToken).ConfigureAwait(false);
        var taken = await session.QueryAsync(
            $"SELECT c.relname::text FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1",
            [partition.Schema.Value], reader => reader.GetString(0), cancellationToken).ConfigureAwait(false);
        var names = taken.ToHashSet(StringComparer.Ordinal);
        return ChosenName.Of(partition.Name.Value, string.Join('_', columns), "idx", name => names.Contains(name.Value));
    }

    sealed record Part(QualifiedName Name, long Id, bool IsPartitioned, QualifiedName? Index);
}
