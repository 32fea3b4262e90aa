using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage;

namespace EfRoll.Translator;

/// <summary>What the context's own EF Core provider knows: types, literals, and its SQL for data.</summary>
sealed class Provider(DbContext context)
{
    readonly IRelationalTypeMappingSource _types = context.GetService<IRelationalTypeMappingSource>();
    readonly IMigrationsSqlGenerator _sqlGenerator = context.GetService<IMigrationsSqlGenerator>();
    readonly IModelRuntimeInitializer _modelInitializer = context.GetService<IModelRuntimeInitializer>();

    /// <summary>The provider's name, as <see cref="Migration.ActiveProvider"/> gives it to migrations that ask.</summary>
    public string Name { get; } = context.GetService<IDatabaseProvider>().Name;

    /// <summary>Makes the model at a migration usable; a migration without a designer file has an empty one.</summary>
    public IModel Finalize(IModel model) => _modelInitializer.Initialize(model, designTime: true, validationLogger: null);

    /// <summary>The model of a database without migrations.</summary>
    public IModel EmptyModel => Finalize(new ModelBuilder().FinalizeModel());

    /// <summary>The store type that the provider would give a column.</summary>
    public string StoreType(ColumnOperation operation, string? schema, string table, string column, MigrationSource migration)
    {
        if (operation.ColumnType is { } given)
            return given;

        // As the provider does: the model at this migration knows best, if the operation is about the column that it has.
        var modelTable = migration.Model.GetRelationalModel().FindTable(table, schema);
        var modelColumn = modelTable?.FindColumn(column);
        var isKeyOrIndex = false;
        if (modelColumn is not null)
        {
            var isSame = (operation.IsUnicode, operation.MaxLength, operation.Precision, operation.Scale, operation.IsFixedLength, operation.IsRowVersion)
                == (modelColumn.IsUnicode, modelColumn.MaxLength, modelColumn.Precision, modelColumn.Scale, modelColumn.IsFixedLength, modelColumn.IsRowVersion);
            if (isSame)
                return modelColumn.StoreType;
            isKeyOrIndex = modelTable!.UniqueConstraints.Any(key => key.Columns.Contains(modelColumn))
                || modelTable.ForeignKeyConstraints.Any(key => key.Columns.Contains(modelColumn))
                || modelTable.Indexes.Any(index => index.Columns.Contains(modelColumn));
        }

        var what = $"a type for {table}.{column}";
        try
        {
            return _types.FindMapping(operation.ClrType, null, isKeyOrIndex, operation.IsUnicode, operation.MaxLength, operation.IsRowVersion,
                    operation.IsFixedLength, operation.Precision, operation.Scale)?.StoreType
                ?? throw Untranslatable.ProviderRefuses(what, new InvalidOperationException($"{operation.ClrType} has no mapping."));
        }
        catch (InvalidOperationException exception)
        {
            throw Untranslatable.ProviderRefuses(what, exception);
        }
    }

    /// <summary>Writes a value as the provider would in a column's default.</summary>
    public string Literal(object value, string storeType)
    {
        // EF Core scaffolds '' as the default of a required JSON column, which is no JSON: the provider writes an empty document.
        if (storeType is "jsonb" or "json" && value is "")
            value = "{}";
        try
        {
            var mapping = _types.FindMapping(value.GetType(), storeType) ?? _types.GetMappingForValue(value);
            return mapping.GenerateSqlLiteral(value);
        }
        catch (Exception exception) when (exception is InvalidOperationException or InvalidCastException or NotSupportedException)
        {
            throw Untranslatable.ProviderRefuses($"the value {value} of type {value.GetType()}", exception);
        }
    }

    /// <summary>Writes the expression over columns that a text search configuration makes a <c>tsvector</c> of.</summary>
    public string TextSearchExpression(string configuration, string[] columns, string? schema, string table, string what, IModel model)
    {
        var probe = new AddColumnOperation { Schema = schema, Table = table, Name = "probe", ClrType = typeof(NpgsqlTypes.NpgsqlTsVector), ColumnType = "tsvector" };
        probe.AddAnnotation(NpgsqlAnnotation.TsVectorConfig, configuration);
        probe.AddAnnotation(NpgsqlAnnotation.TsVectorProperties, columns);

        // The provider puts the expression into the operation while it writes its SQL.
        DataSql([probe], model, $"the text search expression of {what}");
        return probe.ComputedColumnSql ?? throw Untranslatable.ColumnChange(table, what, "The text search expression");
    }

    /// <summary>Writes an operation on data as the provider would; the operation may be changed by that.</summary>
    public string DataSql(IReadOnlyList<MigrationOperation> operations, IModel? model, string what)
    {
        try
        {
            // Moving sequences behind seeded rows is not left to the provider, see SeededSequences.
            return string.Join('\n', _sqlGenerator.Generate(operations, model)
                .Select(command => command.CommandText.Trim())
                .Where(sql => !sql.StartsWith("SELECT setval(", StringComparison.Ordinal)));
        }
        catch (Exception exception) when (exception is InvalidOperationException or InvalidCastException or NotSupportedException)
        {
            throw Untranslatable.ProviderRefuses(what, exception);
        }
    }
}
