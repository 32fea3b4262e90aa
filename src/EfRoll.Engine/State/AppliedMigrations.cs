using EfRoll.Engine.Sessions;

namespace EfRoll.Engine.State;

/// <summary>Which migrations the database has: by EF Core's history table where the source has one, else by the state schema.</summary>
/// <param name="Ids">Their ids.</param>
/// <param name="HasHistoryTable">Whether the history table is there.</param>
/// <param name="LastCompleted">The target of the rollout that was completed last.</param>
sealed record AppliedMigrations(IReadOnlyList<string> Ids, bool HasHistoryTable, string? LastCompleted)
{
    public static async Task<AppliedMigrations> ReadAsync(Session session, StateStore store, MigrationHistory? history, CancellationToken cancellationToken)
    {
        var hasState = await store.ExistsAsync(cancellationToken).ConfigureAwait(false);
        if (history is null)
        {
            return hasState
                ? new AppliedMigrations(
                    await store.CompletedMigrationsAsync(cancellationToken).ConfigureAwait(false), false,
                    (await store.FindLastCompletedAsync(cancellationToken).ConfigureAwait(false))?.Plan.TargetMigration)
                : new AppliedMigrations([], false, null);
        }

        var table = history.Table.In(session.BaseSchema);
        var exists = await session.ScalarAsync<bool>(
            $"""
            SELECT EXISTS (
                SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = $1 AND c.relname = $2)
            """,
            [table.Schema.Value, table.Name.Value],
            cancellationToken).ConfigureAwait(false);
        var ids = exists
            ? await session.QueryAsync($"SELECT {history.IdColumn}::text FROM {table}", [], reader => reader.GetString(0), cancellationToken).ConfigureAwait(false)
            : [];
        return new AppliedMigrations(ids, exists, null);
    }
}
