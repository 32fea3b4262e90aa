namespace EfRoll.MSBuild.Tasks;

/// <summary>Brings new manifests to where the build takes them from.</summary>
static class ManifestFiles
{
    /// <summary>Makes one folder equal to the other and removes that; what has not changed keeps its time, so that it is not copied again.</summary>
    public static void Replace(string folder, string newFolder)
    {
        var wanted = new HashSet<string>(Names(newFolder), StringComparer.Ordinal);
        foreach (var stale in Names(folder).Where(name => !wanted.Contains(name)).ToList())
            File.Delete(Path.Combine(folder, stale));
        foreach (var name in wanted)
        {
            var from = Path.Combine(newFolder, name);
            var to = Path.Combine(folder, name);
            if (File.Exists(to) && File.ReadAllText(from) == File.ReadAllText(to))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to, true);
        }

        if (Directory.Exists(newFolder))
            Directory.Delete(newFolder, true);
    }

    static IEnumerable<string> Names(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => file.Substring(folder.TrimEnd('/', '\\').Length + 1))
            : [];
}
