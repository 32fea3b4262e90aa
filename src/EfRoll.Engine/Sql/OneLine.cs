namespace EfRoll.Engine.Sql;

/// <summary>Shows SQL in titles and sentences.</summary>
static class OneLine
{
    const string Ellipsis = "...";

    /// <summary>The text in one line, cut where it is longer than so many characters.</summary>
    public static string Of(string sql, int length)
    {
        var line = string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= length)
            return line;
        var end = length - Ellipsis.Length;
        // Half a character would be none that a report or a database takes.
        return line[..(char.IsHighSurrogate(line[end - 1]) ? end - 1 : end)] + Ellipsis;
    }
}
