using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Manifests;

/// <summary>Reads one operation of a migration file. An operation of pgroll's can be several of ours.</summary>
static class OperationReader
{
    static readonly string[] Known =
    [
        "create_table", "drop_table", "rename_table", "comment_table", "alter_table", "add_column", "drop_column", "alter_column", "rename_column", "create_index",
        "drop_index", "rename_index", "create_constraint", "drop_constraint", "drop_multicolumn_constraint", "rename_constraint", "sql",
        .. ObjectReader.Known,
    ];

    /// <summary>Reads an element of <c>operations</c>; in a built manifest it says itself where it comes from.</summary>
    public static IEnumerable<Operation> Read(ManifestNode node, bool isBuilt)
    {
        if (node.Kind != NodeKind.Object)
            throw ManifestMistakes.WrongType("operations", "a list of objects", node.Describe(), node.Location);
        var verbs = node.Fields.Where(field => field.Key is not ("source" or "accept")).ToList();
        if (verbs is not [var (name, body)])
            throw ManifestMistakes.MissingField(verbs.Count == 0 ? "the operation's name" : "a line of its own for each operation", "The operation", node.Location);
        var source = node.Fields.Find(field => field.Key == "source").Value is { } written ? ReadSource(written) : isBuilt ? null : node.Location;
        var accepted = node.Fields.Find(field => field.Key == "accept").Value is { } acceptances ? ReadAccepted(acceptances) : [];
        try
        {
            // Read to the end here, so that what is wrong gets this place.
            return [.. Read(name, body, node.Location).Select(operation => operation with { Source = source, Accepted = accepted })];
        }
        catch (EfRollException exception)
        {
            throw exception.At(body.Location);
        }
    }

    /// <summary>Reads where something comes from.</summary>
    public static SourceLocation ReadSource(ManifestNode node)
    {
        var fields = node.AsObject("source");
        var source = new SourceLocation(
            fields.OptionalText("migration") ?? node.Origin.Migration, fields.OptionalText("file"), fields.OptionalNumber("line"), fields.OptionalNumber("column"));
        fields.End();
        return source;
    }

    // Codes of findings, each with the reason why its author wants it so.
    static EquatableList<Acceptance> ReadAccepted(ManifestNode node)
    {
        if (node.Kind != NodeKind.Object)
            throw ManifestMistakes.WrongType("accept", "an object: a code, and why it is accepted", node.Describe(), node.Location);
        return node.Fields.Select(field => new Acceptance(field.Key, field.Value.AsText(field.Key))).ToEquatableList();
    }

    static List<Operation> Read(string name, ManifestNode body, SourceLocation place)
    {
        if (name == "set_replica_identity")
            throw ManifestMistakes.NotSupported(name, "Set it by an sql operation with onComplete: true.", place);
        if (!Known.Contains(name))
            throw ManifestMistakes.UnknownOperation(name, Known, place);

        var fields = body.AsObject(name);
        var operations = ReadBody(name, fields).ToList();
        fields.End();
        return operations;
    }

    static IEnumerable<Operation> ReadBody(string name, NodeFields fields) => name switch
    {
        "create_table" => [TableReader.ReadCreateTable(fields)],
        "drop_table" => [new DropTable(fields.Relation("name"))],
        "rename_table" => [new RenameTable(fields.Relation("from"), fields.Relation("to"))],
        "comment_table" => [new CommentTable(fields.Relation("table"), fields.OptionalText("comment"))],
        "alter_table" => [TableReader.ReadAlterTable(fields)],
        "add_column" => TableReader.ReadAddColumn(fields),
        "drop_column" => [new DropColumn(fields.Relation("table"), fields.Name("column"))
        {
            Down = fields.OptionalExpression("down"),
            DownFill = fields.OptionalExpression("down_fill"),
        }],
        "alter_column" => AlterColumnReader.Read(fields),
        "rename_column" => [new RenameColumn(fields.Relation("table"), fields.Name("from"), fields.Name("to"))],
        "create_index" => [IndexReader.Read(fields)],
        "drop_index" => [new DropIndex(fields.Relation("name"))],
        "rename_index" => [new RenameIndex(fields.Relation("from"), fields.Name("to"))],
        "create_constraint" => ConstraintReader.ReadCreate(fields),
        "drop_constraint" => ConstraintReader.ReadDrop(fields),
        "drop_multicolumn_constraint" => ConstraintReader.ReadDropMultiColumn(fields),
        "rename_constraint" => [new RenameConstraint(fields.Relation("table"), fields.Name("from"), fields.Name("to"))],
        "sql" => [ReadSql(fields)],
        _ => [ObjectReader.Read(name, fields)],
    };

    static RunSql ReadSql(NodeFields fields)
    {
        var (down, keepsRows) = (fields.OptionalText("down"), fields.Flag("keepRows"));
        var (onComplete, anyTime) = (fields.Flag("onComplete"), fields.Flag("anyTime"));
        if (down is not null && keepsRows)
            throw ManifestMistakes.NotSupported("'keepRows' beside 'down'", "Leave out one of them: both say what a rollback does.", fields.Location);
        if (onComplete && anyTime)
            throw ManifestMistakes.NotSupported("'anyTime' beside 'onComplete'", "Leave out one of them: both say when it runs.", fields.Location);
        return new RunSql(fields.Require("up").AsText("up"))
        {
            Down = down ?? (keepsRows ? null : ""),
            Moment = onComplete ? SqlMoment.Complete : anyTime ? SqlMoment.Chosen : SqlMoment.Start,
            IsTransactionSuppressed = fields.OptionalFlag("transaction") == false,
        };
    }
}

/// <summary>What several readers ask of an author's expression.</summary>
static class ExpressionFacts
{
    /// <summary>Whether the expression is the column itself, as pgroll's files must write where nothing changes.</summary>
    public static bool Is(this Expression? expression, Identifier column) =>
        expression?.Text is { } text && (text == column.ToString() || string.Equals(text, column.Value, StringComparison.OrdinalIgnoreCase));

    /// <summary>The expression, unless it is the column itself.</summary>
    public static Expression? Unless(this Expression? expression, Identifier column) => expression.Is(column) ? null : expression;
}
