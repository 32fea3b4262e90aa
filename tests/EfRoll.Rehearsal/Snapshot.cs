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
}
