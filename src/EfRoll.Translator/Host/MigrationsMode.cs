using System.Reflection;
using EfRoll.Engine.Manifests;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EfRoll.Translator.Host;

/// <summary>Writes manifests at build time: makes the migration classes alone, and runs nothing else of the application unless it is asked to make their contexts.</summary>
static class MigrationsMode
{
    public static void Run(HostArguments arguments, LineReporter reporter)
    {
        var output = arguments.Require("--out-dir");
        var assembly = Assemblies.Load(arguments.Require("--assembly"));
        EF.IsDesignTime = true;

        ContextFinder? contexts = null;
        if (arguments.UsesContext)
        {
            DescribeMode.BeAtHome(assembly);
            contexts = new ContextFinder(assembly, assembly);
        }

        // No connection is opened: this context only brings the provider's services.
        var options = new DbContextOptionsBuilder().UseNpgsql().Options;
        using var provider = new DbContext(options);
        // Most of the time here goes into compiling EF Core's own code, of which the history's statements need much: so they are asked for beside the rest. The context lives as long as the process.
        var history = contexts is null ? Task.Run(() => HistoryStatements.Of(new DbContext(options))) : null;
        var byContext = assembly.ConstructibleTypes()
            .Where(typeof(Migration).IsAssignableFrom)
            .Select(type => (type, id: type.GetCustomAttribute<MigrationAttribute>()?.Id, context: type.GetCustomAttributes<DbContextAttribute>().FirstOrDefault()?.ContextType))
            .Where(found => found.id is not null && found.context is not null)
            .GroupBy(found => found.context!.FullName!)
            .Where(group => arguments.Context is not { } wanted || wanted == group.Key || group.Key.EndsWith('.' + wanted, StringComparison.Ordinal))
            .OrderBy(group => group.Key, StringComparer.Ordinal);
        var severities = SeveritySettings.Read(arguments.Values.GetValueOrDefault("--editor-configs"), arguments.ProjectFolder);
        var checks = new BuildChecks(arguments.Values.GetValueOrDefault("--check-from"));
        foreach (var group in byContext)
        {
            var migrations = group.OrderBy(found => found.id, StringComparer.OrdinalIgnoreCase)
                .Select(found => (Id: found.id!, Create: new Func<Migration>(() => (Migration)Activator.CreateInstance(found.type)!))).ToList();
            using var own = contexts?.Create(group.Key);
            if (own is not null)
                DescribeMode.RequirePostgres(own);
            var manifest = own is null ? MigrationsAssemblyReader.Read(group.Key, migrations, provider, arguments.ProjectFolder) : MigrationsAssemblyReader.Read(own, arguments.ProjectFolder);
            foreach (var finding in checks.Of(manifest, own ?? provider, assembly, group.First().context!, migrations[^1].Create))
                reporter.Report(severities.Apply(finding));
            ManifestFolder.Write(output, history is null ? manifest : history.GetAwaiter().GetResult().AddTo(manifest));
        }

        checks.RequireFrom();
    }
}
