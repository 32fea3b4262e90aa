using EfRoll.Engine.Sql;
using EfRoll.Engine.State;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Backfill;

/// <summary>The SQL of one batch: the rows of a range of pages that no version has written since the rollout began.</summary>
sealed class BatchQuery(BackfillTable step)
{
    /// <summary>
    /// Gives a fraction of the rows their values: those whose place in the page hashes to the pass, and with the last pass all that are left. Between
    /// two passes PostgreSQL can clear the old rows from the page, so that the new ones fit into it and no index needs an entry.
    /// </summary>
    public SqlText Update(PageRange range, Pass pass) => $"{UpdateHead} WHERE {InRange(range, pass)}";

    /// <summary>The same for all rows that nobody has locked.</summary>
    public SqlText UpdateUnlocked(PageRange range, Pass pass) =>
        $"{UpdateHead} WHERE t.ctid = ANY (ARRAY(SELECT t.ctid FROM ONLY {step.Table} AS t WHERE {InRange(range, pass)} FOR NO KEY UPDATE SKIP LOCKED))";

    /// <summary>The same for the rows at the places <c>$1</c>.</summary>
    public SqlText UpdateAt() => $"{UpdateHead} WHERE t.ctid = ANY ($1::tid[]) AND t.{step.Marker} = 'b'";

    /// <summary>The places of the rows that are left.</summary>
    public SqlText Places(PageRange range) => $"SELECT t.ctid::text FROM ONLY {step.Table} AS t WHERE {InRange(range, Pass.Only)} ORDER BY t.ctid";

    /// <summary>How many rows are left.</summary>
    public SqlText CountLeft(PageRange range) => $"SELECT count(*) FROM ONLY {step.Table} AS t WHERE {InRange(range, Pass.Only)}";

    /// <summary>The key of the row at the place <c>$1</c>, as people read it: one column for each column of the key.</summary>
    public SqlText KeyAt() =>
        $"SELECT ARRAY[{step.Key.Select(column => (SqlText)$"t.{column}::text")}]::text[] FROM ONLY {step.Table} AS t WHERE t.ctid = $1::tid";

    /// <summary>The pages that the table has now.</summary>
    public SqlText Pages() => PagesOf(step.Table);

    /// <summary>The pages that a table has now.</summary>
    public static SqlText PagesOf(QualifiedName table) =>
        $"SELECT pg_catalog.pg_relation_size({Literal.Text(table.ToString())}::regclass) / pg_catalog.current_setting('block_size')::bigint";

    /// <summary>
    /// Rows of the table that this session updated since it last told the server's statistics, and how many of them without new index entries.
    /// https://www.postgresql.org/docs/current/storage-hot.html
    /// </summary>
    public SqlText Updated() =>
        $"""
        SELECT ARRAY[pg_catalog.pg_stat_get_xact_tuples_updated(oid), pg_catalog.pg_stat_get_xact_tuples_hot_updated(oid)]
        FROM pg_catalog.pg_class WHERE oid = {Literal.Text(step.Table.ToString())}::regclass
        """;

    SqlText UpdateHead =>
        $"UPDATE ONLY {step.Table} AS t SET {step.Assignments.Select(assignment => (SqlText)$"{assignment.Column} = {assignment.Value}").Append((SqlText)$"{step.Marker} = 'o'")}";

    SqlText InRange(PageRange range, Pass pass)
    {
        SqlText all = $"t.ctid >= '({range.First},0)'::tid AND t.ctid < '({range.End},0)'::tid AND t.{step.Marker} = 'b'";
        return pass.IsLast ? all : $"{all} AND (pg_catalog.get_byte(pg_catalog.tidsend(t.ctid), 5) & {pass.Count - 1}) = {pass.Number}";
    }
}

/// <summary>One of several sweeps over the same pages.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Count">How many there are: a power of two.</param>
readonly record struct Pass(int Number, int Count)
{
    /// <summary>The one sweep that takes all rows.</summary>
    public static Pass Only => new(0, 1);

    /// <summary>Whether it takes everything that is left.</summary>
    public bool IsLast => Number == Count - 1;

    /// <summary>So many passes, in order.</summary>
    public static IEnumerable<Pass> AllOf(int count) => Enumerable.Range(0, count).Select(number => new Pass(number, count));
}
