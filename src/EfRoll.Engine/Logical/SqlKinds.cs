using System.Collections.Immutable;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Logical;

/// <summary>Tells kinds of raw SQL apart by their first keywords.</summary>
static class SqlKinds
{
    static readonly string[] OfDefinition =
        ["create", "alter", "drop", "comment", "grant", "revoke", "truncate", "security", "reassign", "import", "cluster", "reindex"];

    static readonly string[] OfNoTransaction = ["concurrently", "vacuum", "reindex", "cluster", "call", "do", "system", "database", "tablespace", "subscription"];

    /// <summary>Whether a statement defines something, rather than reading and writing rows.</summary>
    public static bool IsDefinition(SqlStatement statement) => statement.Begins("do")
        ? statement.Tokens.Any(token => token.Kind == SqlTokenKind.Text && DefinesWithin(SqlTokens.Of(token.Value)))
        : statement.Tokens[0].Kind == SqlTokenKind.Word && OfDefinition.Contains(statement.Tokens[0].Value) && !MakesTemporary(statement) && !MakesOfRows(statement);

    /// <summary>Whether a text only reads and writes rows.</summary>
    public static bool IsOfData(string sql) => !SqlTokens.Statements(sql).Any(IsDefinition);

    /// <summary>Whether it is <c>CREATE TABLE … AS</c>: what it reads are rows.</summary>
    public static bool MakesOfRows(SqlStatement statement) =>
        statement.Begins("create") && statement.Tokens.Take(3).Any(token => token.Is("table")) && !statement.Tokens.TakeWhile(token => !token.Is("as")).Any(token => token.Is('('))
        && statement.Has("as");

    /// <summary>Whether its author wants it outside of a transaction, and it may be something that needs that.</summary>
    public static bool NeedsNoTransaction(SqlRun run) =>
        run.Operation.IsTransactionSuppressed && SqlTokens.Statements(run.Operation.Sql).Any(statement =>
            OfNoTransaction.Any(statement.Has) || statement.Begins("alter", "type") || !IsKnown(statement));

    /// <summary>Whether PostgreSQL would refuse it in a transaction, and its author knows.</summary>
    public static bool RefusesTransaction(SqlRun run) => run.Operation.IsTransactionSuppressed && SqlTokens.Statements(run.Operation.Sql).Any(RefusesTransaction);

    static bool RefusesTransaction(SqlStatement statement) => statement.Begins("do")
        ? statement.Tokens.Any(token => token.Kind == SqlTokenKind.Text && SqlTokens.Of(token.Value).Any(inner => inner.Is("commit") || inner.Is("rollback")))
        : OfNoTransaction.Any(statement.Has) && !statement.Begins("refresh");

    /// <summary>The temporary tables that it makes.</summary>
    public static IEnumerable<string> TemporaryTables(string sql)
    {
        foreach (var statement in SqlTokens.Statements(sql))
        {
            var words = statement.Tokens;
            var at = 0;
            while (at < words.Length && !words[at].Is("temp") && !words[at].Is("temporary"))
                at++;
            if (at == words.Length || !(statement.Begins("create") || at > 0 && words[at - 1].Is("into")))
                continue;
            do
                at++;
            while (at < words.Length && (words[at].Is("table") || words[at].Is("if") || words[at].Is("not") || words[at].Is("exists") || words[at].Is("view")));
            if (at < words.Length && words[at].IsName)
                yield return words[at].Value;
        }
    }

    // In a block of PL/pgSQL, also by EXECUTE '…' and EXECUTE format('…').
    static bool DefinesWithin(ImmutableArray<SqlToken> block)
    {
        for (var at = 0; at < block.Length; at++)
        {
            if (DefinesAt(block, at))
                return true;
            var isExecuted = block[at].Kind == SqlTokenKind.Text && at > 0
                && (block[at - 1].Is("execute") || at > 2 && block[at - 1].Is('(') && block[at - 2].Is("format") && block[at - 3].Is("execute"));
            if (isExecuted && SqlTokens.Of(block[at].Value) is { Length: > 0 } executed && DefinesAt(executed, 0))
                return true;
        }

        return false;
    }

    static bool DefinesAt(ImmutableArray<SqlToken> tokens, int at) => tokens[at].Is("create") || tokens[at].Is("alter") || tokens[at].Is("drop")
        || tokens[at].Is("grant") || tokens[at].Is("revoke") || tokens[at].Is("comment") && at + 1 < tokens.Length && tokens[at + 1].Is("on");

    static bool MakesTemporary(SqlStatement statement) =>
        statement.Begins("create") && statement.Tokens.Take(5).Any(token => token.Is("temp") || token.Is("temporary"));

    static bool IsKnown(SqlStatement statement) => IsDefinition(statement)
        || statement.Begins("insert") || statement.Begins("update") || statement.Begins("delete") || statement.Begins("merge") || statement.Begins("with")
        || statement.Begins("select") || statement.Begins("set") || statement.Begins("create");
}
