namespace EfRoll.TestSupport;

/// <summary>Where the working copy lies that the running tests were built from.</summary>
public static class RepositoryRoot
{
    /// <summary>Its folder.</summary>
    public static string Path { get; } = Find();

    /// <summary>The whole path of a file in it.</summary>
    public static string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(System.IO.Path.Combine(folder.FullName, "EfRoll.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No EfRoll.sln above {AppContext.BaseDirectory}: tests run from the working copy's artifacts folder.");
    }
}
