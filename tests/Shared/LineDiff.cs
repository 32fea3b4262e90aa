using System.Text;

namespace EfRoll.TestSupport;

/// <summary>What differs between two texts, for people: <c>-</c> expected only, <c>+</c> actual only, with lines around it.</summary>
public static class LineDiff
{
    const int Context = 2;

    /// <summary>Null if the texts are equal.</summary>
    public static string? Between(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        if (expected.SequenceEqual(actual))
        {
            return null;
        }

        var lines = Align(expected, actual);
        var text = new StringBuilder();
        var skipped = false;
        for (var i = 0; i < lines.Count; i++)
        {
            var isNear = lines.Take(i + Context + 1).Skip(i - Context).Any(line => line[0] != ' ');
            if (isNear)
            {
                text.AppendLine(lines[i]);
            }
            else if (!skipped)
            {
                text.AppendLine("  ...");
            }

            skipped = !isNear;
        }

        return text.ToString();
    }

    static List<string> Align(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        // common[i, j]: how many lines the texts have in common from line i of the one and line j of the other on.
        var common = new int[expected.Count + 1, actual.Count + 1];
        for (var i = expected.Count - 1; i >= 0; i--)
        {
            for (var j = actual.Count - 1; j >= 0; j--)
            {
                common[i, j] = expected[i] == actual[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var lines = new List<string>();
        for (int i = 0, j = 0; i < expected.Count || j < actual.Count;)
        {
            if (i < expected.Count && j < actual.Count && expected[i] == actual[j])
            {
                lines.Add($"  {expected[i]}");
                i++;
                j++;
            }
            else if (j == actual.Count || (i < expected.Count && common[i + 1, j] >= common[i, j + 1]))
            {
                lines.Add($"- {expected[i++]}");
            }
            else
            {
                lines.Add($"+ {actual[j++]}");
            }
        }

        return lines;
    }
}
