namespace EfRoll.Tool.Tests;

/// <summary>A folder of migration files of one test's own.</summary>
sealed class MigrationFolder : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("efroll-migrations-");

    public string Path => _folder.FullName;

    public void Write(string file, string text) => File.WriteAllText(System.IO.Path.Combine(Path, file), text);

    public void Dispose() => _folder.Delete(recursive: true);
}
