using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Logging;

namespace EfRoll.Runtime;

/// <summary>Finds out which version an application was compiled with, and remembers it per context type.</summary>
sealed class CompiledVersions(EfRollOptions settings)
{
    /// <summary>The environment variable that names the version of the whole process.</summary>
    public const string Variable = "EFROLL_VERSION";

    readonly ConcurrentDictionary<(Type Context, string? Assembly), VersionBinding?> _bindings = new();

    /// <summary>Returns the binding of a context; null where it has no migrations, which is then said once in the log.</summary>
    public VersionBinding? Find(DbContext context, IDbContextOptions options, Func<IMigrationsAssembly> migrations, Func<ILoggerFactory> loggers)
    {
        var relational = RelationalOptionsExtension.Extract(options);
        var key = (context.GetType(), relational.MigrationsAssembly ?? relational.MigrationsAssemblyObject?.FullName);
        if (_bindings.TryGetValue(key, out var known))
            return known;

        var binding = Search(key.Item1, migrations) is { } version ? VersionBinding.Of(settings, version) : null;
        if (_bindings.TryAdd(key, binding))
        {
            var logger = loggers().CreateLogger(Log.Category);
            if (binding is null)
                logger.NoMigrations(key.Item1.Name);
            else
                logger.Bound(key.Item1.Name, binding.Version, binding.Schema);
        }

        return binding;
    }

    /// <summary>Returns the version of a context type, without an instance of it; null where none is found.</summary>
    public static string? Find(Type context, EfRollOptions settings) =>
        Explicit(settings) ?? Stamped(context, [context.Assembly, Assembly.GetEntryAssembly()]) ?? LastMigration(context);

    string? Search(Type context, Func<IMigrationsAssembly> migrations)
    {
        if (Explicit(settings) is { } version)
            return version;

        try
        {
            var assembly = migrations();
            return Stamped(context, [assembly.Assembly, context.Assembly, Assembly.GetEntryAssembly()])
                ?? assembly.Migrations.Keys.LastOrDefault();
        }
        catch (IOException cause)
        {
            // The assembly with the migrations was not deployed. Its absence must not put the application on the base schema unnoticed.
            return Stamped(context, [context.Assembly, Assembly.GetEntryAssembly()]) ?? throw Refusals.VersionNotFound(context, cause);
        }
    }

    static string? Explicit(EfRollOptions settings) =>
        settings.Version ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } version ? version : null);

    static string? Stamped(Type context, IEnumerable<Assembly?> assemblies) =>
        assemblies
            .SelectMany(assembly => assembly?.GetCustomAttributes<EfRollVersionAttribute>() ?? [])
            .FirstOrDefault(stamp => stamp.ContextType == context)?.Version;

    static string? LastMigration(Type context) =>
        context.Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Migration)) && type.GetCustomAttribute<DbContextAttribute>(false)?.ContextType == context)
            .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id)
            .Max(StringComparer.OrdinalIgnoreCase);
}
