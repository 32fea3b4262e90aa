using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Manifests;

/// <summary>Reads pgroll's <c>alter_column</c>, which can rename and constrain a column besides changing it.</summary>
static class AlterColumnReader
{
    public static IEnumerable<Operation> Read(NodeFields fields)
    {
        var table = fields.Relation("table");
        var column = fields.Name("column");
        var newName = fields.OptionalName("name") ?? column;
        var alter = new AlterColumn(table, newName)
        {
            Type = fields.NonEmptyText("type"),
            Collation = fields.OptionalRelation("collation"),
            IsNullable = fields.OptionalFlag("nullable"),
            ValueSource = fields.OptionalObject("generated") is { } generated ? TableReader.ReadGenerated(generated, mayBeSerial: true) : null,
            SequenceChanges = fields.NonEmptyText("sequence_changes"),
            Default = fields.Setting("default"),
            Compression = fields.Setting("compression"),
            Comment = fields.Setting("comment"),
            Up = fields.OptionalExpression("up"),
            Down = fields.OptionalExpression("down"),
            UpFill = fields.OptionalExpression("up_fill"),
            DownFill = fields.OptionalExpression("down_fill"),
            IsInPlace = fields.Flag("in_place"),
        };
        var check = fields.OptionalObject("check") is { } checkFields ? ConstraintReader.ReadColumnCheck(checkFields) : null;
        var unique = fields.OptionalObject("unique") is { } uniqueFields ? ReadUnique(uniqueFields, newName) : null;
        var foreignKey = fields.OptionalObject("references") is { } references ? ConstraintReader.ReadColumnReference(references, newName) : null;

        // pgroll asks for up and down also where they say nothing; where neither type nor nullability changes, they would cost a rewrite.
        if (alter is { Type: null, IsNullable: null })
            alter = alter with { Up = alter.Up.Unless(column), Down = alter.Down.Unless(newName) };
        var changes = alter != new AlterColumn(table, newName);
        var isOnlyItself = !changes && newName == column && check is null && unique is null && foreignKey is null;

        // Older files rename here. Their up and check use the old name, their down the new one.
        if (newName != column)
            yield return new RenameColumn(table, column, newName);
        if (changes || isOnlyItself)
            yield return alter;
        if (check is not null)
        {
            if (newName != column)
                yield return new RenameColumn(table, newName, column);
            yield return new AddCheckConstraint(table, check);
            if (newName != column)
                yield return new RenameColumn(table, column, newName);
        }

        if (unique is not null)
            yield return new AddUniqueConstraint(table, unique);
        if (foreignKey is not null)
            yield return new AddForeignKey(table, foreignKey);
    }

    static KeyDefinition ReadUnique(NodeFields fields, Identifier column)
    {
        var key = new KeyDefinition(fields.OptionalName("name"), [column]);
        fields.End();
        return key;
    }
}
