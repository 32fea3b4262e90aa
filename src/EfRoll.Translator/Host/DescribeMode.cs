using System.Reflection;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Schema;
using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace EfRoll.Translator.Host;

/// <summary>Describes a context with the application's own configuration: migrations, history, connection, script for an empty database.</summary>
static class DescribeMode
{
    public static void Run(HostArguments arguments, LineReporter reporter)
    {
        var output = arguments.Require("--out");
        var startup = Assemblies.Load(arguments.Require("--startup-assembly"));
        BeAtHome(startup);
        EF.IsDesignTime = true;
        var assembly = Assemblies.Load(arguments.Require("--assembly"));

        using var context = new ContextFinder(assembly, startup).Create(arguments.Context);
        RequirePostgres(context);
        var manifest = MigrationsAssemblyReader.Read(context, arguments.ProjectFolder);
        var script = new EfScript(context);
        manifest = manifest with
        {
            ConnectionString = ConnectionString(context, reporter),
            NeedsAllViews = NeedsAllViews(context),
            Migrations = manifest.Migrations.Select(migration => migration with { Script = Script(script, migration.Migration.Id, reporter) }).ToEquatableList(),
        };
        File.WriteAllText(output, ManifestWriter.Write(manifest));
    }

    /// <summary>Lets the application's code find what it finds when it is developed: its environment, and itself as what was started.</summary>
    public static void BeAtHome(Assembly startup)
    {
        Assembly.SetEntryAssembly(startup);
        const string aspNet = "ASPNETCORE_ENVIRONMENT";
        const string dotnet = "DOTNET_ENVIRONMENT";
        var environment = Environment.GetEnvironmentVariable(aspNet) ?? Environment.GetEnvironmentVariable(dotnet) ?? "Development";
        Environment.SetEnvironmentVariable(aspNet, Environment.GetEnvironmentVariable(aspNet) ?? environment);
        Environment.SetEnvironmentVariable(dotnet, Environment.GetEnvironmentVariable(dotnet) ?? environment);
    }

    public static void RequirePostgres(DbContext context)
    {
        var name = context.GetType().FullName!;
        try
        {
            if (context.Database.ProviderName is not "Npgsql.EntityFrameworkCore.PostgreSQL" and var other)
                throw HostMistakes.ContextNotPostgres(name, other);
        }
        catch (Exception exception) when (exception is not EfRollException and not OutOfMemoryException)
        {
            // The model is the application's code and is first run here.
            throw HostMistakes.ContextNotCreated(name, exception);
        }
    }

    // The runtime package says so in what every extension tells about itself; the translator does not know the package.
    static bool NeedsAllViews(DbContext context)
    {
        var facts = new Dictionary<string, string>();
        foreach (var extension in context.GetService<IDbContextOptions>().Extensions)
            extension.Info.PopulateDebugInfo(facts);
        return facts.TryGetValue("EfRoll:Views", out var views) && views == "all";
    }

    static string? ConnectionString(DbContext context, LineReporter reporter)
    {
        var extension = RelationalOptionsExtension.Extract(context.GetService<IDbContextOptions>());
        if (extension.Connection is { } connection)
            return connection.ConnectionString;
        if (extension.ConnectionString is not { } text)
        {
            reporter.Warning(HostMistakes.ConnectionNotKnown(context.GetType().FullName!, "it is configured with a data source, or without any connection"));
            return null;
        }

        if (!text.TrimStart().StartsWith("Name=", StringComparison.OrdinalIgnoreCase))
            return text;
        try
        {
            return context.Database.GetConnectionString();
        }
        catch (InvalidOperationException exception)
        {
            reporter.Warning(HostMistakes.ConnectionNotKnown(context.GetType().FullName!, exception.Message));
            return null;
        }
    }

    static EquatableList<string>? Script(EfScript script, string migration, LineReporter reporter)
    {
        try
        {
            return script.Write(migration).ToEquatableList();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A migration's code runs here: whatever it throws, the operations can still be rolled out one by one.
            reporter.Warning(HostMistakes.FreshScriptNotMade(migration, exception));
            return null;
        }
    }
}
