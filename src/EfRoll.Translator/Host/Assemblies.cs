using System.Reflection;
using System.Runtime.Loader;
using EfRoll.Translator.Errors;

namespace EfRoll.Translator.Host;

/// <summary>Loads the user's assemblies and finds types in them.</summary>
static class Assemblies
{
    public static Assembly Load(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            // By name first: it may be listed in the dependency file, and must not be loaded twice.
            var name = AssemblyName.GetAssemblyName(full);
            return TryLoadByName(name) ?? AssemblyLoadContext.Default.LoadFromAssemblyPath(full);
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            throw HostMistakes.AssemblyNotLoaded(full, exception);
        }
    }

    /// <summary>Types that can be made; those whose dependencies are missing are left out, as EF Core does.</summary>
    public static IEnumerable<Type> ConstructibleTypes(this Assembly assembly)
    {
        Type?[] types;
        try
        {
            types = assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException exception)
        {
            types = exception.Types;
        }

        return types.OfType<Type>().Where(type => type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false });
    }

    static Assembly? TryLoadByName(AssemblyName name)
    {
        try
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyName(name);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
