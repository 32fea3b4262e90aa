using System.Text.RegularExpressions;

namespace EfRoll.Engine.Review;

/// <summary>Compares names as people would.</summary>
static partial class Words
{
    /// <summary>Whether two names share a word, or one is in the other: <c>FullName</c> and <c>display_name</c>, <c>Mail</c> and <c>Email</c>.</summary>
    public static bool AreAlike(string left, string right)
    {
        var (first, second) = (Of(left), Of(right));
        return first.Exists(word => second.Exists(other => word.Length > 2 && other.Contains(word, StringComparison.Ordinal) || other.Length > 2 && word.Contains(other, StringComparison.Ordinal)))
            || string.Concat(first) == string.Concat(second);
    }

    // Nearly every key ends so.
    static List<string> Of(string name) => [.. Word().Matches(name).Select(match => match.Value.ToLowerInvariant()).Where(word => word != "id")];

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9_\\s]+")]
    private static partial Regex Word();
}
