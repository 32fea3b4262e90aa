using System.Globalization;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>The SQL of a plan as lines to show: long statements are cut unless all is asked for.</summary>
/// <param name="Width">The longest line, unless a name or a literal is longer.</param>
/// <param name="IsComplete">Whether all lines are shown.</param>
sealed record SqlExcerpt(int Width, bool IsComplete)
{
    const int LinesShown = 12;

    // Of EfRoll's own machinery, which looks alike in every plan.
    const int LinesShownOfOurs = 1;
    static readonly string[] Ours = ["CREATE FUNCTION \"efroll\".", "CREATE TRIGGER \"~efroll_", "CREATE TRIGGER \"!efroll_", "CREATE OR REPLACE TRIGGER \"~efroll_", "DO $efroll$"];

    // They look up at complete what hangs on the columns: hundreds of lines that say nothing about this plan.
    static readonly string[] SameInEveryPlan = ["DO $efroll$\n-- Takes away what hangs", "DO $efroll$\n-- Makes anew what was"];

    /// <summary>What stands before the count of lines that are left out.</summary>
    public string Ellipsis { get; init; } = "…";

    public IEnumerable<string> Lines(IEnumerable<SqlText> statements) => statements.SelectMany(Lines);

    IEnumerable<string> Lines(SqlText statement)
    {
        var sql = statement.ToString().Trim();
        // A comment at the end would swallow the semicolon.
        var end = sql.EndsWith(';') ? "" : sql[(sql.LastIndexOf('\n') + 1)..].Contains("--", StringComparison.Ordinal) ? "\n;" : ";";
        var lines = SqlLines.Of(sql + end, Width).ToList();
        var most = Array.Exists(Ours, start => sql.StartsWith(start, StringComparison.Ordinal)) ? LinesShownOfOurs : LinesShown;
        var isFixed = Array.Exists(SameInEveryPlan, start => sql.StartsWith(start, StringComparison.Ordinal));
        var shown = isFixed ? LinesShownOfOurs : IsComplete || lines.Count <= most + 1 ? lines.Count : most;
        foreach (var line in lines.Take(shown))
            yield return line;
        if (shown < lines.Count)
            yield return string.Create(CultureInfo.InvariantCulture, $"{Ellipsis} {lines.Count - shown} more lines ({(isFixed ? "the same in every plan" : "--sql shows them")})");
    }
}
