using System.Globalization;
using System.Text;

namespace EfRoll.Bench;

/// <summary>What a part found: tables for people, ratios to be held against goals.</summary>
sealed class Findings(Action<string> say)
{
    readonly StringBuilder _text = new();
    readonly List<Ratio> _ratios = [];
    readonly Dictionary<string, string> _plots = [];

    /// <summary>Everything told so far, as Markdown.</summary>
    public string Text => _text.ToString();

    /// <summary>The ratios told so far.</summary>
    public IReadOnlyList<Ratio> Ratios => _ratios;

    /// <summary>The plots told so far, as SVG by their file's name.</summary>
    public IReadOnlyDictionary<string, string> Plots => _plots;

    /// <summary>Says on the console, and nowhere else, how far it is.</summary>
    public void Progress(string line) => say(line);

    /// <summary>Tells a paragraph or a table.</summary>
    public void Tell(string markdown)
    {
        _text.Append(markdown.TrimEnd()).Append("\n\n");
        say($"\n{markdown.TrimEnd()}\n");
    }

    /// <summary>Tells values as bars.</summary>
    public void Plot(string name, string title, IReadOnlyList<(string Name, double Value)> bars)
    {
        var file = $"benchmarks-{name}.svg";
        _plots[file] = Bars.Draw(title, bars);
        _text.Append(CultureInfo.InvariantCulture, $"![{title}]({file})\n\n");
    }

    /// <summary>Tells a ratio: the median of those of each run, in which what is compared came right after one another.</summary>
    public void Tell(string name, IEnumerable<double> ofEachRun) => _ratios.Add(new Ratio(name, ofEachRun.Median()));
}

/// <summary>How two measured values stand to each other.</summary>
sealed record Ratio(string Name, double Value)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ratio {Name} {Value:0.000}");
}
