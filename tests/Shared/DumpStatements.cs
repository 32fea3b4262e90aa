using System.Text.RegularExpressions;

namespace EfRoll.TestSupport;

/// <summary>Takes the output of <c>pg_dump</c> apart into statements, without what differs between two dumps of the same schema.</summary>
static partial class DumpStatements
{
    /// <summary>The statements in the order of the dump: no comments, settings, or lines for psql.</summary>
    public static IReadOnlyList<string> Of(string dump)
    {
        var statements = new List<string>();
        var start = 0;
        for (var i = 0; i < dump.Length; i++)
        {
            if (dump[i] == ';')
            {
                statements.Add(dump[start..(i + 1)].Trim());
                start = i + 1;
            }
            else if (dump.AsSpan(start, i - start).IsWhiteSpace() && NotAStatement().Match(dump, i) is { Success: true } line)
            {
                // Between statements only: a function's body may hold such lines, and they count.
                i += line.Length - 1;
                start = i + 1;
            }
            else if (Quoted().Match(dump, i) is { Success: true } quoted)
            {
                i += quoted.Length - 1;
            }
        }

        return [.. statements.Where(statement => !Setting().IsMatch(statement))];
    }

    /// <summary>The same statement with the columns and constraints of a <c>CREATE TABLE</c>, and the columns of <c>CREATE STATISTICS</c>, in order of their text.</summary>
    public static string WithSortedColumns(string statement)
    {
        if (CreateStatistics().Match(statement) is { Success: true } statistics)
            return $"{statistics.Groups[1].Value}{string.Join(',', Items(statistics.Groups[2].Value).Select(item => item.Trim()).Order(StringComparer.Ordinal))}{statistics.Groups[3].Value}";
        var lines = statement.Split('\n');
        var end = Array.FindIndex(lines, line => line.StartsWith(')'));
        if (!CreateTable().IsMatch(lines[0]) || end < 0)
        {
            return statement;
        }

        var body = string.Join('\n', lines[1..end]);
        return string.Join('\n', [lines[0], .. Items(body).Order(StringComparer.Ordinal), .. lines[end..]]);
    }

    static IEnumerable<string> Items(string body)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < body.Length; i++)
        {
            if (Quoted().Match(body, i) is { Success: true } quoted)
            {
                i += quoted.Length - 1;
                continue;
            }

            depth += body[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0 && body[i] == ',')
            {
                yield return body[start..i].Trim('\n');
                start = i + 1;
            }
        }

        if (start < body.Length)
        {
            yield return body[start..].Trim('\n');
        }
    }

    [GeneratedRegex(@"\G(--[^\n]*|\\[^\n]*)(\n|$)")]
    private static partial Regex NotAStatement();

    [GeneratedRegex("""
        \G(E'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$).*?\2)
        """, RegexOptions.Singleline)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^(SET |SELECT pg_catalog\.set_config)")]
    private static partial Regex Setting();

    [GeneratedRegex(@"^(CREATE STATISTICS .* ON )(.*)( FROM .*)$", RegexOptions.Singleline)]
    private static partial Regex CreateStatistics();

    [GeneratedRegex(@"^CREATE (UNLOGGED |FOREIGN )?TABLE .*\($")]
    private static partial Regex CreateTable();
}
