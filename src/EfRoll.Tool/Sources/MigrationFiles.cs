using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;

namespace EfRoll.Tool.Sources;

/// <summary>Reads migration files in pgroll's format: files in the order given, folders in the order of their file names.</summary>
static class MigrationFiles
{
    public static MigrationSource Read(IEnumerable<string> paths)
    {
        var files = paths.SelectMany(Expand).ToList();
        var migrations = files.Select(ManifestReader.ReadFile).ToList();
        for (var i = 0; i < migrations.Count; i++)
        {
            if (migrations.FindIndex(migration => string.Equals(migration.Id, migrations[i].Id, StringComparison.OrdinalIgnoreCase)) is var first && first < i)
                throw ToolMistakes.SameMigrationTwice(migrations[i].Id, files[first], files[i]);
        }

        return new MigrationSource(
            new ContextManifest("files", migrations.Select(migration => new MigrationManifest(migration)).ToEquatableList()), ViewPolicy.All)
        {
            Place = files[0],
        };
    }

    static IReadOnlyList<string> Expand(string path)
    {
        if (!Directory.Exists(path))
            return [path];
        try
        {
            var files = Directory.EnumerateFiles(path)
                .Where(file => ManifestReader.FileEndings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal).ToList();
            return files.Count > 0 ? files : throw ToolMistakes.NoMigrationFiles(path);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw ManifestMistakes.Unreadable(path, exception.Message, exception);
        }
    }
}
