using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;

namespace EfRoll.Engine.Manifests;

/// <summary>Writes migrations as JSON that <see cref="ManifestReader"/> reads back without loss; the same input gives the same text.</summary>
public static class ManifestWriter
{
    // Readable SQL: quotes and angle brackets as they are. The text never goes into HTML.
    static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 64 };

    /// <summary>Writes a whole context as one document; what is asked for at run time only is in it where it was asked for.</summary>
    public static string Write(ContextManifest manifest) => Write(json =>
    {
        json.WriteStartObject();
        WriteHead(json, manifest);
        WriteText(json, "connection_string", manifest.ConnectionString);
        if (manifest.NeedsAllViews)
            json.WriteBoolean("needs_all_views", true);
        json.WriteStartArray("migrations");
        foreach (var migration in manifest.Migrations)
            WriteMigration(json, migration);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>Writes one migration.</summary>
    public static string Write(MigrationManifest manifest) => Write(json => WriteMigration(json, manifest));

    /// <summary>Writes what a folder of manifests says of the context itself: its name, its history, and the order of its migrations.</summary>
    internal static string WriteIndex(ContextManifest manifest) => Write(json =>
    {
        json.WriteStartObject();
        WriteHead(json, manifest);
        json.WriteStartArray("migrations");
        foreach (var migration in manifest.Migrations)
            json.WriteStringValue(migration.Migration.Id);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    static string Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
            write(json);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    static void WriteHead(Utf8JsonWriter json, ContextManifest manifest)
    {
        json.WriteNumber("format", ManifestFormat.Version);
        json.WriteString("context", manifest.Name);
        if (manifest.Schemas.Count > 0)
        {
            json.WriteStartArray("schemas");
            foreach (var schema in manifest.Schemas)
                json.WriteStringValue(schema.Value);
            json.WriteEndArray();
        }

        if (manifest.History is not { } history)
            return;
        json.WriteStartObject("history");
        OperationWriter.WriteRelation(json, "table", history.Table);
        json.WriteString("id_column", history.IdColumn.Value);
        json.WriteString("create", history.CreateIfNotExists.ToString());
        json.WriteEndObject();
    }

    static void WriteMigration(Utf8JsonWriter json, MigrationManifest manifest)
    {
        json.WriteStartObject();
        json.WriteString("name", manifest.Migration.Id);
        WriteText(json, "checksum", manifest.Refusals.Count > 0 ? null : MigrationChecksum.Of(manifest.Migration));
        WriteOperations(json, "operations", manifest.Migration.Operations, manifest.Migration.Id);
        if (manifest.Migration.Down is { } down)
            WriteOperations(json, "down", down, manifest.Migration.Id);
        WriteText(json, "insert_history", manifest.InsertHistory?.ToString());
        WriteText(json, "delete_history", manifest.DeleteHistory?.ToString());
        if (manifest.Script is { } script)
        {
            json.WriteStartArray("script");
            foreach (var statement in script)
                json.WriteStringValue(statement);
            json.WriteEndArray();
        }

        WriteRefusals(json, "refusals", manifest.Refusals, manifest.Migration.Id);
        WriteRefusals(json, "down_refusals", manifest.DownRefusals, manifest.Migration.Id);
        json.WriteEndObject();
    }

    static void WriteOperations(Utf8JsonWriter json, string name, EquatableList<Operation> operations, string migration)
    {
        json.WriteStartArray(name);
        foreach (var operation in operations)
            OperationWriter.Write(json, operation, migration);
        json.WriteEndArray();
    }

    static void WriteRefusals(Utf8JsonWriter json, string name, EquatableList<Refusal> refusals, string migration)
    {
        if (refusals.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var refusal in refusals)
            WriteRefusal(json, refusal, migration);
        json.WriteEndArray();
    }

    static void WriteRefusal(Utf8JsonWriter json, Refusal refusal, string migration)
    {
        json.WriteStartObject();
        json.WriteNumber("code", refusal.Code);
        json.WriteString("message", refusal.Message);
        json.WriteString("remedy", refusal.Remedy);
        OperationWriter.WriteSource(json, refusal.Source, migration);
        json.WriteEndObject();
    }

    static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }
}
