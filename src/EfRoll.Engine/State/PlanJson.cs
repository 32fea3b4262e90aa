using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;

namespace EfRoll.Engine.State;

/// <summary>Writes plans and migrations as the state schema keeps them.</summary>
static class PlanJson
{
    static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // jsonb orders the members of an object anew, so a step's kind is not its first any more.
        AllowOutOfOrderMetadataProperties = true,
        Converters = { new JsonStringEnumConverter() },
    };

    static readonly JsonSerializerOptions WholeOptions = new(Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    // Here NULL says something: that a brake is off.
    static readonly JsonSerializerOptions WithNulls = new();

    public static string Write(Plan plan) => JsonSerializer.Serialize(plan, Options);

    public static string Write(EquatableList<WatchedTable> tables) => JsonSerializer.Serialize(tables, Options);

    /// <summary>Reads a plan.</summary>
    /// <param name="json">As it was written, perhaps by another version.</param>
    /// <param name="isWhole">Whether what this version does not know is an error, rather than passed over.</param>
    public static Plan ReadPlan(string json, bool isWhole = true) =>
        JsonSerializer.Deserialize<Plan>(json, isWhole ? WholeOptions : Options) ?? throw new JsonException("A stored plan is empty.");

    public static EquatableList<WatchedTable> ReadTables(string json) =>
        JsonSerializer.Deserialize<EquatableList<WatchedTable>>(json, WholeOptions) ?? throw new JsonException("Stored tables are empty.");

    public static string Write(BackfillOptions options) => JsonSerializer.Serialize(options, WithNulls);

    public static BackfillOptions ReadOptions(string json) => JsonSerializer.Deserialize<BackfillOptions>(json, WithNulls) ?? throw new JsonException("Stored options are empty.");

    /// <summary>The migrations with everything that decides what they do; where they were written is left out, for that moves with every edit.</summary>
    public static string Write(IEnumerable<Migration> migrations) =>
        new JsonArray([.. migrations.Select(migration => (JsonNode)new JsonObject
        {
            ["id"] = migration.Id,
            ["operations"] = new JsonArray([.. migration.Operations.Select(Write)]),
        })]).ToJsonString(Options);

    static JsonObject Write(Operation operation)
    {
        var members = JsonSerializer.SerializeToNode(operation, operation.GetType(), Options)!.AsObject();
        members.Remove(nameof(Operation.Source));
        return new JsonObject { [operation.GetType().Name] = members };
    }
}
