using System.Reflection;
using EfRoll.Engine;
using EfRoll.Translator.Errors;
using EfRoll.Translator.Hints;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Migration = Microsoft.EntityFrameworkCore.Migrations.Migration;

namespace EfRoll.Translator;

/// <summary>
/// One migration of an application, in one direction. What is to be done is code that may give other values each time, so it runs once; what undoes it
/// may be empty or throw, so it runs only when a translation asks for it.
/// </summary>
/// <param name="id">The migration's id.</param>
/// <param name="create">Makes an instance of it.</param>
/// <param name="provider">The provider's services.</param>
/// <param name="projectFolder">The folder by which paths of source files are shortened.</param>
sealed class MigrationSource(string id, Func<Migration> create, Provider provider, string? projectFolder = null)
{
    static readonly MethodInfo UpMethod = typeof(Migration).GetMethod("Up", BindingFlags.Instance | BindingFlags.NonPublic)!;
    static readonly MethodInfo DownMethod = typeof(Migration).GetMethod("Down", BindingFlags.Instance | BindingFlags.NonPublic)!;

    IReadOnlyList<LocatedOperation>? _up;
    IReadOnlyList<MigrationOperation>? _down;
    IModel? _model;

    public string Id => id;

    /// <summary>
    /// Whether this is the way back: then the operations of the migration's <c>Down</c> are what is to be done, those of its <c>Up</c> undo them.
    /// </summary>
    public bool IsReversed { get; init; }

    /// <summary>Makes the migration before this one, whose model the way back leads to; null for none.</summary>
    public Func<Migration>? Before { get; init; }

    public Provider Provider => provider;

    /// <summary>The operations to be done: those of <c>Up</c>, unless reversed.</summary>
    public IReadOnlyList<LocatedOperation> Up => _up ??= ReadUp();

    /// <summary>The operations that undo them: those of <c>Down</c>, unless reversed; none where it throws.</summary>
    public IReadOnlyList<MigrationOperation> Down => _down ??= ReadDown();

    /// <summary>The model after the operations; empty for a migration without a designer file.</summary>
    public IModel Model => _model ??= ReadModel();

    MethodInfo Forth => IsReversed ? DownMethod : UpMethod;

    MethodInfo Back => IsReversed ? UpMethod : DownMethod;

    IModel ReadModel()
    {
        var migration = IsReversed ? Before?.Invoke() : create();
        return migration is null ? provider.EmptyModel : provider.Finalize(migration.TargetModel);
    }

    IReadOnlyList<LocatedOperation> ReadUp()
    {
        try
        {
            var forth = Run(Forth);
            if (IsReversed)
                HintsOnTheWayBack.Carry(Down, forth.Select(located => located.Operation));
            return forth;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Untranslatable.MigrationThrows(Forth.Name, exception, new SourceLocation(id));
        }
    }

    IReadOnlyList<MigrationOperation> ReadDown()
    {
        try
        {
            return [.. Run(Back).Select(located => located.Operation)];
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
