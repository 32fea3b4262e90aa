using System.Reflection;
using EfRoll.Runtime;
using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EfRoll.Tool.Tests;

/// <summary>An application that was built with this test: the tool reads its assembly, and its context works here as it does there.</summary>
sealed class Application
{
    readonly Type _context;

    Application(string assembly, string context)
    {
        Assembly = assembly;
        // What it refers to is loaded already: the test project refers to the same packages.
        _context = System.Reflection.Assembly.LoadFrom(assembly).GetType(context, throwOnError: true)!;
    }

    /// <summary>The sample, as its second release.</summary>
    public static Application Sample { get; } = new(RepositoryRoot.File("artifacts", "efapp2", "bin", "EfApp", Configuration, "EfApp.dll"), "EfApp.Users.UsersContext");

    /// <summary>The fixture with a bit of everything in its history.</summary>
    public static Application Depot { get; } = new(RepositoryRoot.File("artifacts", "bin", "Depot", Configuration, "Depot.dll"), "Depot.DepotContext");

    public static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}release", StringComparison.OrdinalIgnoreCase) ? "release" : "debug";

    /// <summary>The built assembly with the migrations.</summary>
    public string Assembly { get; }

    /// <summary>The context as EF Core has it, without anything of EfRoll.</summary>
    public DbContext Plain(TestDatabase database, string? searchPath = null) => Make(database, searchPath, _ => { });

    /// <summary>The context on its version.</summary>
    public DbContext Versioned(TestDatabase database, EfRollBinding binding = EfRollBinding.SearchPath) =>
        Make(database, searchPath: null, options => options.UseEfRoll(settings => settings with { Binding = binding }));

    /// <summary>All its migrations, the first one first.</summary>
    public IReadOnlyList<string> Migrations(TestDatabase database)
    {
        using var context = Plain(database);
        return [.. context.Database.GetMigrations()];
    }

    /// <summary>Runs the tool on this build.</summary>
    public Task<ToolProcess> RunAsync(string command, TestDatabase database, params string[] arguments) =>
        ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, [command, "--assembly", Assembly, .. arguments]);

    DbContext Make(TestDatabase database, string? searchPath, Action<DbContextOptionsBuilder> configure)
    {
        // Without a pool, no session of the old version is left when the tool ends it.
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, SearchPath = searchPath };
        var options = (DbContextOptionsBuilder)Activator.CreateInstance(typeof(DbContextOptionsBuilder<>).MakeGenericType(_context))!;
        options.UseNpgsql(connection.ConnectionString);
        configure(options);
        return (DbContext)Activator.CreateInstance(_context, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, binder: null, [options.Options], culture: null)!;
    }
}
