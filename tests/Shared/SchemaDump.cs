using System.Diagnostics;
using Npgsql;
using Xunit;

namespace EfRoll.TestSupport;

/// <summary>The schema of a database as statements: grants included, owners and the schema <c>efroll</c> not.</summary>
public sealed record SchemaDump
{
    SchemaDump(IReadOnlyList<string> statements) => Statements = statements;

    /// <summary>The statements that would make it again, in the order of the dump.</summary>
    public IReadOnlyList<string> Statements { get; }

    /// <summary>The statements as one text.</summary>
    public string Text => string.Join("\n\n", Statements);

    /// <summary>Reads the schema of a database, with <c>pg_dump</c> or, where there is none for this server, from the catalogue.</summary>
    public static async Task<SchemaDump> ReadAsync(TestDatabase database, CancellationToken cancellationToken = default) =>
        await DumpTool.FindAsync(database.ServerMajorVersion, cancellationToken) is { } tool
            ? Parse(await DumpAsync(tool, database, cancellationToken))
            : new(await CatalogueDump.ReadAsync(database, cancellationToken));

    /// <summary>Reads it from the catalogue in any case: less than a dump shows, but ten times as fast.</summary>
    public static async Task<SchemaDump> ReadCatalogueAsync(TestDatabase database, CancellationToken cancellationToken = default) =>
        new(await CatalogueDump.ReadAsync(database, cancellationToken));

    /// <summary>Takes the text of a dump.</summary>
    public static SchemaDump Parse(string dump) => new(DumpStatements.Of(dump));

    /// <summary>What differs, or null. The order of statements never counts: it follows from when things were made.</summary>
    public static string? Difference(SchemaDump expected, SchemaDump actual, bool columnOrderMatters = false) =>
        LineDiff.Between(expected.Lines(columnOrderMatters), actual.Lines(columnOrderMatters));

    /// <summary>Fails with the difference.</summary>
    /// <param name="expected">What there should be.</param>
    /// <param name="actual">What there is.</param>
    /// <param name="when">When they should be the same: <c>after rollback</c>.</param>
    /// <param name="columnOrderMatters">Whether columns must stand at the same position in their tables.</param>
    public static void AssertSame(SchemaDump expected, SchemaDump actual, string when, bool columnOrderMatters = false)
    {
        if (Difference(expected, actual, columnOrderMatters) is { } difference)
        {
            Assert.Fail($"The schema differs {when} (- expected, + actual):\n{difference}");
        }
    }

    static async Task<string> DumpAsync(string tool, TestDatabase database, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var start = new ProcessStartInfo(tool,
        [
            "--schema-only", "--no-owner", "--exclude-schema=efroll", "--no-password", "--encoding=UTF8",
            "--host", connection.Host!, "--port", $"{connection.Port}", "--username", connection.Username!, database.Name,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PGPASSWORD"] = connection.Password },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException(await errors);
    }

    List<string> Lines(bool columnOrderMatters) =>
    [
        .. Statements
            .Select(statement => columnOrderMatters ? statement : DumpStatements.WithSortedColumns(statement))
            .Order(StringComparer.Ordinal)
            .SelectMany(statement => statement.Split('\n'))
            // The last column of a table has no comma after it, whichever it is.
            .Select(line => line.TrimEnd(',')),
    ];
}
