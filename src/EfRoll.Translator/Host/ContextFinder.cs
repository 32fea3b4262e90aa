using System.Reflection;
using EfRoll.Engine.Errors;
using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace EfRoll.Translator.Host;

/// <summary>Finds the application's DbContexts and makes them, in the order and ways of <c>dotnet ef</c>.</summary>
sealed class ContextFinder(Assembly assembly, Assembly startup)
{
    readonly Dictionary<Type, Func<DbContext>?> _contexts = [];
    ApplicationServices? _application;

    ApplicationServices Application => _application ??= ApplicationServices.Of(startup);

    /// <summary>Makes the context that is named, or the only one.</summary>
    public DbContext Create(string? name)
    {
        FindWithoutServices();
        var mayBeRegistered = name is not null ? Matching(name).Count == 0 : _contexts.Count == 0 || (_contexts.Count == 1 && _contexts.ContainsValue(null));
        if (mayBeRegistered)
            FindInServices();

        var candidates = name is null ? [.. _contexts.Keys] : Matching(name);
        var all = _contexts.Keys.Select(type => type.FullName!).Order(StringComparer.Ordinal);
        return candidates switch
        {
            [var type] => Make(type),
            [] when name is null => throw HostMistakes.NoContext(assembly.GetName().Name!),
            [] => throw HostMistakes.ContextNotFound(name, all),
            _ => throw HostMistakes.SeveralContexts(candidates.Select(type => type.FullName!).Order(StringComparer.Ordinal)),
        };
    }

    void FindWithoutServices()
    {
        foreach (var factory in startup.ConstructibleTypes())
        {
            foreach (var made in factory.GetInterfaces().Where(IsFactory))
                _contexts.TryAdd(made.GenericTypeArguments[0], () => CreateByFactory(factory, made));
        }

        foreach (var attribute in startup.GetCustomAttributes<DbContextAttribute>())
            Add(attribute.ContextType);

        var types = startup.ConstructibleTypes().Concat(assembly.ConstructibleTypes()).Distinct().ToList();
        foreach (var type in types.Where(typeof(DbContext).IsAssignableFrom))
            Add(type);
        foreach (var type in types.Where(typeof(Migration).IsAssignableFrom))
        {
            if (type.GetCustomAttributes<DbContextAttribute>().FirstOrDefault()?.ContextType is { } context)
                Add(context);
        }
    }

    void FindInServices()
    {
        var registered = (IEnumerable<DbContextOptions>?)Application.Services.GetService(typeof(IEnumerable<DbContextOptions>));
        foreach (var options in registered ?? [])
            Add(options.ContextType);
    }

    void Add(Type context)
    {
        if (_contexts.ContainsKey(context))
            return;
        var wanted = typeof(IDesignTimeDbContextFactory<>).MakeGenericType(context);
        var factory = context.Assembly.ConstructibleTypes().Concat(assembly.ConstructibleTypes()).FirstOrDefault(wanted.IsAssignableFrom);
        _contexts.Add(context, factory is null ? null : () => CreateByFactory(factory, wanted));
    }

    List<Type> Matching(string name)
    {
        var candidates = Filter(StringComparison.OrdinalIgnoreCase);
        return candidates.Count < 2 ? candidates : Filter(StringComparison.Ordinal);

        List<Type> Filter(StringComparison comparison) =>
            [.. _contexts.Keys.Where(type => string.Equals(type.Name, name, comparison) || string.Equals(type.FullName, name, comparison))];
    }

    DbContext Make(Type type)
    {
        try
        {
            return _contexts[type]?.Invoke() ?? CreateByServices(type);
        }
        catch (Exception exception) when (exception is not EfRollException and not OutOfMemoryException)
        {
            var cause = Application.Problem is { } problem ? new AggregateException($"{exception.Message} The application's entry point failed: {problem.Message}", exception, problem) : exception;
            throw HostMistakes.ContextNotCreated(type.FullName!, cause);
        }
    }

    DbContext CreateByServices(Type type)
    {
        var factory = typeof(IDbContextFactory<>).MakeGenericType(type);
        return Application.Services.GetService(factory) is { } service
            ? (DbContext)factory.GetMethod(nameof(IDbContextFactory<>.CreateDbContext))!.Invoke(service, BindingFlags.DoNotWrapExceptions, null, null, null)!
            : (DbContext)ActivatorUtilities.GetServiceOrCreateInstance(Application.Services, type);
    }

    static DbContext CreateByFactory(Type factory, Type contract) =>
        (DbContext)contract.GetMethod(nameof(IDesignTimeDbContextFactory<>.CreateDbContext))!
            .Invoke(Activator.CreateInstance(factory), BindingFlags.DoNotWrapExceptions, null, [Array.Empty<string>()], null)!;

    static bool IsFactory(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDesignTimeDbContextFactory<>);
}
