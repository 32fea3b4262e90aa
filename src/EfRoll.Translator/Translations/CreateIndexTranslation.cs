using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace EfRoll.Translator.Translations;

static class CreateIndexTranslation
{
    public static IReadOnlyList<Operation> Translate(CreateIndexOperation operation, MigrationSource migration)
    {
        var annotations = new AnnotationSet(operation, $"index {operation.Name}");

        // Every index is made concurrently.
        annotations.TakeFlag(NpgsqlAnnotation.CreatedConcurrently);

        // The provider writes it without quotes, so that GIN is gin.
        var method = Names.Optional(annotations.Take<string>(NpgsqlAnnotation.IndexMethod)?.ToLowerInvariant());
        var index = new CreateIndex(new RelationName(operation.Schema, operation.Table), new Identifier(operation.Name), Keys(operation, method, annotations, migration))
        {
            IsUnique = operation.IsUnique,
            Method = method,
            Include = Names.List(annotations.Take<string[]>(NpgsqlAnnotation.IndexInclude)),
            Filter = string.IsNullOrWhiteSpace(operation.Filter) ? null : new Expression(operation.Filter),
            AreNullsEqual = annotations.TakeFlag(NpgsqlAnnotation.NullsDistinct) == false,
            StorageParameters = StorageParameters(annotations),
        };
        annotations.RefuseRest();
        return [index];
    }

    static EquatableList<IndexKey> Keys(CreateIndexOperation operation, Identifier? method, AnnotationSet annotations, MigrationSource migration)
    {
        if (annotations.Take<string>(NpgsqlAnnotation.TsVectorConfig) is { } configuration)
        {
            var expression = migration.Provider.TextSearchExpression(configuration, operation.Columns, operation.Schema, operation.Table, $"index {operation.Name}", migration.Model);
            return [new IndexKey { Expression = new Expression(expression) }];
        }

        var operators = annotations.Take<string[]>(NpgsqlAnnotation.IndexOperators);
        var collations = annotations.Take<string[]>(NpgsqlAnnotation.IndexCollation);
        var sortOrders = annotations.Take<SortOrder[]>(NpgsqlAnnotation.IndexSortOrder);
        var nullSortOrders = annotations.Take<NullSortOrder[]>(NpgsqlAnnotation.IndexNullSortOrder);

        // Only a btree is ordered; for other methods the provider leaves the order out too.
        var isOrdered = method is null || method == new Identifier("btree");
        return operation.Columns.Select((column, position) => new IndexKey
        {
            Column = new Identifier(column),
            Collation = At(collations, position) is { Length: > 0 } collation ? new RelationName(collation) : null,
            OperatorClass = At(operators, position) is { Length: > 0 } name ? OperatorClass(name) : null,
            IsDescending = isOrdered && (operation.IsDescending is { } descending
                ? descending.Length == 0 || descending[position]
                : position < sortOrders?.Length && sortOrders[position] == SortOrder.Descending),
            AreNullsFirst = isOrdered && position < nullSortOrders?.Length ? NullsFirst(nullSortOrders[position]) : null,
        }).ToEquatableList();
    }

    static string? At(string[]? values, int position) => position < values?.Length ? values[position] : null;

    static bool? NullsFirst(NullSortOrder order) => order switch
    {
        NullSortOrder.NullsFirst => true,
        NullSortOrder.NullsLast => false,
        _ => null,
    };

    // A dot separates the schema, as the provider reads it.
    static string OperatorClass(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? new Identifier(name).ToString() : new QualifiedName(name[..dot], name[(dot + 1)..]).ToString();
    }

    /// <summary>Takes the storage parameters of an index.</summary>
    public static EquatableList<KeyValuePair<Identifier, string>> StorageParameters(AnnotationSet annotations) =>
        annotations.TakeStorageParameters().OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(new Identifier(pair.Key), pair.Value)).ToEquatableList();
}
