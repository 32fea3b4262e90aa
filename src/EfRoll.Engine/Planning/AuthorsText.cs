using System.Text;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>
/// An author's raw SQL as it is sent. Two things in it cannot stay: a transaction of its own would end the one in which it is journalled, and
/// a name with its schema would pass by the temporary view that shows the table of that moment. Everything else is sent as it was written.
/// </summary>
static class AuthorsText
{
    /// <summary>The text, with names that <paramref name="schemaOf"/> knows moved to the schema that it gives.</summary>
    public static string Of(string sql, Func<QualifiedName, Identifier?> schemaOf)
    {
        var statements = SqlTokens.Statements(sql);
        var text = statements.Any(IsTransactionControl)
            ? string.Join(";\n", statements.Where(statement => !IsTransactionControl(statement)).Select(statement => statement.Text))
            : sql;
        return Redirect(text, schemaOf);
    }

    /// <summary>Whether a statement begins or ends a transaction.</summary>
    public static bool IsTransactionControl(SqlStatement statement) =>
        statement.Begins("begin") || statement.Begins("commit") || statement.Begins("end") || statement.Begins("start", "transaction");

    static string Redirect(string sql, Func<QualifiedName, Identifier?> schemaOf)
    {
        var tokens = SqlTokens.Of(sql);
        var result = new StringBuilder();
        var copied = 0;
        var isBlock = false;
        for (var i = 0; i < tokens.Length; i++)
        {
            var token = tokens[i];
            isBlock = i == 0 || tokens[i - 1].Is(';') ? token.Is("do") : isBlock;
            var changed = isBlock && token.Kind == SqlTokenKind.Text && sql[token.Start] == '$'
                ? InBody(sql[token.Start..token.End], token.Value, schemaOf)
                : IsQualified(tokens, i) && schemaOf(new QualifiedName(token.Value, tokens[i + 2].Value)) is { } schema ? schema.Value : null;
            if (changed is null)
                continue;
            result.Append(sql, copied, token.Start - copied).Append(changed);
            copied = token.End;
        }

        return copied == 0 ? sql : result.Append(sql, copied, sql.Length - copied).ToString();
    }

    static string InBody(string quoted, string body, Func<QualifiedName, Identifier?> schemaOf)
    {
        var tag = quoted[..(quoted.IndexOf('$', 1) + 1)];
        return tag + Redirect(body, schemaOf) + tag;
    }

    static bool IsQualified(System.Collections.Immutable.ImmutableArray<SqlToken> tokens, int at) =>
        at + 2 < tokens.Length && tokens[at].IsName && tokens[at].Value.Length > 0 && tokens[at + 1].Is('.') && tokens[at + 2].IsName && tokens[at + 2].Value.Length > 0
        && !(at > 0 && tokens[at - 1].Is('.'));
}
