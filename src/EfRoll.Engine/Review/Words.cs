using System.Text.RegularExpressions;

namespace EfRoll.Engine.Review;

/// <summary>Compares names as people would.</summary>
static partial class Words
{
    // Shorter words (id, is, no, of) are in nearly every name, and in many words.
    const int Shortest = 3;

    /// <summary>
    /// Whether a word of one name is in a word of the other, or one whole name is in the other: <c>FullName</c> and <c>display_name</c>, <c>Mail</c> and
    /// <c>Email</c>, <c>Id</c> and <c>UserId</c>.
    /// </summary>
    public static bool AreAlike(string left, string right)
    {
        var (first, second) = (Of(left), Of(right));
        return first.Exists(word => second.Exists(other => IsIn(word, other) || IsIn(other, word)))
            || string.Concat(first).Contains(string.Concat(second), StringComparison.Ordinal) || string.Concat(second).Contains(string.Concat(first), StringComparison.Ordinal);
    }

    static bool IsIn(string word, string other) => word.Length >= Shortest && other.Contains(word, StringComparison.Ordinal);

    static List<string> Of(string name) => [.. Word().Matches(name).Select(match => match.Value.ToLowerInvariant())];

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9_\\s]+")]
    private static partial Regex Word();
}
