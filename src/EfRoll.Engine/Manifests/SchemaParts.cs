using System.Text;
using System.Text.Json.Nodes;

namespace EfRoll.Engine.Manifests;

/// <summary>A field of an object in <see cref="ManifestSchema"/>.</summary>
readonly record struct Field(string Name, JsonObject Schema, string? Description = null, bool IsRequired = false);

/// <summary>The kinds of values that <see cref="NodeFields"/> reads, as parts of a JSON Schema.</summary>
static class SchemaParts
{
    public static JsonObject RequiredText => new() { ["type"] = "string", ["minLength"] = 1 };

    public static JsonObject AnyText => new() { ["type"] = "string" };

    public static JsonObject OptionalText => new() { ["type"] = new JsonArray("string", "null") };

    public static JsonObject OptionalNumber => new() { ["type"] = new JsonArray("integer", "null") };

    public static JsonObject Flag => new() { ["type"] = new JsonArray("boolean", "null") };

    public static JsonObject Nothing => new() { ["type"] = "null" };

    public static JsonObject Empty => new() { ["enum"] = new JsonArray("") };

    /// <summary>A field that pgroll has and that may only be left empty.</summary>
    public static JsonObject Never => new() { ["enum"] = new JsonArray(null, "") };

    public static JsonObject Ref(string definition) => new() { ["$ref"] = $"#/definitions/{definition}" };

    public static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    public static JsonObject OptionalList(JsonObject items) => new() { ["type"] = new JsonArray("array", "null"), ["items"] = items };

    public static JsonObject Map(JsonObject values) => new() { ["type"] = "object", ["additionalProperties"] = values };

    public static JsonObject AnyOf(params IEnumerable<JsonObject> parts) => new() { ["anyOf"] = new JsonArray([.. parts]) };

    /// <summary>One of some words, or none. Upper and lower case are the same; editors offer them as they stand here.</summary>
    public static JsonObject Choice(IReadOnlyList<string> words) =>
        AnyOf(new JsonObject { ["enum"] = new JsonArray([.. words, "", null]) }, new JsonObject { ["type"] = "string", ["pattern"] = Pattern(words) });

    /// <summary>One of some words.</summary>
    public static JsonObject Choose(IReadOnlyList<string> words) =>
        AnyOf(new JsonObject { ["enum"] = new JsonArray([.. words]) }, new JsonObject { ["type"] = "string", ["pattern"] = Pattern(words) });

    public static JsonObject Object(params IEnumerable<Field> fields)
    {
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = false };
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var (name, value, description, isRequired) in fields)
        {
            // Beside a reference, draft 7 ignores everything else.
            var described = value.DeepClone().AsObject();
            if (description is not null)
                described = described.ContainsKey("$ref") ? new JsonObject { ["description"] = description, ["allOf"] = new JsonArray(described) } : Described(described, description);
            properties.Add(name, described);
            if (isRequired)
                required.Add(name);
        }

        schema.Add("properties", properties);
        if (required.Count > 0)
            schema.Add("required", required);
        return schema;
    }

    static JsonObject Described(JsonObject schema, string description)
    {
        schema.Insert(0, "description", description);
        return schema;
    }

    static string Pattern(IReadOnlyList<string> words)
    {
        var pattern = new StringBuilder("^(");
        for (var i = 0; i < words.Count; i++)
        {
            pattern.Append(i == 0 ? "" : "|");
            foreach (var character in words[i])
                pattern.Append(char.IsAsciiLetter(character) ? $"[{char.ToUpperInvariant(character)}{char.ToLowerInvariant(character)}]" : character);
        }

        return pattern.Append(")$").ToString();
    }
}
