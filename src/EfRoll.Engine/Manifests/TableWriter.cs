using System.Text.Json;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Manifests;

/// <summary>Writes tables, columns, constraints and indexes.</summary>
static class TableWriter
{
    public static void WriteCreateTable(Utf8JsonWriter json, CreateTable table)
    {
        OperationWriter.WriteRelation(json, "name", table.Name);
        if (table.Comment is { } comment)
            json.WriteString("comment", comment);
        OperationWriter.WriteFlag(json, "unlogged", table.IsUnlogged);
        WriteParameters(json, table.StorageParameters.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        json.WriteStartArray("columns");
        foreach (var column in table.Columns)
            WriteColumn(json, column);
        json.WriteEndArray();

        json.WriteStartArray("constraints");
        if (table.PrimaryKey is { } primaryKey)
            WriteInObject(json, () => WriteKey(json, ManifestFormat.PrimaryKey, primaryKey));
        foreach (var unique in table.UniqueConstraints)
            WriteInObject(json, () => WriteKey(json, ManifestFormat.Unique, unique));
        foreach (var check in table.Checks)
            WriteInObject(json, () => WriteCheck(json, check));
        foreach (var foreignKey in table.ForeignKeys)
            WriteInObject(json, () => WriteForeignKey(json, foreignKey));
        json.WriteEndArray();
    }

    public static void WriteAlterTable(Utf8JsonWriter json, AlterTable alter)
    {
        OperationWriter.WriteRelation(json, "table", alter.Table);
        if (alter.IsUnlogged is { } unlogged)
            json.WriteBoolean("unlogged", unlogged);
        WriteParameters(json, alter.StorageParameters);
        OperationWriter.WriteFlag(json, "in_place", alter.IsInPlace);
    }

    static void WriteParameters(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, string?>> parameters)
    {
        json.WriteStartObject("storage_parameters");
        foreach (var (name, value) in parameters)
            json.WriteString(name, value);
        json.WriteEndObject();
    }

    public static void WriteColumn(Utf8JsonWriter json, ColumnDefinition column)
    {
        json.WriteStartObject();
        json.WriteString("name", column.Name.Value);
        json.WriteString("type", column.Type);
        json.WriteBoolean("nullable", column.IsNullable);
        if (column.Default is { } value)
            json.WriteString("default", value);
        if (column.Identity is not null || column.Generated is not null)
        {
            WriteGenerated(json, new ValueSource
            {
                Numbering = column.Identity switch { IdentityKind.ByDefault => Numbering.ByDefault, IdentityKind.Always => Numbering.Always, _ => Numbering.None },
                SequenceOptions = column.IdentityOptions,
                Generated = column.Generated,
                Expression = column.GenerationExpression,
            });
        }

        if (column.Collation is { } collation)
            OperationWriter.WriteRelation(json, "collation", collation);
        if (column.Compression is { } compression)
            json.WriteString("compression", compression);
        if (column.Comment is { } comment)
            json.WriteString("comment", comment);
        json.WriteEndObject();
    }

    public static void WriteKey(Utf8JsonWriter json, string type, KeyDefinition key)
    {
        WriteNameAndType(json, key.Name, type);
        WriteNames(json, "columns", key.Columns);
        OperationWriter.WriteFlag(json, "deferrable", key.IsDeferrable);
        OperationWriter.WriteFlag(json, "initially_deferred", key.IsDeferred);
        OperationWriter.WriteFlag(json, "nulls_not_distinct", key.AreNullsEqual);
        if (key.Include.Count == 0 && key.StorageParameters.Count == 0)
            return;
        json.WriteStartObject("index_parameters");
        WriteNames(json, "include_columns", key.Include);
        if (key.StorageParameters.Count > 0)
            WriteParameters(json, key.StorageParameters.Select(pair => KeyValuePair.Create(pair.Key.Value, (string?)pair.Value)));
        json.WriteEndObject();
    }

    public static void WriteCheck(Utf8JsonWriter json, CheckDefinition check)
    {
        WriteNameAndType(json, check.Name, ManifestFormat.Check);
        json.WriteString("check", check.Condition.Text);
        OperationWriter.WriteFlag(json, "no_inherit", check.IsNoInherit);
    }

    public static void WriteForeignKey(Utf8JsonWriter json, ForeignKeyDefinition key)
    {
        WriteNameAndType(json, key.Name, ManifestFormat.ForeignKey);
        WriteNames(json, "columns", key.Columns);
        json.WriteStartObject("references");
        OperationWriter.WriteRelation(json, "table", key.ReferencedTable);
        if (key.ReferencedColumns.Count > 0)
            WriteNames(json, "columns", key.ReferencedColumns);
        if (key.IsMatchFull)
            json.WriteString("match_type", "FULL");
        json.WriteString("on_delete", key.OnDelete);
        json.WriteString("on_update", key.OnUpdate);
        if (key.SetColumns.Count > 0)
            WriteNames(json, "on_delete_set_columns", key.SetColumns);
        json.WriteEndObject();
        OperationWriter.WriteFlag(json, "deferrable", key.IsDeferrable);
        OperationWriter.WriteFlag(json, "initially_deferred", key.IsDeferred);
    }

    public static void WriteIndex(Utf8JsonWriter json, CreateIndex index)
    {
        json.WriteString("name", index.Name.Value);
        OperationWriter.WriteRelation(json, "table", index.Table);
        json.WriteStartArray("columns");
        foreach (var key in index.Keys)
            WriteInObject(json, () => WriteIndexKey(json, key));
        json.WriteEndArray();
        OperationWriter.WriteFlag(json, "unique", index.IsUnique);
        if (index.Method is { } method)
            json.WriteString("method", method.Value);
        if (index.Include.Count > 0)
            WriteNames(json, "include", index.Include);
        OperationWriter.WriteExpression(json, "predicate", index.Filter);
        OperationWriter.WriteFlag(json, "nulls_not_distinct", index.AreNullsEqual);
        if (index.StorageParameters.Count == 0)
            return;
        WriteParameters(json, index.StorageParameters.Select(pair => KeyValuePair.Create(pair.Key.Value, (string?)pair.Value)));
    }

    static void WriteIndexKey(Utf8JsonWriter json, IndexKey key)
    {
        if (key.Column is { } column)
            json.WriteString("column", column.Value);
        OperationWriter.WriteExpression(json, "expression", key.Expression);
        if (key.Collation is { } collation)
            OperationWriter.WriteRelation(json, "collate", collation);
        if (key.OperatorClass is { } operatorClass)
            json.WriteString("opclass", operatorClass);
        if (key.IsDescending)
            json.WriteString("sort", "DESC");
        if (key.AreNullsFirst is { } first)
            json.WriteString("nulls", first ? "FIRST" : "LAST");
    }

    public static void WriteGenerated(Utf8JsonWriter json, ValueSource source)
    {
        json.WriteStartObject("generated");
        if (source.Generated is { } generated)
        {
            json.WriteString("expression", source.Expression);
            OperationWriter.WriteFlag(json, "virtual", generated == GeneratedKind.Virtual);
        }

        OperationWriter.WriteFlag(json, "serial", source.Numbering == Numbering.Serial);
        if (source.Numbering is Numbering.ByDefault or Numbering.Always)
        {
            json.WriteStartObject("identity");
            json.WriteString("user_specified_values", source.Numbering == Numbering.Always ? ManifestFormat.Always : ManifestFormat.ByDefault);
            if (source.SequenceOptions is { } options)
                json.WriteString("sequence_options", options);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    static void WriteNameAndType(Utf8JsonWriter json, Identifier? name, string type)
    {
        if (name is { } given)
            json.WriteString("name", given.Value);
        json.WriteString("type", type);
    }

    static void WriteNames(Utf8JsonWriter json, string field, IEnumerable<Identifier> names)
    {
        json.WriteStartArray(field);
        foreach (var name in names)
            json.WriteStringValue(name.Value);
        json.WriteEndArray();
    }

    static void WriteInObject(Utf8JsonWriter json, Action write)
    {
        json.WriteStartObject();
        write();
        json.WriteEndObject();
    }
}
