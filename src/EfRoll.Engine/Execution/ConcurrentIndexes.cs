using EfRoll.Engine.Errors;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using Npgsql;

namespace EfRoll.Engine.Execution;

/// <summary>Builds and drops indexes without stopping writes: outside transactions, so what an earlier run left is looked up in the catalogue.</summary>
sealed class ConcurrentIndexes(Session session)
{
    // The server chooses a victim where two concurrent builds wait for each other.
    const int Tries = 5;

    /// <summary>Builds an index; what an earlier, unfinished run of the same step left is finished or thrown away.</summary>
    public async Task CreateAsync(CreateIndexConcurrently step, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var index = new QualifiedName(step.Table.Schema, step.Index);
            switch (await FindAsync(index, cancellationToken).ConfigureAwait(false))
            {
                case true:
                    return;
                case false:
                    await session.ExecuteAsync($"DROP INDEX CONCURRENTLY {index}", cancellationToken).ConfigureAwait(false);
                    break;
            }

            try
            {
                await ChooseTablespaceAsync(step, cancellationToken).ConfigureAwait(false);
                await session.ExecuteAsync(step.Statement, cancellationToken).ConfigureAwait(false);
                if (step.Tablespace is not null)
                    await session.ExecuteAsync($"RESET default_tablespace", cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (PostgresException error) when (error.SqlState == SqlStates.UniqueViolation)
            {
                throw Failures.IndexNotUnique(step.Table, step.Index, error.Detail ?? error.MessageText, error);
            }
            catch (PostgresException error) when (error.SqlState == SqlStates.DeadlockDetected && attempt < Tries)
            {
                // Nothing but an invalid index is left of it, which the next turn drops.
                continue;
            }
        }
    }

    /// <summary>Has the session, or the transaction that is open, make the index where the one was that it stands in for; its definition cannot say so.</summary>
    public async Task ChooseTablespaceAsync(CreateIndexConcurrently step, CancellationToken cancellationToken)
    {
        if (step.Tablespace is { } tablespace)
            await session.ExecuteAsync($"SELECT pg_catalog.set_config('default_tablespace', $1, $2)", [tablespace.Value, session.IsInTransaction], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops an index; one that is gone is done.</summary>
    public async Task DropAsync(DropIndexConcurrently step, CancellationToken cancellationToken)
    {
        if (await FindAsync(step.Index, cancellationToken).ConfigureAwait(false) is not null)
            await session.ExecuteAsync(step.Statement, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the index is valid; null if there is none. Something else under its name is an error.</summary>
    public async Task<bool?> FindAsync(QualifiedName index, CancellationToken cancellationToken) => (await session.QueryAsync(
        $"""
        SELECT i.indisvalid AND i.indisready
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
        WHERE n.nspname = $1 AND c.relname = $2
        """,
        [index.Schema.Value, index.Name.Value],
        reader => (bool?)reader.GetBoolean(0),
        cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>Refuses to begin where the name is taken: whatever has it, this rollout has not made it.</summary>
    public async Task RefuseTakenNameAsync(CreateIndexConcurrently step, CancellationToken cancellationToken)
    {
        var index = new QualifiedName(step.Table.Schema, step.Index);
        var isTaken = await session.ScalarAsync<bool>(
            $"""
            SELECT EXISTS (
                SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = $1 AND c.relname = $2)
            """,
            [index.Schema.Value, index.Name.Value],
            cancellationToken).ConfigureAwait(false);
        if (isTaken)
            throw Failures.IndexNameTaken(index);
    }
}
