using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;

namespace EfRoll.Engine.Manifests;

/// <summary>Reads tables and columns, with the constraints that stand at a column.</summary>
static class TableReader
{
    public static CreateTable ReadCreateTable(NodeFields fields)
    {
        var name = fields.Relation("name");
        fields.Require("columns");
        var columns = fields.List("columns").Select(ReadColumn).ToList();
        var constraints = fields.List("constraints").Select(ConstraintReader.ReadDefinition).ToList();
        var comment = fields.OptionalText("comment");
        var isUnlogged = fields.Flag("unlogged");
        var parameters = ReadParameters(fields).Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value!)).ToEquatableList();

        var keyColumns = columns.Where(column => column.IsKey).Select(column => column.Definition.Name).ToEquatableList();
        var primaryKeys = constraints.OfType<PrimaryKeyPart>().Select(part => part.Key).ToList();
        if (keyColumns.Count > 0)
            primaryKeys.Insert(0, new KeyDefinition(null, keyColumns));
        if (primaryKeys.Count > 1)
            throw ManifestMistakes.DuplicateField("primary key", fields.Location);
        return new CreateTable(name, columns.Select(column => column.Definition).ToEquatableList())
        {
            PrimaryKey = primaryKeys.FirstOrDefault(),
            UniqueConstraints = columns.Where(column => column.IsUnique).Select(column => new KeyDefinition(null, [column.Definition.Name]))
                .Concat(constraints.OfType<UniquePart>().Select(part => part.Key)).ToEquatableList(),
            Checks = columns.Select(column => column.Check).OfType<CheckDefinition>()
                .Concat(constraints.OfType<CheckPart>().Select(part => part.Check)).ToEquatableList(),
            ForeignKeys = columns.Select(column => column.ForeignKey).OfType<ForeignKeyDefinition>()
                .Concat(constraints.OfType<ForeignKeyPart>().Select(part => part.ForeignKey)).ToEquatableList(),
            Comment = comment,
            IsUnlogged = isUnlogged,
            StorageParameters = parameters,
        };
    }

    public static AlterTable ReadAlterTable(NodeFields fields) => new(fields.Relation("table"))
    {
        IsUnlogged = fields.OptionalFlag("unlogged"),
        StorageParameters = ReadParameters(fields),
        IsInPlace = fields.Flag("in_place"),
    };

    static EquatableList<KeyValuePair<string, string?>> ReadParameters(NodeFields fields) =>
        fields.Given("storage_parameters")?.AsObject("storage_parameters").Settings() ?? [];

    public static IEnumerable<Operation> ReadAddColumn(NodeFields fields)
    {
        var table = fields.Relation("table");
        var column = ReadColumn(fields.Require("column"));
        var name = column.Definition.Name;
        yield return new AddColumn(table, column.Definition) { Up = fields.OptionalExpression("up"), IsInPlace = fields.Flag("in_place") };
        if (column.IsKey)
            yield return new AddPrimaryKey(table, new KeyDefinition(null, [name]));
        if (column.IsUnique)
            yield return new AddUniqueConstraint(table, new KeyDefinition(null, [name]));
        if (column.Check is { } check)
            yield return new AddCheckConstraint(table, check);
        if (column.ForeignKey is { } foreignKey)
            yield return new AddForeignKey(table, foreignKey);
    }

    static ColumnPart ReadColumn(ManifestNode node)
    {
        var fields = node.AsObject("column");
        var name = fields.Name("name");
        var definition = new ColumnDefinition(name, fields.Text("type"))
        {
            IsNullable = fields.Flag("nullable"),
            Default = fields.OptionalText("default"),
            Collation = fields.OptionalRelation("collation"),
            Compression = fields.OptionalText("compression"),
            Comment = fields.OptionalText("comment"),
        };
        if (fields.OptionalObject("generated") is { } generated)
        {
            var source = ReadGenerated(generated, mayBeSerial: false);
            definition = definition with
            {
                Identity = source.Numbering switch { Numbering.ByDefault => IdentityKind.ByDefault, Numbering.Always => IdentityKind.Always, _ => null },
                IdentityOptions = source.SequenceOptions,
                Generated = source.Generated,
                GenerationExpression = source.Expression,
            };
        }

        var part = new ColumnPart(
            definition,
            fields.Flag("pk"),
            fields.Flag("unique"),
            fields.OptionalObject("check") is { } check ? ConstraintReader.ReadColumnCheck(check) : null,
            fields.OptionalObject("references") is { } references ? ConstraintReader.ReadColumnReference(references, name) : null);
        fields.End();
        return part;
    }

    /// <summary>Reads <c>generated</c>; an empty one says that nothing makes the values.</summary>
    public static ValueSource ReadGenerated(NodeFields fields, bool mayBeSerial)
    {
        var expression = fields.NonEmptyText("expression");
        var kind = fields.Flag("virtual") ? GeneratedKind.Virtual : GeneratedKind.Stored;
        var source = new ValueSource { Numbering = mayBeSerial && fields.Flag("serial") ? Numbering.Serial : Numbering.None };
        if (fields.OptionalObject("identity") is { } identity)
        {
            source = source with
            {
                Numbering = identity.Choice("user_specified_values", ManifestFormat.Always, ManifestFormat.ByDefault) == ManifestFormat.ByDefault
                    ? Numbering.ByDefault
                    : Numbering.Always,
                SequenceOptions = identity.NonEmptyText("sequence_options"),
            };
            identity.End();
        }

        fields.End();
        return expression is null ? source : source with { Generated = kind, Expression = expression };
    }

    sealed record ColumnPart(ColumnDefinition Definition, bool IsKey, bool IsUnique, CheckDefinition? Check, ForeignKeyDefinition? ForeignKey);
}
