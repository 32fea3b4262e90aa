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
    static readonly HashSet<string> SystemColumns = new(StringComparer.Ordinal) { "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid" };

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
        var source = ValueSource(annotations, TakeIdentityOptions(annotations));
        if (source.Numbering == Numbering.Serial && operation.IsNullable)
            throw Untranslatable.ColumnChange(table, name, "NULL in the serial column");
        var identity = source.Numbering switch { Numbering.ByDefault => IdentityKind.ByDefault, Numbering.Always => IdentityKind.Always, _ => (IdentityKind?)null };
        return new ColumnDefinition(new Identifier(name), source.Numbering == Numbering.Serial ? SerialType() : StoreType)
        {
            // An identity is NOT NULL by itself.
            IsNullable = operation.IsNullable && identity is null,

            // EF Core puts a default on every required column that is added, also where the column makes its own values.
            Default = source == new ValueSource() ? Default : null,
            Identity = identity,
            IdentityOptions = source.SequenceOptions,
            Generated = source.Generated,
            GenerationExpression = source.Expression,
            Collation = TakeCollation(annotations) is { } collation ? new RelationName(collation) : null,
            Compression = annotations.Take<string>(NpgsqlAnnotation.Compression),
            Comment = operation.Comment,
        };
    }

    /// <summary>Takes what gives the column its values.</summary>
    public ValueSource ValueSource(AnnotationSet annotations, IdentityOptions? options)
    {
        if (annotations.Has(NpgsqlAnnotation.ValueGeneratedOnAdd))
            throw Untranslatable.ValueGeneratedOnAdd(table, name);
        var numbering = TakeStrategy(annotations) switch
        {
            null => Numbering.None,
            NpgsqlValueGenerationStrategy.SerialColumn => Numbering.Serial,
            NpgsqlValueGenerationStrategy.IdentityByDefaultColumn => Numbering.ByDefault,
            NpgsqlValueGenerationStrategy.IdentityAlwaysColumn => Numbering.Always,
            var strategy => throw Untranslatable.ColumnChange(table, name, $"The value generation {strategy}"),
        };
        var (expression, isStored) = Generated(annotations);
        return new ValueSource
        {
            Numbering = numbering,
            SequenceOptions = numbering is Numbering.ByDefault or Numbering.Always ? options?.ForNewSequence() : null,
            Generated = expression is null ? null : isStored ? GeneratedKind.Stored : GeneratedKind.Virtual,
            Expression = expression,
        };
    }

    /// <summary>Takes the column's collation, or the model's default one that older migrations carry on each column.</summary>
    public string? TakeCollation(AnnotationSet annotations)
    {
        var modelWide = annotations.Take<string>(NpgsqlAnnotation.DefaultColumnCollation);
        return operation.Collation ?? modelWide;
    }

    /// <summary>Takes the options of an identity.</summary>
    public IdentityOptions? TakeIdentityOptions(AnnotationSet annotations) =>
        annotations.Take<string>(NpgsqlAnnotation.IdentityOptions) is not { } text ? null
        : IdentityOptions.Read(text, operation.ClrType) ?? throw Untranslatable.ColumnChange(table, name, $"The identity options {text}");

    (string? Expression, bool IsStored) Generated(AnnotationSet annotations)
    {
        var columns = annotations.Take<string[]>(NpgsqlAnnotation.TsVectorProperties);
        return annotations.Take<string>(NpgsqlAnnotation.TsVectorConfig) is { } configuration
            ? (migration.Provider.TextSearchExpression(configuration, columns ?? [], schema, table, $"column {table}.{name}", migration.Model), true)
            : (operation.ComputedColumnSql, operation.IsStored ?? false);
    }

    string SerialType() => StoreType switch
    {
        "int" or "int4" or "integer" => "serial",
        "bigint" or "int8" => "bigserial",
        "smallint" or "int2" => "smallserial",
        var other => other,
    };
}
