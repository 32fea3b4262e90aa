using EfRoll.Engine;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Planning;
using EfRoll.Tool.Sources;

namespace EfRoll.Rehearsal;

/// <summary>Migrations in order: as EfRoll rolls them out, and as EF Core's own statements.</summary>
/// <param name="Manifest">Both, as the design host gave them.</param>
/// <param name="ReadAgain">Reads them once more: what comes out differently is the migrations' own code, which may make new values each time.</param>
public sealed record History(ContextManifest Manifest, Func<CancellationToken, Task<ContextManifest>> ReadAgain)
{
    /// <summary>The number of migrations.</summary>
    public int Count => Manifest.Migrations.Count;

    /// <summary>Reads the migrations of a build, as the tool does.</summary>
    public static async Task<History> OfAssemblyAsync(string assembly, string? startupAssembly, string? context, Action<string> warn, CancellationToken cancellationToken)
    {
        assembly = Path.GetFullPath(assembly);
        var startup = startupAssembly is null ? assembly : Path.GetFullPath(startupAssembly);
        var build = new BuiltAssemblies(assembly, startup, Path.GetDirectoryName(startup)!)
        {
            PackageFolder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        };
        return new History(await DesignHost.DescribeAsync(build, context, warn, cancellationToken), token => DesignHost.DescribeAsync(build, context, _ => { }, token));
    }

    /// <summary>The id of a migration.</summary>
    public string Id(int index) => Manifest.Migrations[index].Migration.Id;

    /// <summary>The number of a migration that a user names, with or without its timestamp.</summary>
    public int Find(string id)
    {
        for (var i = 0; i < Count; i++)
        {
            if (Id(i).Equals(id, StringComparison.OrdinalIgnoreCase) || Id(i).EndsWith('_' + id, StringComparison.OrdinalIgnoreCase))
                return i;
        }

        throw new ArgumentException($"There is no migration {id}.");
    }

    /// <summary>What is asked of the engine; a new database gets the operations too, not EF Core's script.</summary>
    public RolloutRequest RequestTo(int last) =>
        new MigrationSource(Manifest, ViewPolicy.Changed).ToRequest(new WantedRollout(Id(last), ViewPolicy.Changed, [])) with { FreshScript = null };

    /// <summary>What cannot be translated.</summary>
    public IReadOnlyList<Refusal> Refusals(int index) => Manifest.Migrations[index].Refusals;

    /// <summary>The translated operations.</summary>
    public IReadOnlyList<Operation> Operations(int index) => Manifest.Migrations[index].Migration.Operations;

    /// <summary>EF Core's statements to make its history table.</summary>
    public string CreateHistory => Manifest.History!.CreateIfNotExists.ToString();

    /// <summary>EF Core's statements for a migration; null where its code throws.</summary>
    public IReadOnlyList<string>? Script(int index) => Manifest.Migrations[index].Script;
}
