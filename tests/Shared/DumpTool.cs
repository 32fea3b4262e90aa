using System.Collections.Concurrent;
using System.Globalization;

namespace EfRoll.TestSupport;

/// <summary>Finds a <c>pg_dump</c> that is not older than the server: <c>EFROLL_PG_DUMP</c>, else what <c>eng/postgres.sh</c> brings.</summary>
static class DumpTool
{
    static readonly ConcurrentDictionary<int, Lazy<Task<string?>>> Tools = new();

    /// <summary>Null if there is none.</summary>
    public static Task<string?> FindAsync(int majorVersion, CancellationToken cancellationToken) =>
        Tools.GetOrAdd(majorVersion, major => new(() => FindAsync(major))).Value.WaitAsync(cancellationToken);

    static async Task<string?> FindAsync(int majorVersion)
    {
        if (Environment.GetEnvironmentVariable("EFROLL_PG_DUMP") is { Length: > 0 } tool)
        {
            return tool;
        }

        try
        {
            return await ServerScript.RunAsync(CancellationToken.None, "dump-tool", majorVersion.ToString(CultureInfo.InvariantCulture));
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
