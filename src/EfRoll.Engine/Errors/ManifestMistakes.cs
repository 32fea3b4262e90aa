namespace EfRoll.Engine.Errors;

/// <summary>One method for each thing that can be wrong with a migration file or a built manifest.</summary>
public static class ManifestMistakes
{
    /// <summary>The file cannot be read.</summary>
    public static EfRollException Unreadable(string file, string reason, Exception? cause = null) =>
        new(ErrorCode.ManifestUnreadable, $"{file} cannot be read: {reason}", "Check the path and your rights on it.", cause: cause);

    /// <summary>The file is larger than any migration.</summary>
    public static EfRollException TooLarge(string file, long bytes, long limit) =>
        new(ErrorCode.ManifestTooLarge, $"{file} has {bytes} bytes; a migration file may have {limit}.", "Check that it is a migration; split it into several if it is.");

    /// <summary>With its aliases, it is more than any migration.</summary>
    public static EfRollException TooManyNodes(int limit, SourceLocation source) =>
        new(ErrorCode.ManifestTooLarge, $"With what its aliases repeat, the file has more than {limit} values.", "Check that it is a migration; split it into several if it is.", source);

    /// <summary>It is not JSON or YAML.</summary>
    public static EfRollException Syntax(string reason, SourceLocation source, Exception? cause = null) =>
        new(ErrorCode.ManifestSyntax, reason, "Correct the JSON or YAML at this place.", source, cause);

    /// <summary>A field that does not exist.</summary>
    public static EfRollException UnknownField(string field, string of, IEnumerable<string> known, SourceLocation source) =>
        new(ErrorCode.ManifestUnknownField, $"{of} has no field '{field}'.", $"Its fields are: {string.Join(", ", known)}.", source);

    /// <summary>A value of another type.</summary>
    public static EfRollException WrongType(string field, string expected, string found, SourceLocation source) =>
        new(ErrorCode.ManifestWrongType, $"'{field}' is {found}; it must be {expected}.",
            expected == "text" ? "Put the value in quotes." : $"Give {expected}.", source);

    /// <summary>A value that is not among those allowed.</summary>
    public static EfRollException WrongValue(string field, string found, IEnumerable<string> allowed, SourceLocation source) =>
        new(ErrorCode.ManifestWrongType, $"'{field}' is '{found}'.", $"Use one of: {string.Join(", ", allowed)}.", source);

    /// <summary>A field that must be there.</summary>
    public static EfRollException MissingField(string field, string of, SourceLocation source) =>
        new(ErrorCode.ManifestMissingField, $"{of} lacks '{field}'.", $"Add '{field}'.", source);

    /// <summary>An operation that does not exist.</summary>
    public static EfRollException UnknownOperation(string name, IEnumerable<string> known, SourceLocation source) =>
        new(ErrorCode.ManifestUnknownOperation, $"There is no operation '{name}'.", $"The operations are: {string.Join(", ", known)}.", source);

    /// <summary>Something that pgroll knows and EfRoll does not do.</summary>
    public static EfRollException NotSupported(string what, string remedy, SourceLocation source) =>
        new(ErrorCode.ManifestNotSupported, $"{what} is not supported.", remedy, source);

    /// <summary>A field stands twice in one object.</summary>
    public static EfRollException DuplicateField(string field, SourceLocation source) =>
        new(ErrorCode.ManifestDuplicateField, $"'{field}' stands here twice.", "Keep one of the two.", source);

    /// <summary>The manifest was written by another version of EfRoll.</summary>
    public static EfRollException FormatVersion(long found, int known, SourceLocation source) =>
        new(ErrorCode.ManifestFormatVersion, $"The manifest has format {found}; this version of EfRoll reads format {known}.",
            "Build the application again, or use the version of EfRoll that it was built with.", source);

    /// <summary>A file that a build wrote was changed afterwards.</summary>
    public static EfRollException Edited(string migration, SourceLocation source) =>
        new(ErrorCode.ManifestEdited, $"The checksum of {migration} does not fit its operations: the manifest was edited after the build wrote it.",
            "Build the application again. To change what is rolled out, change the migration itself, or write a migration file of your own.", source);

    /// <summary>There is no manifest where one is said to be.</summary>
    public static EfRollException Missing(string path) =>
        new(ErrorCode.ManifestMissing, $"There is no manifest at {path}.", "Build the application again, and deploy the whole folder of manifests.");

    /// <summary>There are manifests of several contexts.</summary>
    public static EfRollException SeveralContexts(string directory, IEnumerable<string> contexts) =>
        new(ErrorCode.SeveralContexts, $"{directory} holds manifests of several contexts: {string.Join(", ", contexts)}.", "Name one with --context.");

    /// <summary>An <c>up</c> that cannot be given to a column, since the operation names none.</summary>
    public static EfRollException ColumnNotNamed(string operation, SourceLocation source) =>
        new(ErrorCode.ManifestColumnNotNamed, $"{operation} has expressions, but does not say for which column.",
            "Write drop_multicolumn_constraint, which gives up and down by column.", source);
}
