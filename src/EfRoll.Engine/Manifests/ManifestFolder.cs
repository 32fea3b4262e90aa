using System.Globalization;
using System.Text;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Schema;

namespace EfRoll.Engine.Manifests;

/// <summary>
/// Keeps a context's manifests as files: a folder named after the context, with <c>context.json</c> and one file for each migration. Connection
/// strings are never among them.
/// </summary>
public static class ManifestFolder
{
    const string IndexFile = "context.json";

    /// <summary>Writes the files; unchanged ones keep their timestamp, those of migrations that are gone are deleted.</summary>
    /// <returns>All files, in order.</returns>
    public static IReadOnlyList<string> Write(string directory, ContextManifest manifest)
    {
        var folder = Path.Combine(directory, FileNameOf(manifest.Name));
        Directory.CreateDirectory(folder);
        var files = new List<string>();
        foreach (var migration in manifest.Migrations)
            files.Add(WriteIfChanged(PathOf(folder, migration.Migration.Id), ManifestWriter.Write(migration)));
        files.Add(WriteIfChanged(Path.Combine(folder, IndexFile), ManifestWriter.WriteIndex(manifest)));
        foreach (var stale in Directory.EnumerateFiles(folder, "*.json").Where(file => !files.Contains(file, StringComparer.Ordinal)))
            File.Delete(stale);
        return files;
    }

    /// <summary>Reads a context: from its own folder, or from the folder that holds it where it is the only one.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="context">The context wanted, by full or short name; null if there is only one.</param>
    public static ContextManifest Read(string directory, string? context = null)
    {
        var folder = Find(directory, context);
        var path = Path.Combine(folder, IndexFile);
        var origin = new NodeOrigin(Path.GetFileName(folder), path);
        var fields = JsonNodes.Parse(ManifestReader.ReadBytes(path), origin).AsObject("The manifest");
        var head = ContextReader.ReadHead(fields);
        var ids = fields.List("migrations").Select(node => node.AsText("migrations")).ToList();
        fields.End();
        return head with { Migrations = ids.Select(id => ReadMigration(PathOf(folder, id))).ToEquatableList() };
    }

    /// <summary>The folders of contexts in a folder, or the folder itself where it is one.</summary>
    public static IReadOnlyList<string> Contexts(string directory)
    {
        if (File.Exists(Path.Combine(directory, IndexFile)))
            return [directory];
        return Directory.Exists(directory)
            ? [.. Directory.EnumerateDirectories(directory).Where(folder => File.Exists(Path.Combine(folder, IndexFile))).Order(StringComparer.Ordinal)]
            : [];
    }

    static string Find(string directory, string? context)
    {
        var folders = Contexts(directory);
        if (context is not null && folders is not [])
        {
            var name = FileNameOf(context);
            folders = [.. folders.Where(folder => Path.GetFileName(Path.GetFullPath(folder)) is var found
                && (found == name || found.EndsWith('.' + name, StringComparison.Ordinal)))];
        }

        return folders switch
        {
            [var only] => only,
            [] => throw ManifestMistakes.Missing(context is null ? directory : Path.Combine(directory, context)),
            _ => throw ManifestMistakes.SeveralContexts(directory, folders.Select(folder => Path.GetFileName(folder)!)),
        };
    }

    static MigrationManifest ReadMigration(string path)
    {
        if (!File.Exists(path))
            throw ManifestMistakes.Missing(path);
        return ContextReader.ReadMigration(JsonNodes.Parse(ManifestReader.ReadBytes(path), new NodeOrigin(Path.GetFileNameWithoutExtension(path), path)));
    }

    static string PathOf(string folder, string migration) => Path.Combine(folder, FileNameOf(migration) + ".json");

    /// <summary>Makes a file name of any text; different texts give different names.</summary>
    internal static string FileNameOf(string name)
    {
        var text = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            var character = (char)value;
            if (char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or ' ')
                text.Append(character);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
        }

        // Names that a file system refuses, or that our own index has: no escape of another name looks like this.
        var escaped = text.ToString();
        var isSpecial = escaped.Length == 0 || escaped[0] is '.' or ' ' || escaped[^1] is '.' or ' '
            || escaped.Equals("context", StringComparison.OrdinalIgnoreCase);
        return isSpecial ? $"%{escaped}" : escaped;
    }

    static string WriteIfChanged(string path, string text)
    {
        if (!File.Exists(path) || File.ReadAllText(path) != text)
            File.WriteAllText(path, text);
        return path;
    }
}
