using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>A column that a table gets while the old version goes on using it.</summary>
static class GrowingColumn
{
    /// <summary>Adds it, without a rewrite: with a constant default, or empty where its values follow from the old version's.</summary>
    public static IEnumerable<SqlText> Create(QualifiedName table, LogicalTable logical, LogicalColumn column, ProbeAnswers answers)
    {
        var name = Layout.NameOf(logical, column);
        var isDerived = Layout.IsDerived(logical, column);
        SqlText definition = $"{name} {ColumnSql.Type(column)}";
        if (column.Generated is not null)
            definition = $"{definition}{ColumnSql.Generated(logical, column, answers)}";
        if (!isDerived && column.Generated is null && column.AddedDefault is { } value)
            definition = $"{definition} DEFAULT {SqlText.Verbatim(value)}";
        if (!isDerived && column.IsNotNull && !IsProvenLater(column))
            definition = $"{definition}{ColumnSql.NotNull(BuildNotNullName(logical, column))}";
        yield return $"ALTER TABLE {table} ADD COLUMN {definition}";
        if (IsProvenLater(column))
            yield return $"ALTER TABLE {table} ADD CONSTRAINT {BuildNotNullName(logical, column)!.Value} NOT NULL {name} NOT VALID";

        if (!isDerived && column.Generated is null && column.AddedDefault != column.Default)
            yield return ColumnSql.SetDefault(table, name, column.Default);
        if (column.Comment is { } comment)
            yield return $"COMMENT ON COLUMN {table}.{name} IS {Literal.Text(comment)}";
        if (column.Compression is not null)
            yield return ColumnSql.SetCompression(table, name, column.Compression);
        foreach (var statement in TakeOver(table, name, column))
            yield return statement;
    }

    /// <summary>Adds one that only raw SQL sees: nobody else gives it a value, so it takes NULL.</summary>
    public static IEnumerable<SqlText> CreatePassing(QualifiedName table, LogicalTable logical, LogicalColumn column, ProbeAnswers answers)
    {
        var isDerived = Layout.IsDerived(logical, column);
        SqlText definition = $"{Layout.NameOf(logical, column.Slot)!.Value} {ColumnSql.Type(column)}";
        if (column.Generated is not null)
            definition = $"{definition}{ColumnSql.Generated(logical, column, answers)}";
        else if (!isDerived && column.AddedDefault is { } value)
            definition = $"{definition} DEFAULT {SqlText.Verbatim(value)}";
        yield return $"ALTER TABLE {table} ADD COLUMN {definition}";
    }

    /// <summary>Whether its NOT NULL has to be validated: all rows of a virtual column would be computed under the lock.</summary>
    public static bool IsProvenLater(LogicalColumn column) => column is { Generated: GeneratedKind.Virtual, IsNotNull: true };

    /// <summary>The name under which its NOT NULL constraint is made; another one where a column that goes still has it.</summary>
    public static Identifier? BuildNotNullName(LogicalTable table, LogicalColumn column) =>
        column.NotNullName is { } name && table.Original!.Columns.Any(other => other.NotNullConstraint == name) ? HelperNames.New(name) : column.NotNullName;

    // What ALTER COLUMN … TYPE would keep of the column that this one replaces.
    static IEnumerable<SqlText> TakeOver(QualifiedName table, Identifier name, LogicalColumn column)
    {
        if (column.Original is not { } original)
            yield break;
        if (original.StatisticsTarget is { } target)
            yield return $"ALTER TABLE {table} ALTER COLUMN {name} SET STATISTICS {target}";
        if (original.Parameters is { } parameters)
            yield return $"ALTER TABLE {table} ALTER COLUMN {name} SET ({SqlText.Verbatim(parameters)})";
        if (original.Type == column.Slot.Type && original.Storage is { } storage)
            yield return $"ALTER TABLE {table} ALTER COLUMN {name} SET STORAGE {SqlText.Verbatim(storage)}";

        foreach (var grant in original.Grants)
            yield return $"GRANT {SqlText.Verbatim(grant.Privilege)} ({name}) ON {table} TO {VersionViews.Grantee(grant)}{VersionViews.GrantOption(grant)}";
    }
}

/// <summary>Parts of a column's definition as SQL.</summary>
static class ColumnSql
{
    /// <summary>The type and collation.</summary>
    public static SqlText Type(LogicalColumn column) => column.Slot.Collation is { } collation
        ? (SqlText)$"{SqlText.Verbatim(column.Slot.Type)} COLLATE {collation}"
        : $"{SqlText.Verbatim(column.Slot.Type)}";

    /// <summary>How it is generated, with a space before.</summary>
    public static SqlText Generated(LogicalTable table, LogicalColumn column, ProbeAnswers answers)
    {
        var kind = column.Generated == GeneratedKind.Stored ? (SqlText)$"STORED" : $"VIRTUAL";
        return $" GENERATED ALWAYS AS ({answers[Questions.KeyOf(table, column)].Definition!}) {kind}";
    }

    /// <summary>Sets storage parameters, or takes them away.</summary>
    public static IEnumerable<SqlText> StorageParameters(QualifiedName table, LogicalTable logical)
    {
        var set = logical.StorageParameters.Where(pair => pair.Value is not null).Select(pair => StorageParameter(pair.Key, pair.Value!)).ToList();
        var reset = logical.StorageParameters.Where(pair => pair.Value is null).Select(pair => StorageParameter(pair.Key, value: null)).ToList();
        if (set.Count > 0)
            yield return $"ALTER TABLE {table} SET ({set})";
        if (reset.Count > 0)
            yield return $"ALTER TABLE {table} RESET ({reset})";
    }

    // A dot separates toast from the rest.
    static SqlText StorageParameter(string name, string? value)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var key = dot < 0 ? (SqlText)$"{new Identifier(name)}" : $"{new QualifiedName(name[..dot], name[(dot + 1)..])}";
        return value is null ? key : $"{key} = {SqlText.Verbatim(value)}";
    }

    /// <summary>Its identity, with a space before; options go inside the parentheses.</summary>
    public static SqlText Identity(IdentityKind kind, SqlText? options)
    {
        var sql = kind == IdentityKind.Always ? (SqlText)$" GENERATED ALWAYS AS IDENTITY" : $" GENERATED BY DEFAULT AS IDENTITY";
        return options is null ? sql : $"{sql} ({options})";
    }

    /// <summary>Says that it rejects NULL, with a space before.</summary>
    public static SqlText NotNull(Identifier? name) => name is { } constraint ? (SqlText)$" CONSTRAINT {constraint} NOT NULL" : $" NOT NULL";

    /// <summary>Sets how long values are compressed.</summary>
    public static SqlText SetCompression(QualifiedName table, Identifier column, string? method) =>
        $"ALTER TABLE {table} ALTER COLUMN {column} SET COMPRESSION {(method is null ? (SqlText)$"DEFAULT" : $"{new Identifier(method)}")}";

    /// <summary>Sets a default, or takes it away.</summary>
    public static SqlText SetDefault(QualifiedName table, Identifier column, string? value) => value is null
        ? (SqlText)$"ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT"
        : $"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {SqlText.Verbatim(value)}";
}
