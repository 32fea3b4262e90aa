using System.Globalization;

namespace EfRoll.Bench;

/// <summary>A table that reads well on a terminal and is Markdown.</summary>
sealed class TextTable(params string[] heads)
{
    readonly List<string[]> _rows = [heads];

    /// <summary>Adds a row; numbers are written with as many digits as they can bear, what is no number as a dash.</summary>
    public void Add(params object[] cells) => _rows.Add([.. cells.Select(Write)]);

    public override string ToString()
    {
        var widths = Enumerable.Range(0, heads.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        var lines = _rows.Select(row => Line(row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))).ToList();
        lines.Insert(1, Line(widths.Select((width, column) => column == 0 ? new string('-', width) : new string('-', width - 1) + ':')));
        return string.Join('\n', lines);
    }

    static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    static string Write(object cell) => cell switch
    {
        double.NaN => "–",
        double number => number.ToString(Math.Abs(number) switch { < 1 => "0.000", < 10 => "0.00", < 100 => "0.0", _ => "#,0" }, CultureInfo.InvariantCulture),
        IFormattable number => number.ToString("#,0", CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };
}
