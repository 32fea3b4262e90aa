using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Tells which tables' rows raw SQL may change: those that its words name as the target, or all that it names where that cannot be told.</summary>
static class SqlTargets
{
    static readonly string[] Told = ["insert", "update", "delete", "merge", "with", "set", "reset", "truncate", "create", "alter", "drop", "comment", "grant", "revoke",
        "vacuum", "analyze", "reindex", "cluster", "lock"];

    /// <summary>The tables of before the rollout whose rows may be other ones afterwards.</summary>
    public static IEnumerable<LogicalTable> Of(SqlRun run)
    {
        foreach (var statement in SqlTokens.Statements(run.Operation.Sql))
        {
            var tables = run.MentionedTables.Where(table => table.Original is not null);
            var targets = Named(statement.Text).ToHashSet();
            if (statement.Tokens[0].Kind == SqlTokenKind.Word && Told.Contains(statement.Tokens[0].Value))
                tables = tables.Where(table => targets.Contains(table.Name.Name.Value) && !WritesOnlyNew(statement, table));
            foreach (var table in tables)
                yield return table;
        }
    }

    /// <summary>The tables of before whose rows a statement gives values that follow from nothing else: no column that the old version's rows have derived.</summary>
    public static IEnumerable<LogicalTable> Updated(SqlRun run, SqlStatement statement, Func<LogicalTable, Slot, bool> isDerived)
    {
        var targets = Named(statement.Text).ToHashSet();
        return run.MentionedTables.Where(table => table.Original is not null && targets.Contains(table.Name.Name.Value)
            && !(statement.Begins("update") && Sets(statement).All(name => table.Find(name) is { } column && isDerived(table, column.Slot))));
    }

    /// <summary>Whether rows may be deleted, so that foreign keys may change others.</summary>
    public static bool MayDelete(string sql) => SqlTokens.Statements(sql).Any(statement =>
        !(statement.Begins("insert") || statement.Begins("update") || statement.Begins("with")) || statement.Has("delete") || statement.Has("merge"));

    // Whatever INSERT INTO, UPDATE, DELETE FROM or MERGE INTO stands before, be it in a function's body or in dynamic SQL.
    static IEnumerable<string> Named(string sql)
    {
        var tokens = SqlTokens.Of(sql);
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i].Kind == SqlTokenKind.Text)
            {
                foreach (var name in Named(tokens[i].Value))
                    yield return name;
            }

            var isInto = i > 0 && (tokens[i].Is("into") && (tokens[i - 1].Is("insert") || tokens[i - 1].Is("merge")) || tokens[i].Is("from") && tokens[i - 1].Is("delete"));
            if (!isInto && !tokens[i].Is("update"))
                continue;
            var at = i + 1 < tokens.Length && tokens[i + 1].Is("only") ? i + 2 : i + 1;
            if (at + 2 < tokens.Length && tokens[at + 1].Is('.'))
                at += 2;
            if (at < tokens.Length && tokens[at].IsName)
                yield return tokens[at].Value;
        }
    }

    // UPDATE … SET that gives values to nothing but columns which the rollout itself made: they go with a rollback.
    static bool WritesOnlyNew(SqlStatement statement, LogicalTable table)
    {
        return statement.Begins("update") && Sets(statement).All(name => table.Find(name) is { Original: null });
    }

    /// <summary>Whether raw SQL may give rows that are there another value in a column.</summary>
    public static bool MayWrite(SqlRun run, LogicalTable table, Slot slot)
    {
        if (!run.Tables.TryGetValue(table.Id, out var seen) || seen.Columns.Find(column => column.Slot == slot) is not { } column || !Of(run).Any(target => target.Id == table.Id))
            return false;
        return SqlTokens.Statements(run.Operation.Sql).Any(statement =>
            statement.Begins("update") ? Sets(statement).Contains(column.Name) : !statement.Begins("insert") && !statement.Begins("delete") && SqlTokens.Names(statement.Text).Contains(column.Name.Value));
    }

    // The columns that UPDATE gives values to.
    static IEnumerable<Identifier> Sets(SqlStatement statement)
    {
        var tokens = statement.Tokens;
        var at = 0;
        while (at < tokens.Length && !tokens[at].Is("set"))
            at++;
        var depth = 0;
        for (var isTarget = true; ++at < tokens.Length;)
        {
            var token = tokens[at];
            depth += token.Is('(') ? 1 : token.Is(')') ? -1 : 0;
            if (depth == 0 && (token.Is("from") || token.Is("where") || token.Is("returning")))
                break;
            if (depth == 0 && token.Is(','))
                isTarget = true;
            else if (isTarget && token.IsName)
                yield return new Identifier(token.Value);
            else if (depth == 0 && token.Is('='))
                isTarget = false;
        }
    }
}
