using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Manifests;

/// <summary>A constraint of any kind, as a file defines it.</summary>
abstract record ConstraintPart;

sealed record PrimaryKeyPart(KeyDefinition Key) : ConstraintPart;

sealed record UniquePart(KeyDefinition Key) : ConstraintPart;

sealed record CheckPart(CheckDefinition Check) : ConstraintPart;

sealed record ForeignKeyPart(ForeignKeyDefinition ForeignKey) : ConstraintPart;

/// <summary>Reads constraints: those of a new table, and the operations on them.</summary>
static class ConstraintReader
{
    static readonly string[] Types =
        [ManifestFormat.Unique, ManifestFormat.Check, ManifestFormat.PrimaryKey, ManifestFormat.ForeignKey, ManifestFormat.Exclusion];

    public static ConstraintPart ReadDefinition(ManifestNode node)
    {
        var fields = node.AsObject("constraint");
        var part = ReadFields(fields);
        fields.End();
        return part;
    }

    public static IEnumerable<Operation> ReadCreate(NodeFields fields)
    {
        var table = fields.Relation("table");
        var part = ReadFields(fields);
        return
        [
            .. ReadValues(fields, table),
            part switch
            {
                PrimaryKeyPart key => new AddPrimaryKey(table, key.Key),
                UniquePart key => new AddUniqueConstraint(table, key.Key),
                CheckPart check => new AddCheckConstraint(table, check.Check),
                var foreignKey => new AddForeignKey(table, ((ForeignKeyPart)foreignKey).ForeignKey),
            },
        ];
    }

    public static IEnumerable<Operation> ReadDrop(NodeFields fields)
    {
        var table = fields.Relation("table");
        var drop = new DropConstraint(table, fields.Name("name")) { Kind = ReadKind(fields) };
        var up = fields.OptionalExpression("up");
        var down = fields.OptionalExpression("down");
        if (up is null && down is null || up is not null && up.Text == down?.Text)
            return [drop];

        // pgroll looks the column up in the constraint. Its files write the column's name as up wherever nothing changes on the way up.
        return up is not null && IsName(up.Text)
            ? [new AlterColumn(table, new Identifier(up.Text)) { Down = down }, drop]
            : throw ManifestMistakes.ColumnNotNamed("drop_constraint", fields.Location);
    }

    public static IEnumerable<Operation> ReadDropMultiColumn(NodeFields fields)
    {
        var table = fields.Relation("table");
        return [.. ReadValues(fields, table), new DropConstraint(table, fields.Name("name"))];
    }

    public static CheckDefinition ReadColumnCheck(NodeFields fields)
    {
        var check = new CheckDefinition(fields.OptionalName("name"), fields.Expression("constraint")) { IsNoInherit = fields.Flag("no_inherit") };
        fields.End();
        return check;
    }

    public static ForeignKeyDefinition ReadColumnReference(NodeFields fields, Identifier column)
    {
        EquatableList<Identifier> referenced = fields.OptionalName("column") is { } name ? [name] : [];
        var key = ReadReference(fields, new ForeignKeyDefinition(fields.OptionalName("name"), [column], fields.Relation("table"), referenced)) with
        {
            IsDeferrable = fields.Flag("deferrable"),
            IsDeferred = fields.Flag("initially_deferred"),
        };
        fields.End();
        return key;
    }

    static ConstraintPart ReadFields(NodeFields fields)
    {
        var name = fields.OptionalName("name");
        var type = fields.Choice("type", Types) ?? throw ManifestMistakes.MissingField("type", "constraint", fields.Location);
        if (type == ManifestFormat.Exclusion)
            throw ManifestMistakes.NotSupported("An exclusion constraint", "Add it by an sql operation.", fields.Location);
        if (type == ManifestFormat.Check)
        {
            // pgroll lists the columns of a check; which they are is asked of the database.
            _ = fields.Names("columns");
            return new CheckPart(new CheckDefinition(name, fields.Expression("check")) { IsNoInherit = fields.Flag("no_inherit") });
        }

        var columns = fields.RequiredNames("columns");
        var isDeferrable = fields.Flag("deferrable");
        var isDeferred = fields.Flag("initially_deferred");
        if (type == ManifestFormat.ForeignKey)
        {
            var references = fields.Require("references").AsObject("references");
            var foreignKey = ReadReference(references, new ForeignKeyDefinition(name, columns, references.Relation("table"), references.Names("columns"))) with
            {
                IsDeferrable = isDeferrable,
                IsDeferred = isDeferred,
                SetColumns = references.Names("on_delete_set_columns"),
            };
            references.End();
            return new ForeignKeyPart(foreignKey);
        }

        var key = new KeyDefinition(name, columns)
        {
            IsDeferrable = isDeferrable,
            IsDeferred = isDeferred,
            AreNullsEqual = fields.Flag("nulls_not_distinct"),
        };
        if (fields.OptionalObject("index_parameters") is { } parameters)
            key = WithIndexParameters(key, parameters);
        return type == ManifestFormat.PrimaryKey ? new PrimaryKeyPart(key) : new UniquePart(key);
    }

    static ForeignKeyDefinition ReadReference(NodeFields fields, ForeignKeyDefinition key)
    {
        var match = fields.Choice("match_type", "SIMPLE", "FULL", "PARTIAL");
        if (match == "PARTIAL")
            throw ManifestMistakes.NotSupported("match_type PARTIAL", "PostgreSQL does not have it either; use SIMPLE or FULL.", fields.Location);
        return key with
        {
            IsMatchFull = match == "FULL",
            OnDelete = fields.Choice("on_delete", ManifestFormat.Actions) ?? key.OnDelete,
            OnUpdate = fields.Choice("on_update", ManifestFormat.Actions) ?? key.OnUpdate,
        };
    }

    static KeyDefinition WithIndexParameters(KeyDefinition key, NodeFields fields)
    {
        if (fields.NonEmptyText("tablespace") is not null)
            throw ManifestMistakes.NotSupported("'tablespace' of a constraint's index", "Leave it out, and set it on the index afterwards by an sql operation.", fields.Location);
        key = key with
        {
            Include = fields.Names("include_columns"),
            StorageParameters = fields.Given("storage_parameters") is { } parameters ? IndexReader.ReadStorageParameters(parameters) : [],
        };
        fields.End();
        return key;
    }

    static ConstraintKind? ReadKind(NodeFields fields) => fields.Choice("type", Types) switch
    {
        null => null,
        ManifestFormat.Unique => ConstraintKind.Unique,
        ManifestFormat.Check => ConstraintKind.Check,
        ManifestFormat.PrimaryKey => ConstraintKind.PrimaryKey,
        ManifestFormat.ForeignKey => ConstraintKind.ForeignKey,
        _ => ConstraintKind.Exclusion,
    };

    /// <summary>Reads <c>up</c> and <c>down</c> by column; a column that is only itself in both stays as it is.</summary>
    static IEnumerable<AlterColumn> ReadValues(NodeFields fields, RelationName table)
    {
        var up = ReadMap(fields, "up");
        var down = ReadMap(fields, "down");
        foreach (var column in up.Keys.Union(down.Keys))
        {
            var alter = new AlterColumn(table, column)
            {
                Up = up.GetValueOrDefault(column).Unless(column),
                Down = down.GetValueOrDefault(column).Unless(column),
            };
            if (alter.Up is not null || alter.Down is not null)
                yield return alter;
        }
    }

    static Dictionary<Identifier, Expression> ReadMap(NodeFields fields, string field)
    {
        if (fields.Given(field) is not { } node || node is { Kind: NodeKind.Text, Scalar: "" })
            return [];
        if (node.Kind != NodeKind.Object)
            throw ManifestMistakes.WrongType(field, "an object with an expression for each column", node.Describe(), node.Location);
        return node.Fields.ToDictionary(pair => new Identifier(pair.Key), pair => new Expression(pair.Value.AsText($"{field}.{pair.Key}")));
    }

    static bool IsName(string text) =>
        text.All(character => char.IsAsciiLetterOrDigit(character) || character == '_') && !char.IsAsciiDigit(text[0]);
}
