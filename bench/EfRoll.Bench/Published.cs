using System.Text.RegularExpressions;

namespace EfRoll.Bench;

/// <summary>The document that holds the results of the last full run: each part's own between two comments.</summary>
static class Published
{
    /// <summary>Puts a part's results into the document, in the place of those from before.</summary>
    public static async Task WriteAsync(string document, string part, string machine, Findings findings, CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(document, cancellationToken);
        var place = new Regex($"(?<=<!-- {part} -->\n).*?(?=<!-- /{part} -->)", RegexOptions.Singleline);
        if (!place.IsMatch(text))
            throw new ArgumentException($"{document} has no place for {part}.");
        var ratios = findings.Ratios.Count == 0 ? "" : $"```\n{string.Join('\n', findings.Ratios)}\n```\n\n";
        var results = $"{findings.Text}{ratios}<sub>{machine.Replace("\n", "<br>", StringComparison.Ordinal)}</sub>\n";
        foreach (var (file, plot) in findings.Plots)
            await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(document)!, file), plot, cancellationToken);
        await File.WriteAllTextAsync(document, place.Replace(text, results.Replace("$", "$$", StringComparison.Ordinal)), cancellationToken);
    }
}
