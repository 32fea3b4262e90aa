using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Manifests;

/// <summary>Reads <c>create_index</c>.</summary>
static class IndexReader
{
    public static CreateIndex Read(NodeFields fields)
    {
        var columns = fields.Require("columns");
        var keys = columns.Kind == NodeKind.Object
            ? columns.Fields.Select(field => ReadKey(field.Value, new Identifier(field.Key)))
            : columns.AsList("columns").Select(item => item.Kind == NodeKind.Text ? IndexKey.On(new Identifier(item.Scalar)) : ReadKey(item, null));
        return new CreateIndex(fields.Relation("table"), fields.Name("name"), keys.ToEquatableList())
        {
            IsUnique = fields.Flag("unique"),
            Method = fields.OptionalName("method"),
            Include = fields.Names("include"),
            Filter = fields.OptionalExpression("predicate"),
            AreNullsEqual = fields.Flag("nulls_not_distinct"),
            StorageParameters = fields.Given("storage_parameters") is { } parameters ? ReadStorageParameters(parameters) : [],
        };
    }

    static IndexKey ReadKey(ManifestNode node, Identifier? column)
    {
        // As a map, a column without settings may have nothing at all behind it.
        if (column is { } bare && node.Kind == NodeKind.Null)
            return IndexKey.On(bare);
        var fields = node.AsObject("column");
        var key = new IndexKey
        {
            Column = column ?? fields.OptionalName("column"),
            Expression = column is null ? fields.OptionalExpression("expression") : null,
            Collation = fields.OptionalRelation("collate"),
            OperatorClass = fields.Given("opclass") is { } opclass ? ReadOperatorClass(opclass) : null,
            IsDescending = fields.Choice("sort", "ASC", "DESC") == "DESC",
            AreNullsFirst = fields.Choice("nulls", "FIRST", "LAST") is { } nulls ? nulls == "FIRST" : null,
        };
        fields.End();
        if (key.Column is null == key.Expression is null)
            throw ManifestMistakes.MissingField("column", "A key of the index", node.Location);
        return key;
    }

    static string? ReadOperatorClass(ManifestNode node)
    {
        if (node.Kind != NodeKind.Object)
            return node.AsText("opclass");
        var fields = node.AsObject("opclass");
        var name = fields.NonEmptyText("name");
        var parameters = fields.List("params").Select(item => item.AsText("params")).ToList();
        fields.End();
        return name is null || parameters.Count == 0 ? name : $"{name} ({string.Join(", ", parameters)})";
    }

    /// <summary>Reads storage parameters of an index: an object, or pgroll's text.</summary>
    public static EquatableList<KeyValuePair<Identifier, string>> ReadStorageParameters(ManifestNode node)
    {
        if (node.Kind == NodeKind.Object)
        {
            return node.Fields.Select(field => KeyValuePair.Create(new Identifier(field.Key), field.Value.AsText($"storage_parameters.{field.Key}")))
                .ToEquatableList();
        }

        var text = node.AsText("storage_parameters");
        return text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(parameter => parameter.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, { Length: > 0 } value]
                ? KeyValuePair.Create(new Identifier(name), value)
                : throw ManifestMistakes.WrongType("storage_parameters", "a list such as 'fillfactor = 70'", $"'{text}'", node.Location))
            .ToEquatableList();
    }
}
