using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Review;

/// <summary>What of an author's raw SQL runs as it is written, and should not: what says the same as an operation is planned as that, and safe.</summary>
sealed class RawSqlReview(LogicalSchema after)
{
    public IEnumerable<Finding> Findings() => after.SqlRuns.SelectMany(run => SqlTokens.Statements(run.Operation.Sql).SelectMany(statement => Of(run, statement)))
        .Concat(SqlPlan.ChangedOnce(after).Select(pair => new Finding(Severity.Warning, ErrorCode.SqlMissesLaterRows,
            $"Raw SQL changes rows of {pair.Table.Original!.Name.Name.Value} once, at start: what the old version writes after that it does not change.",
            "Give the column that it fills .Up(\"…\"), which follows the old version's writes; or .Accept(\"EFR4133\", \"why\").", pair.Run.Operation.Source)));

    static IEnumerable<Finding> Of(SqlRun run, SqlStatement statement)
    {
        var source = run.Operation.Source;
        if (Locks(run, statement) is { } what)
        {
            yield return new Finding(Severity.Warning, ErrorCode.SqlLocks, $"{what}, and whoever needs the table waits: {Excerpt(statement)}.",
                "Write it as an operation or in the way that PostgreSQL has without such a lock (CONCURRENTLY, NOT VALID and VALIDATE); or .Accept(\"EFR4131\", \"why\").", source);
        }

        if (run.Operation.IsTransactionSuppressed && !MayRunAgain(statement))
        {
            yield return new Finding(Severity.Warning, ErrorCode.SqlNotRepeatable, $"Outside of a transaction, this runs once more if start is stopped in the middle of it: {Excerpt(statement)}.",
                "Write it so that it may run twice (IF NOT EXISTS, IF EXISTS, ON CONFLICT), or in a transaction; or .Accept(\"EFR4132\", \"why\").", source);
        }

        if (run.Operation.Moment == SqlMoment.Start && TakesAway(statement) && (TouchesOld(run) || !statement.Begins("alter", "table")))
        {
            yield return new Finding(Severity.Warning, ErrorCode.SqlBreaksOldVersion, $"This runs at start, as its author wants, while the old version still uses what it takes away: {Excerpt(statement)}.",
                "Leave out .RunAt(EfRollMoment.Start): it then waits for complete; or .Accept(\"EFR4134\", \"why\").", source);
        }

        if ((statement.Begins("update") || statement.Begins("delete")) && !statement.Has("where") && TouchesOld(run))
        {
            yield return new Finding(Severity.Warning, ErrorCode.SqlTouchesAllRows, $"One statement for all rows, in one transaction: {Excerpt(statement)}.",
                "Give the column .Up(\"…\"), which is filled in small steps, or let a job of its own do it in small steps; or .Accept(\"EFR4135\", \"why\").", source);
        }
    }

    static string? Locks(SqlRun run, SqlStatement statement)
    {
        if (statement.Begins("lock") || statement.Begins("truncate"))
            return "It locks the table against everybody until its transaction ends";
        if (statement.Begins("vacuum") && statement.Has("full") || statement.Begins("cluster"))
            return "It writes the whole table anew under a lock";
        if (statement.Begins("reindex") && !statement.Has("concurrently"))
            return "It builds indexes under a lock";
        if (statement.Begins("refresh") && !statement.Has("concurrently"))
            return "It fills the view under a lock";
        if (statement.Begins("create") && statement.Tokens.Take(3).Any(token => token.Is("index")) && !statement.Has("concurrently") && TouchesOld(run))
            return "It builds the index while nobody may write";
        if (statement.Begins("alter", "domain") && (statement.Has("validate") || statement.Has("add") && !statement.Has("valid") || statement.Has("not") && statement.Has("set")))
            return "It reads every table that uses the domain under a lock";
        if (!statement.Begins("alter", "table") || !TouchesOld(run))
            return null;
        if (statement.Has("attach") || statement.Has("detach") && !statement.Has("concurrently"))
            return "It reads or waits for the whole partition under a lock";
        if (statement.Has("logged") || statement.Has("unlogged") || statement.Has("tablespace") || statement.Has("access") && statement.Has("method") || statement.Has("using") && statement.Has("type"))
            return "It writes the whole table anew under a lock";
        return statement.Has("exclude") || statement.Has("check") && !statement.Has("valid") ? "It reads the whole table under a lock" : null;
    }

    static string Excerpt(SqlStatement statement) => OneLine.Of(statement.Text, 80);

    static bool TouchesOld(SqlRun run) => run.MentionedTables.Any(table => table.Original is not null);

    static bool MayRunAgain(SqlStatement statement)
    {
        if (statement.Begins("create"))
            return statement.Has("exists") || statement.Has("replace");
        if (statement.Begins("drop"))
            return statement.Has("exists");
        if (statement.Begins("insert"))
            return statement.Has("conflict") || statement.Has("exists");
        if (statement.Begins("alter", "type"))
            return statement.Has("exists");
        return !statement.Begins("alter", "table") || statement.Has("exists") || !(statement.Has("add") || statement.Has("drop") || statement.Has("rename"));
    }

    static bool TakesAway(SqlStatement statement) => statement.Begins("drop") || statement.Begins("alter") && (statement.Has("drop") || statement.Has("rename") || statement.Has("type"));
}
