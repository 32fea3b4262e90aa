using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Catalog;

/// <summary>Tries, on temporary tables and in a transaction that is taken back, whether what hangs on changed columns can be made anew.</summary>
sealed class DependentTrialReader(Session session)
{
    static readonly SqlText Try = EmbeddedSql.Read("DependentTrial.sql");

    /// <summary>Reports the first thing that PostgreSQL takes over the columns as they are, but not over their successors.</summary>
    public Task RefuseMisfitsAsync(DependentTrial trial, IEnumerable<NewObject> newObjects, CancellationToken cancellationToken) => session.InPassingAsync(
        async () =>
        {
            await Rehearsal.MakeAsync(session, newObjects, cancellationToken).ConfigureAwait(false);
            var schemas = trial.Tables.Select(table => table.Name.Schema).Concat(trial.Others.Select(other => other.Schema)).Distinct().Order().ToList();
            foreach (var statement in Dependents.Read(trial.Exchanged, schemas))
                await session.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);

            // What is refused over the very types that are there is refused for another reason, by a table that is only like the real one.
            var before = await TryAsync(trial, isAfter: false, cancellationToken).ConfigureAwait(false);
            var after = await TryAsync(trial, isAfter: true, cancellationToken).ConfigureAwait(false);
            var misfit = after.FirstOrDefault(refused => !before.Exists(other => other.Statement == refused.Statement));
            if (misfit is not null)
                throw Mistakes.DependentDoesNotFit(misfit.Statement, misfit.Message);
        },
        cancellationToken);

    async Task<List<Refused>> TryAsync(DependentTrial trial, bool isAfter, CancellationToken cancellationToken)
    {
        List<Refused> refused = [];
        await session.InSavepointAsync(
            async () =>
            {
                foreach (var other in trial.Others)
                    await session.ExecuteAsync($"CREATE TEMPORARY TABLE {other.Name} (LIKE {other})", cancellationToken).ConfigureAwait(false);
                foreach (var table in trial.Tables)
                    await session.ExecuteAsync(table.Create(isAfter), cancellationToken).ConfigureAwait(false);
                var schemas = trial.Tables.Select(table => table.Name.Schema).Concat(trial.Others.Select(other => other.Schema)).Distinct().Order();
                await session.ExecuteAsync($"SET LOCAL search_path = {schemas}", cancellationToken).ConfigureAwait(false);
                await session.ExecuteAsync(Try, cancellationToken).ConfigureAwait(false);
                refused = await session.QueryAsync(
                    $"SELECT entry ->> 0, entry ->> 1 FROM jsonb_array_elements(current_setting('efroll.refused')::jsonb) WITH ORDINALITY AS made (entry, position) ORDER BY position",
                    [],
                    reader => new Refused(reader.GetString(0), reader.GetString(1)),
                    cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return refused;
    }

    sealed record Refused(string Statement, string Message);
}
