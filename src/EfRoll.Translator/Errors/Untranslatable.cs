using EfRoll.Engine;
using EfRoll.Engine.Errors;

namespace EfRoll.Translator.Errors;

/// <summary>One method for each thing in a migration that has no translation: what it is, and the way out.</summary>
static class Untranslatable
{
    const string OwnRelease = "Put it into a migration of its own and apply that with `dotnet ef database update`, or write it as Sql(\"…\") with .Down(\"…\").";

    public static EfRollException UnknownOperation(Type type) =>
        new(ErrorCode.UnknownOperation, $"EfRoll does not know operations of type {type.FullName}.", OwnRelease);

    public static EfRollException Operation(string what) =>
        new(ErrorCode.OperationNotSupported, $"{what} cannot be rolled out.", OwnRelease);

    public static EfRollException Annotation(string subject, string name, object? value) =>
        new(ErrorCode.UnknownAnnotation, $"The annotation {name} ({Show(value)}) on {subject} has no translation.",
            $"Take it away if it means nothing to PostgreSQL. {OwnRelease}");

    public static EfRollException DatabaseChange(string what) =>
        new(ErrorCode.DatabaseChangeNotSupported, $"{what} cannot be rolled out.", OwnRelease);

    public static EfRollException ColumnChange(string table, string column, string what) =>
        new(ErrorCode.ColumnChangeNotSupported, $"{what} of {table}.{column} cannot be rolled out.", OwnRelease);

    public static EfRollException Hint(string subject, string hint, string why) =>
        new(ErrorCode.InvalidHint, $"{hint} on {subject}: {why}.", "Take the hint away, or correct it.");

    public static EfRollException ProviderRefuses(string what, Exception cause) =>
        new(ErrorCode.ProviderRefuses, $"The EF Core provider cannot write {what}: {cause.Message}",
            "Say the column's type in the migration (type: \"…\"), or give the value as SQL (defaultValueSql).", cause: cause);

    public static EfRollException ValueGeneratedOnAdd(string table, string column) =>
        new(ErrorCode.ProviderRefuses, $"The EF Core provider no longer takes the annotation Npgsql:ValueGeneratedOnAdd, on {table}.{column}.",
            "Replace it with .Annotation(\"Npgsql:ValueGenerationStrategy\", NpgsqlValueGenerationStrategy.SerialColumn) on serial columns, and remove it from all others.");

    public static EfRollException MigrationThrows(string method, Exception cause, SourceLocation? source) =>
        new(ErrorCode.MigrationThrows, $"The migration's {method} throws {cause.GetType().Name}: {cause.Message}", $"Correct {method}; it is run to read the migration.", source, cause);

    public static EfRollException MigrationNotCreated(string id, Exception cause) =>
        new(ErrorCode.MigrationNotCreated, $"The migration {id} cannot be created: {cause.Message}",
            "At build time migrations need a constructor without parameters; use EfRoll with the project or the assembly instead.", new SourceLocation(id), cause);

    static string Show(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        System.Collections.IEnumerable items => string.Join(", ", items.Cast<object?>().Select(Show)),
        _ => value.ToString() ?? "",
    };
}
