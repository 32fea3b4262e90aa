using System.Collections.Immutable;
using System.Globalization;

namespace EfRoll.Engine.Sql;

/// <summary>What a piece of SQL is, as far as can be told without knowing what it means.</summary>
enum SqlTokenKind
{
    /// <summary>A name or keyword without quotes, in lower case.</summary>
    Word,

    /// <summary>A name in double quotes, without them.</summary>
    Name,

    /// <summary>A text in quotes or between dollars, without them.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Anything else, one character each.</summary>
    Symbol,
}

/// <summary>A piece of SQL and where it stands.</summary>
readonly record struct SqlToken(SqlTokenKind Kind, string Value, int Start, int End)
{
    /// <summary>Whether it can be the name of something.</summary>
    public bool IsName => Kind is SqlTokenKind.Word or SqlTokenKind.Name;

    /// <summary>Whether it is this keyword.</summary>
    public bool Is(string word) => Kind == SqlTokenKind.Word && Value == word;

    /// <summary>Whether it is this character.</summary>
    public bool Is(char symbol) => Kind == SqlTokenKind.Symbol && Value[0] == symbol;
}

/// <summary>Cuts SQL into tokens and statements: quotes, dollars and comments are known, grammar is not.</summary>
static class SqlTokens
{
    /// <summary>The tokens of a text, comments and space left out.</summary>
    public static ImmutableArray<SqlToken> Of(string sql)
    {
        var tokens = ImmutableArray.CreateBuilder<SqlToken>();
        for (var at = 0; at < sql.Length;)
        {
            var next = sql[at];
            if (char.IsWhiteSpace(next))
            {
                at++;
                continue;
            }

            if (CommentEnd(sql, at) is { } afterComment)
            {
                at = afterComment;
                continue;
            }

            var token = TokenAt(sql, at);
            tokens.Add(token);
            at = token.End;
        }

        return tokens.ToImmutable();
    }

    /// <summary>
    /// Whether a text stays where it is put: quotes, comments and parentheses that it opens it also closes, and it ends neither a statement nor, unless
    /// lists are allowed, an item of a list.
    /// </summary>
    public static bool IsContained(string sql, bool mayBeList)
    {
        // Only if nothing is left open is the last token the one that was appended.
        var tokens = Of(sql + "\n)");
        var depth = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            var token = tokens[i];
            depth += token.Is('(') || token.Is('[') ? 1 : token.Is(')') || token.Is(']') ? -1 : 0;
            if (i == tokens.Length - 1)
                return token.Is(')') && token.Start == sql.Length + 1 && depth == -1;
            if (depth < 0 || token.Is(';') || token.Is(',') && depth == 0 && !mayBeList)
                return false;
        }

        return false;
    }

    /// <summary>The statements of a text, without the semicolons between them; a body of statements (<c>BEGIN ATOMIC … END</c>) stays whole.</summary>
    public static IReadOnlyList<SqlStatement> Statements(string sql)
    {
        var statements = new List<SqlStatement>();
        var current = ImmutableArray.CreateBuilder<SqlToken>();
        var depth = 0;
        var blocks = 0;
        foreach (var token in Of(sql))
        {
            if (token.Is(';') && depth <= 0 && blocks == 0)
            {
                Close();
                continue;
            }

            depth += token.Is('(') ? 1 : token.Is(')') ? -1 : 0;
            if (token.Is("atomic") && current.Count > 0 && current[^1].Is("begin"))
                blocks = 1;
            else if (blocks > 0)
                blocks += token.Is("case") ? 1 : token.Is("end") ? -1 : 0;
            current.Add(token);
        }

        Close();
        return statements;

        void Close()
        {
            if (current.Count > 0)
                statements.Add(new SqlStatement(sql[current[0].Start..current[^1].End], [.. current]));
            current.Clear();
            depth = 0;
        }
    }

    /// <summary>All that could be a name in a text, also inside the texts that it quotes: bodies of functions, dynamic SQL, <c>'name'::regclass</c>.</summary>
    public static IEnumerable<string> Names(string sql)
    {
        foreach (var token in Of(sql))
        {
            if (token.IsName)
                yield return token.Value;
            if (token.Kind != SqlTokenKind.Text)
                continue;
            foreach (var name in Names(token.Value))
                yield return name;
        }
    }

    static int? CommentEnd(string sql, int at)
    {
        if (Has(sql, at, "--"))
            return sql.IndexOf('\n', at) is var end and >= 0 ? end + 1 : sql.Length;
        if (!Has(sql, at, "/*"))
            return null;
        // They nest.
        var depth = 0;
        for (var i = at; i < sql.Length; i++)
        {
            if (Has(sql, i, "/*"))
                (depth, i) = (depth + 1, i + 1);
            else if (Has(sql, i, "*/"))
                (depth, i) = (depth - 1, i + 1);
            if (depth == 0)
                return i + 1;
        }

        return sql.Length;
    }

    static SqlToken TokenAt(string sql, int at)
    {
        var first = sql[at];
        if (first == '"')
            return Quoted(sql, at, at, SqlTokenKind.Name, isEscaping: false);
        if (first == '\'')
            return Quoted(sql, at, at, SqlTokenKind.Text, isEscaping: false);
        if (first is 'e' or 'E' or 'b' or 'B' or 'x' or 'X' or 'n' or 'N' && at + 1 < sql.Length && sql[at + 1] == '\'')
            return Quoted(sql, at, at + 1, SqlTokenKind.Text, isEscaping: first is 'e' or 'E');
        if (first == '$' && DollarTag(sql, at) is { } tag)
        {
            var body = at + tag.Length;
            var end = sql.IndexOf(tag, body, StringComparison.Ordinal);
            return end < 0 ? new SqlToken(SqlTokenKind.Text, sql[body..], at, sql.Length) : new SqlToken(SqlTokenKind.Text, sql[body..end], at, end + tag.Length);
        }

        if (IsWordStart(first))
        {
            var end = at + 1;
            while (end < sql.Length && (IsWordStart(sql[end]) || char.IsAsciiDigit(sql[end]) || sql[end] == '$'))
                end++;
            return new SqlToken(SqlTokenKind.Word, Folded(sql[at..end]), at, end);
        }

        if (char.IsAsciiDigit(first))
        {
            var end = at + 1;
            while (end < sql.Length && (char.IsAsciiLetterOrDigit(sql[end]) || sql[end] is '.' or '_'))
                end++;
            return new SqlToken(SqlTokenKind.Number, sql[at..end], at, end);
        }

        return new SqlToken(SqlTokenKind.Symbol, sql[at].ToString(CultureInfo.InvariantCulture), at, at + 1);
    }

    static SqlToken Quoted(string sql, int start, int quote, SqlTokenKind kind, bool isEscaping)
    {
        var mark = sql[quote];
        var value = new System.Text.StringBuilder();
        for (var i = quote + 1; i < sql.Length; i++)
        {
            if (isEscaping && sql[i] == '\\' && i + 1 < sql.Length)
                value.Append(sql[++i]);
            else if (sql[i] != mark)
                value.Append(sql[i]);
            else if (i + 1 < sql.Length && sql[i + 1] == mark)
                value.Append(sql[++i]);
            else
                return new SqlToken(kind, value.ToString(), start, i + 1);
        }

        return new SqlToken(kind, value.ToString(), start, sql.Length);
    }

    static string? DollarTag(string sql, int at)
    {
        var end = at + 1;
        while (end < sql.Length && (IsWordStart(sql[end]) || end > at + 1 && char.IsAsciiDigit(sql[end])))
            end++;
        return end < sql.Length && sql[end] == '$' ? sql[at..(end + 1)] : null;
    }

    static bool Has(string sql, int at, string text) => string.CompareOrdinal(sql, at, text, 0, text.Length) == 0;

    static bool IsWordStart(char character) => char.IsAsciiLetter(character) || character == '_' || character >= 128;

    // As PostgreSQL does in UTF-8: only ASCII.
    static string Folded(string word) => string.Create(word.Length, word, (chars, source) =>
    {
        for (var i = 0; i < chars.Length; i++)
            chars[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
    });
}

/// <summary>One statement as its author wrote it.</summary>
/// <param name="Text">The text, without the semicolon.</param>
/// <param name="Tokens">Its tokens; their places count from the beginning of the whole text.</param>
sealed record SqlStatement(string Text, ImmutableArray<SqlToken> Tokens)
{
    /// <summary>Whether it begins with these keywords.</summary>
    public bool Begins(params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (i >= Tokens.Length || !Tokens[i].Is(words[i]))
                return false;
        }

        return true;
    }

    /// <summary>Whether a keyword stands in it anywhere outside of quotes.</summary>
    public bool Has(string word) => Tokens.Any(token => token.Is(word));
}
