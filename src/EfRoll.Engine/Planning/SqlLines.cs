namespace EfRoll.Engine.Planning;

/// <summary>Breaks SQL into lines of a width without changing what it means: only at spaces that stand outside of quotes and comments.</summary>
static class SqlLines
{
    public static IEnumerable<string> Of(string sql, int width)
    {
        var state = new Quoting();
        foreach (var line in sql.Split('\n').Select(line => line.TrimEnd('\r', ' ')))
        {
            foreach (var part in Wrap(line, width, state))
                yield return part;
        }
    }

    static IEnumerable<string> Wrap(string line, int width, Quoting state)
    {
        var breaks = state.BreaksIn(line);
        var indent = line.Length - line.TrimStart().Length;
        var hanging = new string(' ', Math.Min(indent + 4, width / 2));
        var start = 0;
        var prefix = "";
        while (line.Length - start + prefix.Length > width)
        {
            var limit = start + width - prefix.Length;
            // The last place that fits; else the first one after it: a long literal stays whole.
            var at = breaks.LastOrDefault(position => position > start + indent && position <= limit, -1);
            if (at < 0)
                at = breaks.FirstOrDefault(position => position > limit, -1);
            if (at < 0)
                break;
            yield return prefix + line[start..at];
            start = at + 1;
            indent = 0;
            prefix = hanging;
        }

        yield return prefix + line[start..];
    }

    /// <summary>Where quotes and comments are open, from line to line.</summary>
    sealed class Quoting
    {
        string? _end;
        bool _isEscaping;
        bool _isBody;

        public List<int> BreaksIn(string line)
        {
            var breaks = new List<int>();
            for (var i = 0; i < line.Length; i++)
            {
                if (_end is not null)
                {
                    if (_isEscaping && line[i] == '\\')
                        i++;
                    else if (string.CompareOrdinal(line, i, _end, 0, _end.Length) == 0)
                    {
                        i += _end.Length - 1;
                        _end = null;
                    }

                    continue;
                }

                if (_isBody && line[i] == '\'')
                {
                    // In a body that stands in quotes, doubled ones are what single ones are elsewhere.
                    _isBody = i + 1 < line.Length && line[i + 1] == '\'';
                    _end = _isBody ? "''" : null;
                    _isEscaping = false;
                    i += _isBody ? 1 : 0;
                    continue;
                }

                if (line[i] == '-' && i + 1 < line.Length && line[i + 1] == '-')
                    return breaks;
                if (line[i] == ' ')
                    breaks.Add(i);
                else
                    i = Open(line, i);
            }

            return breaks;
        }

        int Open(string line, int i)
        {
            switch (line[i])
            {
                case '\'' when line[..i].TrimEnd().EndsWith(" AS", StringComparison.OrdinalIgnoreCase):
                    _isBody = true;
                    return i;
                case '\'':
                    _end = "'";
                    _isEscaping = i > 0 && line[i - 1] is 'E' or 'e' && (i == 1 || !char.IsLetterOrDigit(line[i - 2]));
                    return i;
                case '"':
                    _end = "\"";
                    _isEscaping = false;
                    return i;
                case '/' when i + 1 < line.Length && line[i + 1] == '*':
                    _end = "*/";
                    _isEscaping = false;
                    return i + 1;
                case '$' when line.IndexOf('$', i + 1) is var close and > 0 && line[(i + 1)..close].All(character => char.IsLetterOrDigit(character) || character == '_'):
                    // A function's body is SQL too: break it as well, for its quotes are seen by the same rules.
                    return close;
                default:
                    return i;
            }
        }
    }
}
