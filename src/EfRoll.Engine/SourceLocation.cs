using System.Globalization;

namespace EfRoll.Engine;

/// <summary>Where an operation was written.</summary>
/// <param name="Migration">The migration's id or the file's name without its ending.</param>
/// <param name="File">The source file, if known.</param>
/// <param name="Line">The line from 1, if known.</param>
/// <param name="Column">The column from 1, if known.</param>
public sealed record SourceLocation(string Migration, string? File = null, int? Line = null, int? Column = null)
{
    /// <summary>As compilers write it, <c>file(line,column)</c>; the migration's name where no file is known.</summary>
    public override string ToString() => (File, Line, Column) switch
    {
        (null, _, _) => Migration,
        (var file, null, _) => file,
        (var file, var line, null) => string.Create(CultureInfo.InvariantCulture, $"{file}({line})"),
        var (file, line, column) => string.Create(CultureInfo.InvariantCulture, $"{file}({line},{column})"),
    };
}
