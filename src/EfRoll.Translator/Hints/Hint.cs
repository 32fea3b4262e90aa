namespace EfRoll.Translator.Hints;

/// <summary>Names of the annotations by which an author says in a migration what EfRoll cannot infer.</summary>
static class Hint
{
    public const string Prefix = "EfRoll:";

    /// <summary>The new version's value, from the old version's columns.</summary>
    public const string Up = Prefix + "Up";

    /// <summary>The old version's value, from the new version's columns; for raw SQL what undoes it.</summary>
    public const string Down = Prefix + "Down";

    /// <summary>No second column, or a table that is rewritten under a lock: <c>true</c>.</summary>
    public const string InPlace = Prefix + "InPlace";

    /// <summary>What a review finds and the author accepts; the code follows, the value says why.</summary>
    public const string Accept = Prefix + "Accept:";

    /// <summary>When raw SQL runs: <c>start</c> or <c>complete</c>.</summary>
    public const string RunAt = Prefix + "RunAt";
}
