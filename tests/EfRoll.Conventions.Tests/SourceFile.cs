using EfRoll.TestSupport;

namespace EfRoll.Conventions.Tests;

/// <summary>A C# file of the shipped code.</summary>
/// <param name="Path">From <c>src</c> on, with slashes.</param>
/// <param name="Lines">Its lines.</param>
sealed record SourceFile(string Path, IReadOnlyList<string> Lines)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<SourceFile> All { get; } =
    [
        .. from file in Directory.EnumerateFiles(RepositoryRoot.File("src"), "*.cs", SearchOption.AllDirectories)
           let path = System.IO.Path.GetRelativePath(RepositoryRoot.File("src"), file).Replace('\\', '/')
           where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
           orderby path
           select new SourceFile(path, File.ReadAllLines(file)),
    ];

    /// <summary>Those of one project.</summary>
    public static IEnumerable<SourceFile> Of(string project) => All.Where(file => file.Project == project);

    /// <summary>The project's folder.</summary>
    public string Project => Path.Split('/')[0];

    /// <summary>The folder in the project; empty at its root.</summary>
    public string Folder => Path.Split('/') is { Length: > 2 } parts ? parts[1] : "";

    /// <summary>The code: lines that are not comments.</summary>
    public string Code => string.Join('\n', Lines.Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));
}
