using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace EfRoll.Translator;

/// <summary>What an EF Core operation and its annotations say of a column, as the provider's own SQL would have it.</summary>
sealed class ColumnFacts(ColumnOperation operation, string? schema, string table, string name, MigrationSource migration)
{
    static readonly HashSet<string> SystemColumns = new(StringComparer.Ordinal) { "oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid" };

    /// <summary>Whether PostgreSQL has the column by itself; EF Core lists <c>xmin</c> as a row version.</summary>
    public static bool IsSystemColumn(string name) => SystemColumns.Contains(name);

    /// <summary>Takes the way in which the column makes its own values; null for none.</summary>
    public static NpgsqlValueGenerationStrategy? TakeStrategy(AnnotationSet annotations) =>
        annotations.TakeEnum<NpgsqlValueGenerationStrategy>(NpgsqlAnnotation.ValueGenerationStrategy) is { } strategy and not NpgsqlValueGenerationStrategy.None
            ? strategy
            : null;

    /// <summary>The type as the provider writes it.</summary>
    public string StoreType => field ??= migration.Provider.StoreType(operation, schema, table, name, migration);

    /// <summary>The default as it follows <c>DEFAULT</c>.</summary>
    public string? Default => operation switch
    {
        { DefaultValueSql: { } sql } => $"({sql})",
        { DefaultValue: { } value } => migration.Provider.Literal(value, StoreType),
        _ => null,
    };

    /// <summary>The default as a value.</summary>
    public Expression? DefaultExpression => (operation.DefaultValueSql ?? Default) is { } sql ? new Expression(sql) : null;

    /// <summary>The column as the engine takes it; takes the annotations that it understands.</summary>
    public ColumnDefinition Definition(AnnotationSet annotations)
    {
        var strategy = TakeStrategy(annotations);
        var identity = strategy switch
        {
            null or NpgsqlValueGenerationStrategy.SerialColumn => (IdentityKind?)null,
            NpgsqlValueGenerationStrategy.IdentityByDefaultColumn => IdentityKind.ByDefault,
            NpgsqlValueGenerationStrategy.IdentityAlwaysColumn => IdentityKind.Always,
            _ => throw Untranslatable.ColumnChange(table, name, $"The value generation {strategy}"),
        };
        if (strategy is NpgsqlValueGenerationStrategy.SerialColumn && operation.IsNullable)
            throw Untranslatable.ColumnChange(table, name, "NULL in the serial column");

        var (expression, isStored) = Generated(annotations);
        var collation = operation.Collation ?? annotations.Take<string>(NpgsqlAnnotation.DefaultColumnCollation);
        return new ColumnDefinition(new Identifier(name), strategy is NpgsqlValueGenerationStrategy.SerialColumn ? SerialType() : StoreType)
        {
            // An identity is NOT NULL by itself.
            IsNullable = operation.IsNullable && identity is null,

            // EF Core puts a default on every required column that is added, also where the column makes its own values.
            Default = strategy is null && expression is null ? Default : null,
            Identity = identity,
            IdentityOptions = identity is not null && annotations.Take<string>(NpgsqlAnnotation.IdentityOptions) is { } options ? SequenceOptions(options) : null,
            Generated = expression is null ? null : isStored ? GeneratedKind.Stored : GeneratedKind.Virtual,
            GenerationExpression = expression,
            Collation = collation is null ? null : new RelationName(collation),
            Compression = annotations.Take<string>(NpgsqlAnnotation.Compression),
            Comment = operation.Comment,
        };
    }

    (string? Expression, bool IsStored) Generated(AnnotationSet annotations)
    {
        if (annotations.Take<string>(NpgsqlAnnotation.TsVectorConfig) is null)
            return (operation.ComputedColumnSql, operation.IsStored ?? false);
        annotations.Take<string[]>(NpgsqlAnnotation.TsVectorProperties);
        return (migration.Provider.TextSearchExpression(operation, schema, table, name, migration.Model), true);
    }

    string SerialType() => StoreType switch
    {
        "int" or "int4" or "integer" => "serial",
        "bigint" or "int8" => "bigserial",
        "smallint" or "int2" => "smallserial",
        var other => other,
    };

    /// <summary>Reads <c>'start', 'increment', 'min', 'max', 'cyclic', 'cache'</c>, where an empty text means the default.</summary>
    string? SequenceOptions(string annotation)
    {
        var parts = annotation.Split(',', StringSplitOptions.TrimEntries).Select(part => part.Trim('\'')).ToArray();
        if (parts.Length != 6)
            throw Untranslatable.ColumnChange(table, name, $"The identity options {annotation}");
        var (start, increment, min, max) = (Number(parts[0]), Number(parts[1]) ?? 1, Number(parts[2]), Number(parts[3]));
        var isRising = increment > 0;
        var (typeMin, typeMax) = Type.GetTypeCode(Nullable.GetUnderlyingType(operation.ClrType) ?? operation.ClrType) switch
        {
            TypeCode.Int16 => (short.MinValue, short.MaxValue),
            TypeCode.Int32 => (int.MinValue, int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        var (defaultMin, defaultMax) = isRising ? (1L, typeMax) : (typeMin, -1L);

        // Only what differs from PostgreSQL's own choice is written, so that the catalogue shows the same as after EF Core's migration.
        var options = new List<string>();
        if (start is { } first && first != (isRising ? min ?? defaultMin : max ?? defaultMax))
            options.Add(FormattableString.Invariant($"START WITH {first}"));
        if (increment != 1)
            options.Add(FormattableString.Invariant($"INCREMENT BY {increment}"));
        if (min is { } lowest && lowest != defaultMin)
            options.Add(FormattableString.Invariant($"MINVALUE {lowest}"));
        if (max is { } highest && highest != defaultMax)
            options.Add(FormattableString.Invariant($"MAXVALUE {highest}"));
        if (string.Equals(parts[4], "true", StringComparison.OrdinalIgnoreCase))
            options.Add("CYCLE");
        if (Number(parts[5]) is { } cache && cache != 1)
            options.Add(FormattableString.Invariant($"CACHE {cache}"));
        return options.Count == 0 ? null : string.Join(' ', options);

        long? Number(string text) =>
            text.Length == 0 ? null
            : long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) ? value
            : throw Untranslatable.ColumnChange(table, name, $"The identity options {annotation}");
    }
}
