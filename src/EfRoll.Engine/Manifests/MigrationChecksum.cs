using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Manifests;

/// <summary>
/// Tells an edited migration from the one that was applied. Equal for migrations that do the same: where an operation stands, how its file is
/// laid out, and space, comments and the case of keywords in its SQL do not matter.
/// </summary>
static class MigrationChecksum
{
    /// <summary>
    /// Stands before each checksum; two with different ones are not compared. Raise it whenever an unchanged migration gets another checksum: because
    /// it is translated or written in another way, or because <see cref="CanonicalSql"/> changes.
    /// </summary>
    const string Version = "1:";

    // What holds SQL, in every object of a manifest that has a field of that name; everything else is compared as it is.
    static readonly FrozenSet<string> SqlFields =
        FrozenSet.Create("up", "down", "up_fill", "down_fill", "default", "type", "check", "predicate", "expression", "sequence_options", "sequence_changes");

    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The checksum of what a migration does; null where that is not known.</summary>
    public static string? Of(Migration migration)
    {
        if (migration.IsOutline)
            return null;
        using var written = Write(json =>
        {
            json.WriteStartArray();
            foreach (var operation in migration.Operations)
                OperationWriter.Write(json, operation with { Source = null, Accepted = [] }, migration.Id);
            json.WriteEndArray();
        });
        using var document = JsonDocument.Parse(written.GetBuffer().AsMemory(0, (int)written.Length));
        using var canonical = Write(json => WriteCanonical(json, document.RootElement, field: null));
        return Version + Convert.ToHexStringLower(SHA256.HashData(canonical.GetBuffer().AsSpan(0, (int)canonical.Length)));
    }

    /// <summary>Whether one says that the content is another than what the other was made of; false if either is not known, or made in another way.</summary>
    public static bool Differ(string? left, string? right) =>
        left != right && left?.StartsWith(Version, StringComparison.Ordinal) == true && right?.StartsWith(Version, StringComparison.Ordinal) == true;

    static void WriteCanonical(Utf8JsonWriter json, JsonElement value, string? field)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    json.WritePropertyName(member.Name);
                    WriteCanonical(json, member.Value, member.Name);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    WriteCanonical(json, item, field);
                json.WriteEndArray();
                break;
            case JsonValueKind.String when field is not null && SqlFields.Contains(field):
                json.WriteStringValue(CanonicalSql.Of(value.GetString()!));
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    static MemoryStream Write(Action<Utf8JsonWriter> write)
    {
        var stream = new MemoryStream();
        using var json = new Utf8JsonWriter(stream, Options);
        write(json);
        json.Flush();
        return stream;
    }
}
