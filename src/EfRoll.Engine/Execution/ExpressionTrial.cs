using EfRoll.Engine.Backfill;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.Engine.State;
using EfRoll.Engine.Steps;
using Npgsql;

namespace EfRoll.Engine.Execution;

/// <summary>Computes authors' expressions over a table, page range by page range, each with a snapshot of its own, and finds the row that fails.</summary>
sealed class ExpressionTrial(Session session)
{
    // 64 MiB with the usual block size: long enough to read fast, short enough to hold no snapshot for long.
    internal const long Window = 8192;

    /// <summary>Reads the whole table once; throws at the first row that fails.</summary>
    public Task RunAsync(TryExpressions step, CancellationToken cancellationToken) => step.IsPartitioned
        ? PartitionTree.ForEachLeafAsync(session, step.Table, leaf => ReadAsync(step with { Table = leaf, IsPartitioned = false }, cancellationToken), cancellationToken)
        : ReadAsync(step, cancellationToken);

    async Task ReadAsync(TryExpressions step, CancellationToken cancellationToken)
    {
        var query = new TrialQuery(step);
        var pages = await session.ScalarAsync<long>(BatchQuery.PagesOf(step.Table), [], cancellationToken).ConfigureAwait(false);
        for (var page = 0L; page < pages; page += Window)
        {
            var range = new PageRange(page, Math.Min(page + Window, pages));
            if (await TryAsync(query.Count(range), cancellationToken).ConfigureAwait(false) is { } error)
                throw await ExplainAsync(step, query, range, error, cancellationToken).ConfigureAwait(false);
        }
    }

    // Null where all is well; the error may have no exception of the server's behind it: a value is missing.
    async Task<TrialError?> TryAsync(SqlText count, CancellationToken cancellationToken)
    {
        try
        {
            var missing = await session.ScalarAsync<string>(count, [], cancellationToken).ConfigureAwait(false);
            return missing is null ? null : new TrialError($"null value in column \"{missing}\"", null);
        }
        catch (PostgresException error) when (SqlStates.IsOfStatement(error.SqlState))
        {
            return new TrialError(error.MessageText, error);
        }
    }

    async Task<EfRollException> ExplainAsync(TryExpressions step, TrialQuery query, PageRange range, TrialError error, CancellationToken cancellationToken)
    {
        while (range.End - range.First > 1)
        {
            var middle = range.First + (range.End - range.First) / 2;
            var first = new PageRange(range.First, middle);
            var found = await TryAsync(query.Count(first), cancellationToken).ConfigureAwait(false);
            (range, error) = found is null ? (new PageRange(middle, range.End), error) : (first, found);
        }

        foreach (var place in await session.QueryAsync(query.Places(range), [], reader => reader.GetString(0), cancellationToken).ConfigureAwait(false))
        {
            if (await TryAsync(query.CountAt(Literal.Text(place)), cancellationToken).ConfigureAwait(false) is not { } found)
                continue;
            var key = await session.ScalarAsync<string>(query.KeyAt(Literal.Text(place)), [], cancellationToken).ConfigureAwait(false);
            return Failures.BackfillRowFailed(step.Table, key ?? $"ctid = {place}", found.Message, found.Cause);
        }

        // The row was changed or deleted meanwhile.
        return Failures.BackfillFailed(step.Table, error.Message, error.Cause);
    }

    sealed record TrialError(string Message, PostgresException? Cause);
}

/// <summary>The SQL of a trial.</summary>
sealed class TrialQuery(TryExpressions step)
{
    /// <summary>Computes all values in a range of pages; the name of a required column that would be NULL, if there is one.</summary>
    public SqlText Count(PageRange range) => Count(InRange(range));

    /// <summary>The same for one row.</summary>
    public SqlText CountAt(Literal place) => Count($"t.ctid = {place}::tid");

    /// <summary>The places of the rows in a range.</summary>
    public SqlText Places(PageRange range) => $"SELECT t.ctid::text FROM ONLY {step.Table} AS t WHERE {InRange(range)} ORDER BY t.ctid";

    /// <summary>The key of a row, as people read it.</summary>
    public SqlText KeyAt(Literal place)
    {
        var parts = step.Key.Select(column => (SqlText)$"{Literal.Text($"{column.Value} = ")} || t.{column}::text").ToList();
        return parts.Count == 0 ? $"SELECT NULL::text" : (SqlText)$"SELECT concat_ws(', ', {parts}) FROM ONLY {step.Table} AS t WHERE t.ctid = {place}::tid";
    }

    // count() of a value makes the server compute it; OFFSET 0 keeps it from looking into the inner query.
    SqlText Count(SqlText condition)
    {
        var values = step.Assignments.Select((assignment, position) => (SqlText)$"{assignment.Value} AS {Name(position)}");
        var whens = step.Assignments.Select((assignment, position) => step.Required.Contains(assignment.Column)
            ? (SqlText)$"WHEN count({Name(position)}) < count(*) THEN {Literal.Text(assignment.Column.Value)}"
            : $"WHEN count({Name(position)}) < 0 THEN NULL");
        return $"SELECT CASE {SqlText.Join(" ", whens)} END FROM (SELECT {values} FROM ONLY {step.Table} AS t WHERE {condition} OFFSET 0) AS trial";
    }

    static Identifier Name(int position) => new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"v{position}"));

    static SqlText InRange(PageRange range) => $"t.ctid >= '({range.First},0)'::tid AND t.ctid < '({range.End},0)'::tid";
}
