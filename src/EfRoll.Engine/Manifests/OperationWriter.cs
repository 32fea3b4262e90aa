using System.Text.Json;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Manifests;

/// <summary>Writes operations in pgroll's words, and in words of our own where pgroll has none.</summary>
static class OperationWriter
{
    public static void Write(Utf8JsonWriter json, Operation operation, string migration)
    {
        json.WriteStartObject();
        switch (operation)
        {
            case CreateTable create:
                json.WriteStartObject("create_table");
                TableWriter.WriteCreateTable(json, create);
                break;
            case DropTable drop:
                json.WriteStartObject("drop_table");
                WriteRelation(json, "name", drop.Name);
                break;
            case RenameTable rename:
                json.WriteStartObject("rename_table");
                WriteRelation(json, "from", rename.Name);
                WriteRelation(json, "to", rename.NewName);
                break;
            case CommentTable comment:
                json.WriteStartObject("comment_table");
                WriteRelation(json, "table", comment.Table);
                json.WriteString("comment", comment.Comment);
                break;
            case AlterTable alter:
                json.WriteStartObject("alter_table");
                TableWriter.WriteAlterTable(json, alter);
                break;
            case AddColumn add:
                json.WriteStartObject("add_column");
                WriteRelation(json, "table", add.Table);
                json.WritePropertyName("column");
                TableWriter.WriteColumn(json, add.Column);
                WriteExpression(json, "up", add.Up);
                WriteFlag(json, "in_place", add.IsInPlace);
                break;
            case DropColumn drop:
                json.WriteStartObject("drop_column");
                WriteRelation(json, "table", drop.Table);
                json.WriteString("column", drop.Column.Value);
                WriteExpression(json, "down", drop.Down);
                WriteExpression(json, "down_fill", drop.DownFill);
                break;
            case AlterColumn alter:
                json.WriteStartObject("alter_column");
                WriteAlterColumn(json, alter);
                break;
            case RenameColumn rename:
                json.WriteStartObject("rename_column");
                WriteRelation(json, "table", rename.Table);
                json.WriteString("from", rename.Name.Value);
                json.WriteString("to", rename.NewName.Value);
                break;
            case CreateIndex index:
                json.WriteStartObject("create_index");
                TableWriter.WriteIndex(json, index);
                break;
            case DropIndex drop:
                json.WriteStartObject("drop_index");
                WriteRelation(json, "name", drop.Name);
                break;
            case RenameIndex rename:
                json.WriteStartObject("rename_index");
                WriteRelation(json, "from", rename.Name);
                json.WriteString("to", rename.NewName.Value);
                break;
            case AddPrimaryKey add:
                json.WriteStartObject("create_constraint");
                WriteRelation(json, "table", add.Table);
                TableWriter.WriteKey(json, ManifestFormat.PrimaryKey, add.Key);
                break;
            case AddUniqueConstraint add:
                json.WriteStartObject("create_constraint");
                WriteRelation(json, "table", add.Table);
                TableWriter.WriteKey(json, ManifestFormat.Unique, add.Key);
                break;
            case AddCheckConstraint add:
                json.WriteStartObject("create_constraint");
                WriteRelation(json, "table", add.Table);
                TableWriter.WriteCheck(json, add.Check);
                break;
            case AddForeignKey add:
                json.WriteStartObject("create_constraint");
                WriteRelation(json, "table", add.Table);
                TableWriter.WriteForeignKey(json, add.ForeignKey);
                break;
            case DropConstraint drop:
                json.WriteStartObject("drop_constraint");
                WriteRelation(json, "table", drop.Table);
                json.WriteString("name", drop.Name.Value);
                if (drop.Kind is { } kind)
                    json.WriteString("type", TypeOf(kind));
                break;
            case RenameConstraint rename:
                json.WriteStartObject("rename_constraint");
                WriteRelation(json, "table", rename.Table);
                json.WriteString("from", rename.Name.Value);
                json.WriteString("to", rename.NewName.Value);
                break;
            case RunSql sql:
                json.WriteStartObject("sql");
                json.WriteString("up", sql.Sql);
                if (sql.Down is null)
                    json.WriteBoolean("keepRows", true);
                else
                    json.WriteString("down", sql.Down);
                WriteFlag(json, "onComplete", sql.Moment == SqlMoment.Complete);
                WriteFlag(json, "anyTime", sql.Moment == SqlMoment.Chosen);
                if (sql.IsTransactionSuppressed)
                    json.WriteBoolean("transaction", false);
                break;
            case var other when ObjectWriter.TryWrite(json, other):
                break;
            default:
                throw new InvalidOperationException($"{operation.GetType().Name} has no form in a manifest.");
        }

        json.WriteEndObject();
        if (operation.Accepted.Count > 0)
        {
            json.WriteStartObject("accept");
            foreach (var acceptance in operation.Accepted)
                json.WriteString(acceptance.Code, acceptance.Reason);
            json.WriteEndObject();
        }

        WriteSource(json, operation.Source, migration);
        json.WriteEndObject();
    }

    public static void WriteSource(Utf8JsonWriter json, SourceLocation? source, string migration)
    {
        if (source is null)
            return;
        json.WriteStartObject("source");
        if (source.Migration != migration)
            json.WriteString("migration", source.Migration);
        if (source.File is { } file)
            json.WriteString("file", file);
        if (source.Line is { } line)
            json.WriteNumber("line", line);
        if (source.Column is { } column)
            json.WriteNumber("column", column);
        json.WriteEndObject();
    }

    public static void WriteRelation(Utf8JsonWriter json, string field, RelationName name)
    {
        if (name.Schema is not { } schema)
        {
            json.WriteString(field, name.Name.Value);
            return;
        }

        json.WriteStartObject(field);
        json.WriteString("schema", schema.Value);
        json.WriteString("name", name.Name.Value);
        json.WriteEndObject();
    }

    public static void WriteExpression(Utf8JsonWriter json, string field, Expression? expression)
    {
        if (expression is not null)
            json.WriteString(field, expression.Text);
    }

    public static void WriteFlag(Utf8JsonWriter json, string field, bool value)
    {
        if (value)
            json.WriteBoolean(field, true);
    }

    static void WriteAlterColumn(Utf8JsonWriter json, AlterColumn alter)
    {
        WriteRelation(json, "table", alter.Table);
        json.WriteString("column", alter.Column.Value);
        if (alter.Type is { } type)
            json.WriteString("type", type);
        if (alter.Collation is { } collation)
            WriteRelation(json, "collation", collation);
        if (alter.IsNullable is { } nullable)
            json.WriteBoolean("nullable", nullable);
        if (alter.ValueSource is { } source)
            TableWriter.WriteGenerated(json, source);
        if (alter.SequenceChanges is { } changes)
            json.WriteString("sequence_changes", changes);
        if (alter.Default is { } value)
            json.WriteString("default", value.Value);
        if (alter.Compression is { } compression)
            json.WriteString("compression", compression.Value);
        if (alter.Comment is { } comment)
            json.WriteString("comment", comment.Value);
        WriteExpression(json, "up", alter.Up);
        WriteExpression(json, "down", alter.Down);
        WriteExpression(json, "up_fill", alter.UpFill);
        WriteExpression(json, "down_fill", alter.DownFill);
        WriteFlag(json, "in_place", alter.IsInPlace);
    }

    static string TypeOf(ConstraintKind kind) => kind switch
    {
        ConstraintKind.PrimaryKey => ManifestFormat.PrimaryKey,
        ConstraintKind.Unique => ManifestFormat.Unique,
        ConstraintKind.Check => ManifestFormat.Check,
        ConstraintKind.ForeignKey => ManifestFormat.ForeignKey,
        _ => ManifestFormat.Exclusion,
    };
}
