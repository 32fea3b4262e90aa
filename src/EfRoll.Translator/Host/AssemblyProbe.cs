using System.Reflection;
using System.Runtime.Loader;

namespace EfRoll.Translator.Host;

/// <summary>Finds assemblies that the application's dependency file does not list: beside the application, in a list, beside this host.</summary>
/// <remarks>It runs before anything else can be loaded, so it knows nothing but the base library.</remarks>
static class AssemblyProbe
{
    public static void Install(string[] args)
    {
        var folders = new List<string>();
        var listed = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i + 1 < args.Length; i++)
        {
            if (args[i] is "--assembly" or "--startup-assembly" && Path.GetDirectoryName(Path.GetFullPath(args[i + 1])) is { } folder)
                folders.Add(folder);
            if (args[i] == "--references" && File.Exists(args[i + 1]))
            {
                foreach (var path in File.ReadLines(args[i + 1]).Select(line => line.Trim()).Where(line => line.Length > 0))
                    listed.TryAdd(Path.GetFileNameWithoutExtension(path), path);
            }
        }

        // AppContext.BaseDirectory is the application's folder when its dependency file is used.
        var ownFolder = Path.GetDirectoryName(typeof(AssemblyProbe).Assembly.Location)!;
        AssemblyLoadContext.Default.Resolving += (context, name) => Find(name) is { } path ? context.LoadFromAssemblyPath(path) : null;

        string? Find(AssemblyName name)
        {
            if (listed.TryGetValue(name.Name!, out var path) && File.Exists(path))
                return Path.GetFullPath(path);
            var culture = string.IsNullOrEmpty(name.CultureName) ? "" : name.CultureName;
            return folders.Append(ownFolder)
                .Select(folder => Path.Combine(folder, culture, name.Name + ".dll"))
                .FirstOrDefault(File.Exists);
        }
    }
}
