using System.Text.RegularExpressions;
using EfRoll.TestSupport;

namespace EfRoll.Conventions.Tests;

/// <summary>Dependencies point one way. Read from the folder that a file lies in and the namespaces that it names.</summary>
public sealed partial class LayeringTests
{
    // A folder of the engine may use those before it. Operations apply themselves to the logical schema, which remembers some of them.
    static readonly string[][] Thinking = [["Sql"], ["Schema"], ["Logical", "Operations"], ["Steps"], ["Planning"], ["Review"], ["Manifests"]];
    static readonly string[][] Doing = [["Diagnostics"], ["Sessions"], ["Catalog"], ["State"], ["Backfill"], ["Execution"]];

    // Typed methods for mistakes take what they speak of as parameters, so this folder stands beside the others.
    const string Errors = "Errors";

    static readonly string[][] Order = [.. Thinking, .. Doing];

    [Fact]
    public void Engine_folder_uses_only_folders_before_it()
    {
        var wrong =
            from file in SourceFile.Of("EfRoll.Engine")
            where file.Folder is not ("" or Errors or "Shared")
            from used in UsedFolders(file)
            where used != Errors && Level(used) > Level(file.Folder)
            select $"{file.Path} uses {used}";

        Violations.AssertNone(wrong);
    }

    [Fact]
    public void Every_engine_folder_has_its_place_in_the_order()
    {
        var unknown = SourceFile.Of("EfRoll.Engine").Select(file => file.Folder).Distinct()
            .Where(folder => folder is not ("" or Errors or "Shared") && Level(folder) < 0);

        Violations.AssertNone(unknown);
    }

    [Fact]
    public void Thinking_half_of_the_engine_names_no_connection()
    {
        var wrong =
            from file in SourceFile.Of("EfRoll.Engine")
            where Thinking.SelectMany(folders => folders).Contains(file.Folder)
            where file.Code.Contains("Npgsql", StringComparison.Ordinal)
            select file.Path;

        Violations.AssertNone(wrong);
    }

    [Fact]
    public void Errors_know_only_the_thinking_half()
    {
        var wrong =
            from file in SourceFile.Of("EfRoll.Engine")
            where file.Folder == Errors
            from used in UsedFolders(file)
            where Doing.SelectMany(folders => folders).Contains(used)
            select $"{file.Path} uses {used}";

        Violations.AssertNone(wrong);
    }

    [Theory]
    [InlineData("EfRoll.Engine", "EntityFrameworkCore")]
    [InlineData("EfRoll.Engine", "EfRoll.Translator")]
    [InlineData("EfRoll.Engine", "EfRoll.Tool")]
    [InlineData("EfRoll.Engine", "EfRoll.Runtime")]
    [InlineData("EfRoll.Runtime", "EfRoll.Engine")]
    [InlineData("EfRoll.Runtime", "EfRoll.Translator")]
    [InlineData("EfRoll.Generators", "EfRoll.Runtime")]
    [InlineData("EfRoll.Generators", "EntityFrameworkCore")]
    [InlineData("EfRoll.Translator", "EfRoll.Runtime")]
    [InlineData("EfRoll.Translator", "EfRoll.Tool")]
    [InlineData("EfRoll.MSBuild", "EfRoll.Engine")]
    [InlineData("EfRoll.MSBuild", "EntityFrameworkCore")]
    [InlineData("EfRoll.Tool", "EntityFrameworkCore")]
    public void Project_does_not_use(string project, string other)
    {
        var named = new Regex($@"^\s*(global )?using (static )?[\w.]*{Regex.Escape(other)}\b|<(Project|Package)Reference .*{Regex.Escape(other)}\b", RegexOptions.Multiline);
        var references = File.ReadAllText(RepositoryRoot.File("src", project, $"{project}.csproj"));

        Assert.DoesNotMatch(named, references);
        Violations.AssertNone(SourceFile.Of(project).Where(file => named.IsMatch(file.Code)).Select(file => file.Path));
    }

    static int Level(string folder) => Array.FindIndex(Order, folders => folders.Contains(folder));

    static IEnumerable<string> UsedFolders(SourceFile file) =>
        EngineNamespace().Matches(file.Code).Select(match => match.Groups[1].Value).Distinct();

    [GeneratedRegex(@"\bEfRoll\.Engine\.(\w+)")]
    private static partial Regex EngineNamespace();
}
