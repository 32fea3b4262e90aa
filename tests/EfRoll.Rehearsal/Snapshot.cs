using System.Text.RegularExpressions;
using EfRoll.Engine.Planning;
using EfRoll.TestSupport;

namespace EfRoll.Rehearsal;

/// <summary>A database at one moment.</summary>
sealed record Snapshot(SchemaDump Schema, Data Data)
{
    public static async Task<Snapshot> ReadAsync(TestDatabase database, CancellationToken cancellationToken) =>
        new(await SchemaDump.ReadAsync(database, cancellationToken), await Data.ReadAsync(database, cancellationToken));

    static readonly IReadOnlySet<(string, string)> Nothing = new HashSet<(string, string)>();

    /// <summary>What differs in the schema; null if nothing does.</summary>
    public string? SchemaDifference(Snapshot actual) => SchemaDump.Difference(Schema, actual.Schema);

    /// <summary>What differs in the rows.</summary>
    public string? DataDifference(Snapshot actual, IReadOnlySet<(string Table, string Column)>? ignored = null) => Data.Difference(actual.Data, ignored ?? Nothing);

    /// <summary>What differs in the schema after a rollback: the order of columns counts too, the types that the plan says it keeps do not.</summary>
    public string? SchemaDifferenceAfterRollback(Snapshot actual, Plan plan)
    {
        var kept = plan.Expand.SelectMany(step => step.Hazards).Select(hazard => Widened.Match(hazard)).Where(match => match.Success)
            .Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        return SchemaDump.Difference(Without(Schema, kept), Without(actual.Schema, kept), columnOrderMatters: true);
    }

    static SchemaDump Without(SchemaDump dump, HashSet<string> columns) => columns.Count == 0
        ? dump
        : SchemaDump.Parse(string.Join("\n\n", dump.Statements.Select(statement => string.Join('\n', statement.Split('\n')
            .Where(line => !columns.Any(column => line.StartsWith($"    {column} ", StringComparison.Ordinal) || line.StartsWith($"    \"{column}\" ", StringComparison.Ordinal)))))));

    static readonly Regex Widened = new(@"\.([^.]+) becomes .* at once; a rollback keeps that wider type", RegexOptions.Singleline);
}
