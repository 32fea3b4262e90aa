using EfRoll.Engine;
using EfRoll.Tool.Sources;

namespace EfRoll.Tool.Findings;

/// <summary>Says where the files of findings are: for people from the current folder on, for programs from the root of the repository on.</summary>
sealed class SourcePaths(MigrationSource? source, string currentFolder)
{
    // What a compiler puts in place of the repository's root, so that a build is the same everywhere.
    const string MappedRoot = "/_/";

    readonly string _root = RootOf(currentFolder);

    /// <summary>The place as compilers write it; empty if it is about no migration.</summary>
    public string ForPeople(SourceLocation? place)
    {
        if (place?.File is not { } file)
            return place?.ToString() ?? "";
        var path = Path.GetFullPath(file, source?.Folder ?? currentFolder);
        return (place with { File = IsBelow(path, currentFolder) ? Path.GetRelativePath(currentFolder, path) : path }).ToString();
    }

    /// <summary>The file as a URI reference, relative where it is in the repository.</summary>
    public string ForPrograms(string file)
    {
        var path = Path.GetFullPath(file, source?.Folder ?? currentFolder);
        var relative = IsBelow(path, _root) ? Path.GetRelativePath(_root, path).Replace('\\', '/')
            : file.StartsWith(MappedRoot, StringComparison.Ordinal) ? file[MappedRoot.Length..]
            : null;
        return relative is null ? new Uri(path).AbsoluteUri : string.Join('/', relative.Split('/').Select(Uri.EscapeDataString));
    }

    /// <summary>The file that stands for a finding whose own is not known: its migration's, else where the migrations are.</summary>
    public string FallbackOf(string? migration)
    {
        var candidates = source?.Manifest.Migrations.Where(candidate => candidate.Migration.Id == migration) ?? [];
        return candidates
            .SelectMany(candidate => candidate.Migration.Operations.Select(operation => operation.Source).Concat(candidate.Refusals.Select(refusal => refusal.Source)))
            .FirstOrDefault(place => place?.File is not null)?.File ?? source?.Place ?? ".";
    }

    static bool IsBelow(string path, string folder) =>
        Path.GetRelativePath(folder, path) is var relative && !Path.IsPathRooted(relative) && relative.Split('/', '\\')[0] != "..";

    static string RootOf(string folder)
    {
        for (var candidate = folder; candidate is not null; candidate = Path.GetDirectoryName(candidate))
        {
            // A file in a worktree of its own.
            if (Path.Exists(Path.Combine(candidate, ".git")))
                return candidate;
        }

        return folder;
    }
}
