namespace EfRoll.Conventions.Tests;

/// <summary>What breaks a rule.</summary>
static class Violations
{
    /// <summary>Fails with all of them, one a line: the assertions of xunit cut lists and texts.</summary>
    public static void AssertNone<T>(IEnumerable<T> violations)
    {
        var all = violations.Select(violation => $"{violation}").ToArray();
        if (all.Length > 0)
        {
            Assert.Fail(string.Join('\n', all));
        }
    }
}
