using System.Text;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Manifests;

/// <summary>Reads migrations from files in pgroll's format, JSON or YAML, and from what a build writes.</summary>
public static class ManifestReader
{
    /// <summary>The endings of migration files.</summary>
    public static IReadOnlyList<string> FileEndings { get; } = [".json", ".yaml", ".yml"];

    /// <summary>Reads a file; the migration's name is the file's without its ending, unless the file itself gives one.</summary>
    /// <exception cref="EfRollException">It cannot be read, or says what does not exist; with file and line.</exception>
    public static Migration ReadFile(string path) => ReadMigration(path, ReadBytes(path));

    /// <summary>Reads a migration from a text as a file of that name would hold it.</summary>
    public static Migration ReadText(string fileName, string text) => ReadMigration(fileName, Encoding.UTF8.GetBytes(text));

    /// <summary>Reads what <see cref="ManifestWriter.Write(ContextManifest)"/> wrote.</summary>
    /// <param name="json">The document.</param>
    /// <param name="file">Where it comes from, for error messages.</param>
    public static ContextManifest ReadContext(string json, string? file = null)
    {
        var origin = new NodeOrigin(file ?? "manifest", file);
        var fields = JsonNodes.Parse(Encoding.UTF8.GetBytes(json), origin).AsObject("The manifest");
        var context = ContextReader.ReadHead(fields) with
        {
            ConnectionString = fields.OptionalText("connection_string"),
            Migrations = fields.List("migrations").Select(ContextReader.ReadMigration).ToEquatableList(),
        };
        fields.End();
        return context;
    }

    internal static byte[] ReadBytes(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= ManifestFormat.MaxBytes ? File.ReadAllBytes(path) : throw ManifestMistakes.TooLarge(path, length, ManifestFormat.MaxBytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw ManifestMistakes.Unreadable(path, exception is FileNotFoundException or DirectoryNotFoundException ? "it does not exist." : exception.Message, exception);
        }
    }

    static Migration ReadMigration(string path, byte[] utf8)
    {
        var origin = new NodeOrigin(Path.GetFileNameWithoutExtension(path), path);
        if (utf8.Length > ManifestFormat.MaxBytes)
            throw ManifestMistakes.TooLarge(path, utf8.Length, ManifestFormat.MaxBytes);
        var root = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".JSON" => JsonNodes.Parse(utf8, origin),
            ".YAML" or ".YML" => YamlNodes.Parse(utf8, origin),
            var ending => throw ManifestMistakes.Unreadable(path, $"'{ending}' is not an ending of a migration file ({string.Join(", ", FileEndings)})."),
        };

        var fields = root.AsObject("The migration");
        // It is for editors.
        _ = fields.OptionalText("$schema");
        if (fields.NonEmptyText("name") is { } name)
            origin.Migration = name;
        if (fields.NonEmptyText("version_schema") is not null)
            throw ManifestMistakes.NotSupported("version_schema", "Leave it out: the version schema is named after the migration.", fields.Location);
        fields.Require("operations");
        var operations = fields.List("operations").SelectMany(node => OperationReader.Read(node, isBuilt: false)).ToEquatableList();
        fields.End();
        return new Migration(origin.Migration, operations);
    }
}

/// <summary>Reads what is around the operations in a built manifest.</summary>
static class ContextReader
{
    public static ContextManifest ReadHead(NodeFields fields)
    {
        var format = fields.OptionalNumber("format") ?? 0;
        if (format != ManifestFormat.Version)
            throw ManifestMistakes.FormatVersion(format, ManifestFormat.Version, fields.Location);
        return new ContextManifest(fields.Text("context"), [])
        {
            Schemas = fields.Names("schemas"),
            NeedsAllViews = fields.Flag("needs_all_views"),
            History = fields.OptionalObject("history") is { } history ? ReadHistory(history) : null,
        };
    }

    public static MigrationManifest ReadMigration(ManifestNode node)
    {
        var fields = node.AsObject("The migration");
        var id = fields.Text("name");
        node.Origin.Migration = id;
        var migration = new Migration(id, ReadOperations(fields, "operations")) { Down = fields.Given("down") is null ? null : ReadOperations(fields, "down") };
        var manifest = new MigrationManifest(migration)
        {
            InsertHistory = fields.OptionalText("insert_history") is { } insert ? SqlText.Verbatim(insert) : null,
            DeleteHistory = fields.OptionalText("delete_history") is { } delete ? SqlText.Verbatim(delete) : null,
            Script = fields.Given("script")?.AsList("script").Select(statement => statement.AsText("script")).ToEquatableList(),
            Refusals = fields.List("refusals").Select(ReadRefusal).ToEquatableList(),
            DownRefusals = fields.List("down_refusals").Select(ReadRefusal).ToEquatableList(),
        };
        var checksum = fields.Given("checksum");
        fields.End();
        if (checksum is not null && MigrationChecksum.Differ(checksum.AsText("checksum"), MigrationChecksum.Of(migration)))
            throw ManifestMistakes.Edited(id, checksum.Location);
        return manifest;
    }

    static EquatableList<Operation> ReadOperations(NodeFields fields, string name) =>
        fields.List(name).SelectMany(item => OperationReader.Read(item, isBuilt: true)).ToEquatableList();

    static Refusal ReadRefusal(ManifestNode node)
    {
        var fields = node.AsObject("refusal");
        var refusal = new Refusal(
            fields.OptionalNumber("code") ?? throw ManifestMistakes.MissingField("code", "refusal", node.Location),
            fields.OptionalText("message") ?? "",
            fields.OptionalText("remedy") ?? "",
            fields.Given("source") is { } source ? OperationReader.ReadSource(source) : null);
        fields.End();
        return refusal;
    }

    static HistoryManifest ReadHistory(NodeFields fields)
    {
        var history = new HistoryManifest(fields.Relation("table"), fields.Name("id_column"), SqlText.Verbatim(fields.OptionalText("create") ?? ""));
        fields.End();
        return history;
    }
}
