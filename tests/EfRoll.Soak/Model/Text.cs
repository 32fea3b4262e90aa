namespace EfRoll.Soak.Model;

/// <summary>Texts that applications write.</summary>
static class Text
{
    const string Letters = "abcdefghijklmnopqrstuvwxyz";

    static int _numbers;

    public static string Word(Random random) => new([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Letters[random.Next(Letters.Length)])]);

    public static string MixedWord(Random random) => random.Next(2) == 0 ? Word(random) : Word(random).ToUpperInvariant();

    public static string Unique(Random random) => $"{Word(random)}{Interlocked.Increment(ref _numbers)}";

    /// <summary>Before and after the first space.</summary>
    public static object?[] Split(string name)
    {
        var space = name.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? [name, ""] : [name[..space], name[(space + 1)..]];
    }
}
