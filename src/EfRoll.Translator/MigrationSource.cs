using System.Reflection;
using EfRoll.Engine;
using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Migration = Microsoft.EntityFrameworkCore.Migrations.Migration;

namespace EfRoll.Translator;

/// <summary>
/// One migration of an application. Its <c>Up</c> is code that may give other values each time, so it runs once; its <c>Down</c> may be empty
/// or throw, so it runs only when a translation asks for it.
/// </summary>
sealed class MigrationSource(string id, Func<Migration> create, Provider provider, string? projectFolder = null)
{
    static readonly MethodInfo UpMethod = typeof(Migration).GetMethod("Up", BindingFlags.Instance | BindingFlags.NonPublic)!;
    static readonly MethodInfo DownMethod = typeof(Migration).GetMethod("Down", BindingFlags.Instance | BindingFlags.NonPublic)!;

    IReadOnlyList<LocatedOperation>? _up;
    IReadOnlyList<MigrationOperation>? _down;
    IModel? _model;

    public string Id => id;

    public Provider Provider => provider;

    /// <summary>The operations of <c>Up</c>.</summary>
    public IReadOnlyList<LocatedOperation> Up => _up ??= ReadUp();

    /// <summary>The operations of <c>Down</c>; none where it throws.</summary>
    public IReadOnlyList<MigrationOperation> Down => _down ??= ReadDown();

    /// <summary>The model after this migration; empty for one without a designer file.</summary>
    public IModel Model => _model ??= provider.Finalize(create().TargetModel);

    IReadOnlyList<LocatedOperation> ReadUp()
    {
        try
        {
            return Run(UpMethod);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Untranslatable.MigrationThrows("Up", exception, new SourceLocation(id));
        }
    }

    IReadOnlyList<MigrationOperation> ReadDown()
    {
        try
        {
            return [.. Run(DownMethod).Select(located => located.Operation)];
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Real histories have many of these.
            return [];
        }
    }

    IReadOnlyList<LocatedOperation> Run(MethodInfo method)
    {
        // An instance caches its operations, and the provider changes them when it writes SQL: never share one.
        var migration = create();
        migration.ActiveProvider ??= provider.Name;
        var builder = new LocatingMigrationBuilder(id, migration.GetType(), migration.ActiveProvider, projectFolder);
        method.Invoke(migration, BindingFlags.DoNotWrapExceptions, null, [builder], null);
        return builder.Located;
    }
}
