using System.Globalization;
using System.Text;

namespace EfRoll.Engine.Planning;

/// <summary>Puts names and sentences into markdown so that no name is read as markup, a mention, a link or the border of a table's cell.</summary>
static class MarkdownText
{
    const string Punctuation = ".,:;()'\"%/+=?!…-";

    /// <summary>A name, as code.</summary>
    public static string Code(string name)
    {
        var shown = Shown(name);
        if (shown.Length > 0 && shown == shown.Trim() && shown.AsSpan().IndexOfAny("`|\\") < 0)
            return $"`{shown}`";

        // Backticks cannot hold these in a table. Written as entities, no character means anything but itself.
        var text = new StringBuilder("<code>");
        foreach (var character in shown)
            text.Append(char.IsLetterOrDigit(character) || character > 127 ? $"{character}" : string.Create(CultureInfo.InvariantCulture, $"&#{(int)character};"));
        return text.Append("</code>").ToString();
    }

    /// <summary>A sentence with names in it: words that are not plain ones become code.</summary>
    public static string Sentence(string sentence) =>
        string.Join(' ', sentence.Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(Word));

    /// <summary>A block of code, fenced with more backticks than it has anywhere.</summary>
    public static string Block(string language, string code)
    {
        var (longest, run) = (0, 0);
        foreach (var character in code)
            longest = Math.Max(longest, run = character == '`' ? run + 1 : 0);
        var fence = new string('`', Math.Max(3, longest + 1));
        return $"{fence}{language}\n{code}{(code.EndsWith('\n') ? "" : "\n")}{fence}\n";
    }

    static string Word(string word)
    {
        if (word.All(character => char.IsLetterOrDigit(character) || Punctuation.Contains(character)) && !IsLink(word))
            return word;
        var core = word.TrimEnd('.', ',', ':', ';', ')');
        return core.Length == 0 ? Code(word) : Code(core) + word[core.Length..];
    }

    static bool IsLink(string word) => word.Contains("://", StringComparison.Ordinal) || word.Contains("www.", StringComparison.OrdinalIgnoreCase);

    // What cannot be seen, or turns the direction of what follows, is shown as something.
    static string Shown(string name) => string.Concat(name.Select(character => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? '\uFFFD' : character));
}
