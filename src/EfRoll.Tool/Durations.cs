using System.Globalization;

namespace EfRoll.Tool;

/// <summary>Reads durations as people write them: <c>500ms</c>, <c>2s</c>, <c>5m</c>, <c>00:00:05</c>.</summary>
static class Durations
{
    public static TimeSpan Parse(string option, string text)
    {
        var digits = text.TakeWhile(character => char.IsAsciiDigit(character) || character == '.').Count();
        if (double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 1_000_000)
        {
            var unit = text[digits..].Trim().ToLowerInvariant() switch
            {
                "ms" => TimeSpan.FromMilliseconds(1),
                "s" => TimeSpan.FromSeconds(1),
                "m" or "min" => TimeSpan.FromMinutes(1),
                "h" => TimeSpan.FromHours(1),
                _ => TimeSpan.Zero,
            };
            if (unit > TimeSpan.Zero && number > 0)
                return unit * number;
        }

        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span > TimeSpan.Zero
            ? span
            : throw ToolMistakes.InvalidArgument(option, text, "a duration such as 500ms, 2s or 5m");
    }
}
