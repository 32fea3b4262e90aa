using System.Diagnostics;
using EfRoll.Engine;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator;

/// <summary>Remembers at which line of the migration each operation was added.</summary>
sealed class LocatingMigrationBuilder(string id, Type migration, string? activeProvider, string? projectFolder) : MigrationBuilder(activeProvider)
{
    readonly List<SourceLocation> _locations = [];

    /// <summary>EF Core asks for this list each time just before it adds an operation: so whoever asks is the author's line.</summary>
    public override List<MigrationOperation> Operations
    {
        get
        {
            var operations = base.Operations;
            if (_locations.Count > operations.Count)
                _locations.RemoveRange(operations.Count, _locations.Count - operations.Count);
            while (_locations.Count < operations.Count)
                _locations.Add(_locations.Count == 0 ? new SourceLocation(id) : _locations[^1]);
            _locations.Add(Here());
            return operations;
        }
    }

    /// <summary>The operations with their places.</summary>
    public IReadOnlyList<LocatedOperation> Located =>
        [.. base.Operations.Select((operation, index) =>
            new LocatedOperation(operation, index < _locations.Count ? _locations[index] : _locations.LastOrDefault() ?? new SourceLocation(id)))];

    SourceLocation Here()
    {
        var frames = new StackTrace(fNeedFileInfo: true).GetFrames().Where(frame => frame.GetFileName() is not null).ToList();
        var frame = frames.Find(IsInMigration)
            ?? frames.Find(candidate => candidate.GetMethod()?.DeclaringType?.Assembly is { } assembly && assembly != typeof(LocatingMigrationBuilder).Assembly);
        if (frame is null)
            return new SourceLocation(id);
        return new SourceLocation(id, Shorten(frame.GetFileName()!), Known(frame.GetFileLineNumber()), Known(frame.GetFileColumnNumber()));
    }

    // Lambdas live in classes nested in the migration; a migration may derive from a base class of the author's own.
    bool IsInMigration(StackFrame frame)
    {
        for (var type = frame.GetMethod()?.DeclaringType; type is not null; type = type.DeclaringType)
        {
            if (type.IsAssignableFrom(migration))
                return true;
        }

        return false;
    }

    string Shorten(string file) =>
        projectFolder is not null && Path.GetRelativePath(projectFolder, file) is var relative && !relative.StartsWith("..", StringComparison.Ordinal) ? relative : file;

    static int? Known(int number) => number > 0 ? number : null;
}

/// <summary>An operation and where it was written.</summary>
sealed record LocatedOperation(MigrationOperation Operation, SourceLocation Source);
