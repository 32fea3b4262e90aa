using System.Text;

namespace EfRoll.Engine.Sql;

/// <summary>Writes SQL in a form that is equal for texts that differ only in how they are laid out.</summary>
static class CanonicalSql
{
    const string Operators = "+-*/<>=~!@#%^&|`?:";

    /// <summary>The text without comments, with one space where there was any, keywords and unquoted names in lower case, and no empty statement.</summary>
    public static string Of(string sql)
    {
        var text = new StringBuilder();
        foreach (var statement in SqlTokens.Statements(sql))
        {
            if (text.Length > 0)
                text.Append(" ; ");
            Append(text, sql, statement);
        }

        return text.ToString();
    }

    static void Append(StringBuilder text, string sql, SqlStatement statement)
    {
        var holdsCode = HoldsCode(statement);
        for (var i = 0; i < statement.Tokens.Length; i++)
        {
            var token = statement.Tokens[i];
            // "<=" is one operator and "< =" are two, so only between those does the space say something.
            if (i > 0 && !(IsOperator(token) && IsOperator(statement.Tokens[i - 1]) && statement.Tokens[i - 1].End == token.Start))
                text.Append(' ');
            if (token.Kind == SqlTokenKind.Word)
                text.Append(token.Value);
            else if (holdsCode && token.Kind == SqlTokenKind.Text && sql[token.Start] == '$')
                text.Append("$$ ").Append(Of(token.Value)).Append(" $$");
            else
                text.Append(sql, token.Start, token.End - token.Start);
        }
    }

    // The body of a function is a text too, but one that gets indented anew. In other languages the space at its beginnings may matter.
    static bool HoldsCode(SqlStatement statement)
    {
        if (!statement.Begins("do") && !(statement.Begins("create") && statement.Tokens.Take(5).Any(token => token.Is("function") || token.Is("procedure"))))
            return false;
        for (var i = 0; i + 1 < statement.Tokens.Length; i++)
        {
            if (statement.Tokens[i].Is("language"))
                return statement.Tokens[i + 1].Value is "sql" or "plpgsql";
        }

        return true;
    }

    static bool IsOperator(SqlToken token) => token.Kind == SqlTokenKind.Symbol && Operators.Contains(token.Value[0], StringComparison.Ordinal);
}
