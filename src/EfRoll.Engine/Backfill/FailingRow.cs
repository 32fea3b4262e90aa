using EfRoll.Engine.Errors;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.State;
using EfRoll.Engine.Steps;
using Npgsql;

namespace EfRoll.Engine.Backfill;

/// <summary>Finds the first row that cannot be given its value, by halves, and says which it is.</summary>
sealed class FailingRow(Session session, BackfillTable step, BatchQuery query)
{
    /// <summary>What to tell the user of a batch that failed.</summary>
    public async Task<EfRollException> ExplainAsync(PageRange range, PostgresException error, CancellationToken cancellationToken)
    {
        EfRollException? found = null;
        await session.InPassingAsync(
            async () =>
            {
                var places = await session.QueryAsync(query.Places(range), [], reader => reader.GetString(0), cancellationToken).ConfigureAwait(false);
                var failing = places.ToArray();
                var reason = await TryAsync(failing, cancellationToken).ConfigureAwait(false);
                while (reason is not null && failing.Length > 1)
                {
                    var half = failing.Length / 2;
                    if (await TryAsync(failing[..half], cancellationToken).ConfigureAwait(false) is { } first)
                        (failing, reason) = (failing[..half], first);
                    else if (await TryAsync(failing[half..], cancellationToken).ConfigureAwait(false) is { } second)
                        (failing, reason) = (failing[half..], second);
                    else
                        reason = null;
                }

                if (reason is not null && failing is [var place])
                    found = Failures.BackfillRowFailed(step.Table, await NameAsync(place, cancellationToken).ConfigureAwait(false), reason.MessageText, reason);
            },
            cancellationToken).ConfigureAwait(false);
        return found ?? Failures.BackfillFailed(step.Table, error.MessageText, error);
    }

    async Task<PostgresException?> TryAsync(string[] places, CancellationToken cancellationToken)
    {
        try
        {
            await session.InSavepointAsync(() => session.ExecuteAsync(query.UpdateAt(), [places], cancellationToken), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (PostgresException error) when (SqlStates.IsOfStatement(error.SqlState))
        {
            return error;
        }
        catch (PostgresException error) when (SqlStates.IsInTheWay(error.SqlState))
        {
            // A row that somebody else has locked is not one that fails.
            return null;
        }
    }

    async Task<string> NameAsync(string place, CancellationToken cancellationToken)
    {
        if (step.Key.Count == 0)
            return $"ctid = {place}";
        var values = await session.ScalarAsync<string?[]>(query.KeyAt(), [place], cancellationToken).ConfigureAwait(false) ?? [];
        return string.Join(", ", step.Key.Zip(values, (column, value) => $"{column.Value} = {value ?? "NULL"}"));
    }
}
