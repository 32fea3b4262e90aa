using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EfRoll.Engine.Tests.Manifests;

/// <summary>Checks documents against the part of JSON Schema that <c>ManifestSchema</c> uses; a word that it does not know makes it throw.</summary>
sealed class SchemaValidator(JsonObject root)
{
    public bool IsValid(JsonNode? value) => IsValid(root, value);

    public JsonObject Resolve(JsonObject schema) =>
        schema["$ref"] is { } reference ? root["definitions"]![reference.GetValue<string>()["#/definitions/".Length..]]!.AsObject() : schema;

    bool IsValid(JsonObject schema, JsonNode? value) => schema.All(word => word.Key switch
    {
        "$schema" or "title" or "description" or "definitions" => true,
        "$ref" => IsValid(Resolve(schema), value),
        "type" => (word.Value is JsonArray types ? types.Select(type => type!.GetValue<string>()) : [word.Value!.GetValue<string>()]).Contains(TypeOf(value)),
        "enum" => word.Value!.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)),
        "pattern" => value?.GetValueKind() != JsonValueKind.String || Regex.IsMatch(value.GetValue<string>(), word.Value!.GetValue<string>(), RegexOptions.ECMAScript),
        "minLength" => value?.GetValueKind() != JsonValueKind.String || value.GetValue<string>().Length >= word.Value!.GetValue<int>(),
        "minItems" => value is not JsonArray items || items.Count >= word.Value!.GetValue<int>(),
        "items" => value is not JsonArray items || items.All(item => IsValid(word.Value!.AsObject(), item)),
        "required" => value is not JsonObject fields || word.Value!.AsArray().All(name => fields.ContainsKey(name!.GetValue<string>())),
        "properties" => value is not JsonObject fields || word.Value!.AsObject().All(property => !fields.ContainsKey(property.Key) || IsValid(property.Value!.AsObject(), fields[property.Key])),
        "additionalProperties" => value is not JsonObject fields || fields.Where(field => schema["properties"]?.AsObject().ContainsKey(field.Key) != true)
            .All(field => word.Value is JsonObject additional && IsValid(additional, field.Value)),
        "allOf" => word.Value!.AsArray().All(part => IsValid(part!.AsObject(), value)),
        "anyOf" => word.Value!.AsArray().Any(part => IsValid(part!.AsObject(), value)),
        "oneOf" => word.Value!.AsArray().Count(part => IsValid(part!.AsObject(), value)) == 1,
        _ => throw new NotSupportedException($"This does not know '{word.Key}'."),
    });

    static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        _ => value.ToJsonString().Contains('.', StringComparison.Ordinal) ? "number" : "integer",
    };
}
