using System.Globalization;
using System.Text;

namespace EfRoll.Bench;

/// <summary>A plot: one bar for each value, drawn as SVG.</summary>
static class Bars
{
    const int LineHeight = 22;
    const int LabelWidth = 200;
    const int LongestBar = 360;

    /// <summary>Draws them, our own stressed.</summary>
    public static string Draw(string title, IReadOnlyList<(string Name, double Value)> bars)
    {
        var svg = new StringBuilder();
        var height = (bars.Count + 1) * LineHeight + 8;
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{LabelWidth + LongestBar + 90}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"6\" y=\"17\" font-weight=\"bold\">{title}</text>\n");
        for (var i = 0; i < bars.Count; i++)
        {
            var (name, value) = bars[i];
            var (top, width) = ((i + 1) * LineHeight + 4, LongestBar * value / bars.Max(bar => bar.Value));
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth - 8}\" y=\"{top + 13}\" text-anchor=\"end\">{name}</text>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{LabelWidth}\" y=\"{top}\" width=\"{width:0}\" height=\"{LineHeight - 6}\" fill=\"{(name.StartsWith("EfRoll", StringComparison.Ordinal) ? "#2b6cb0" : "#a0aec0")}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth + width + 6:0}\" y=\"{top + 13}\">{value:#,0}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }
}
