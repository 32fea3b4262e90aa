using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Tells kinds of raw SQL apart by their first keywords.</summary>
static class SqlKinds
{
    static readonly string[] OfData = ["insert", "update", "delete", "merge", "select", "with", "truncate", "set", "reset"];

    /// <summary>Whether it only reads and writes rows.</summary>
    public static bool IsOfData(string sql) =>
        SqlTokens.Statements(sql).All(statement => statement.Tokens[0].Kind == SqlTokenKind.Word && OfData.Contains(statement.Tokens[0].Value));

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
}
