using System.Globalization;
using EfRoll.Engine.Backfill;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Execution;

/// <summary>Compares rows with what the authors' expressions make of them, and names those that differ. Only reads.</summary>
sealed class RowVerifier(Session session, IProgress<RollProgress>? progress)
{
    const int KeysShown = 5;

    const long SamplePages = 1000;

    // Read fast, and a snapshot is held for a moment.
    const long Window = ExpressionTrial.Window;

    /// <summary>Compares the rows of all tables; throws when some differ.</summary>
    public async Task VerifyAsync(IReadOnlyCollection<RowComparison> tables, RowVerification how, CancellationToken cancellationToken)
    {
        var differing = new List<string>();
        foreach (var table in tables)
        {
            var isVolatile = await FindVolatileAsync(table, cancellationToken).ConfigureAwait(false);
            foreach (var column in table.Columns)
            {
                if (Reason(column, isVolatile) is { } reason)
                    Tell($"{column.What} is not compared: {reason}");
            }

            var tallies = table.Columns.Where(column => Reason(column, isVolatile) is null).Select(column => new Tally(column)).ToList();
            if (tallies.Count == 0)
                continue;
            var rows = await CompareAsync(table, tallies, how, cancellationToken).ConfigureAwait(false);
            Tell(string.Create(CultureInfo.InvariantCulture, $"{rows} rows of {table.Table.Display} compared, {(how == RowVerification.Full ? "all of them" : "a sample")}"));
            differing.AddRange(tallies.Where(tally => tally.Count > 0).Select(tally => tally.ToString()));
        }

        if (differing.Count > 0)
            throw Failures.RowsDiffer(differing);
    }

    static string? Reason(ColumnComparison column, List<string> isVolatile) =>
        column.NotComparable is { } known ? known : column.Functions.FirstOrDefault(isVolatile.Contains) is { } function ? $"its expression calls {function}, which may give another value each time" : null;

    // By name alone, whatever the arguments: better one too many.
    Task<List<string>> FindVolatileAsync(RowComparison table, CancellationToken cancellationToken) => session.QueryAsync(
        $"SELECT DISTINCT proname::text FROM pg_catalog.pg_proc WHERE proname = ANY ($1::text[]) AND provolatile = 'v'",
        [table.Columns.SelectMany(column => column.Functions).Distinct().ToArray()], reader => reader.GetString(0), cancellationToken);

    async Task<long> CompareAsync(RowComparison table, List<Tally> tallies, RowVerification how, CancellationToken cancellationToken)
    {
        var leaves = table.IsPartitioned ? await PartitionTree.LeavesAsync(session, table.Table, cancellationToken).ConfigureAwait(false) : [table.Table];
        var pages = new Dictionary<QualifiedName, long>();
        foreach (var leaf in leaves)
            pages[leaf] = await session.ScalarAsync<long>(BatchQuery.PagesOf(leaf), [], cancellationToken).ConfigureAwait(false);
        var all = pages.Values.Sum();
        var rows = 0L;
        foreach (var leaf in leaves)
        {
            if (how == RowVerification.Sample && all > SamplePages)
            {
                rows += await CompareAsync(table, tallies, $"{leaf} AS t TABLESAMPLE SYSTEM (100.0 * {SamplePages} / {all}) REPEATABLE ({Random.Shared.Next()})", $"true", cancellationToken).ConfigureAwait(false);
                continue;
            }

            for (var page = 0L; page < pages[leaf]; page += Window)
            {
                // The last range has no end: rows are still being added, and moved to the end by updates.
                var isInRange = page + Window < pages[leaf]
                    ? (SqlText)$"t.ctid >= '({page},0)'::tid AND t.ctid < '({page + Window},0)'::tid"
                    : $"t.ctid >= '({page},0)'::tid";
                rows += await CompareAsync(table, tallies, $"{leaf} AS t", isInRange, cancellationToken).ConfigureAwait(false);
            }
        }

        return rows;
    }

    async Task<long> CompareAsync(RowComparison table, List<Tally> tallies, SqlText source, SqlText condition, CancellationToken cancellationToken)
    {
        var counts = tallies.Select(tally => (SqlText)$"count(*) FILTER (WHERE {tally.Column.IsWrong})").Prepend((SqlText)$"count(*)");
        var found = (await session.ScalarAsync<long[]>($"SELECT ARRAY[{counts}]::bigint[] FROM ONLY {source} WHERE {condition}", [], cancellationToken).ConfigureAwait(false))!;
        foreach (var (position, tally) in tallies.Index())
        {
            tally.Count += found[position + 1];
            if (found[position + 1] == 0 || tally.Keys.Count >= KeysShown)
                continue;
            var parts = table.Key.Select(column => (SqlText)$"{Literal.Text($"{column.Value} = ")} || t.{column}::text").DefaultIfEmpty((SqlText)$"'ctid = ' || t.ctid::text");
            tally.Keys.AddRange(await session.QueryAsync(
                $"SELECT concat_ws(', ', {parts}) FROM ONLY {source} WHERE {condition} AND ({tally.Column.IsWrong}) LIMIT {KeysShown - tally.Keys.Count}",
                [], reader => reader.GetString(0), cancellationToken).ConfigureAwait(false));
        }

        return found[0];
    }

    void Tell(string text) => progress?.Report(new NoticeProgress(text));

    sealed class Tally(ColumnComparison column)
    {
        public ColumnComparison Column => column;

        public long Count { get; set; }

        public List<string> Keys { get; } = [];

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{column.What} is not what follows in {Count} rows: {string.Join("; ", Keys)}{(Count > Keys.Count ? "; …" : "")}");
    }
}
