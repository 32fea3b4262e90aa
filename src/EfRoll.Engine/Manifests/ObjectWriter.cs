using System.Text.Json;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Manifests;

/// <summary>Writes operations on what stands beside tables.</summary>
static class ObjectWriter
{
    /// <summary>Writes one, or says that it is none of these.</summary>
    public static bool TryWrite(Utf8JsonWriter json, Operation operation)
    {
        switch (operation)
        {
            case CreateSchema create:
                json.WriteStartObject("create_schema");
                json.WriteString("name", create.Name.Value);
                return true;
            case DropSchema drop:
                json.WriteStartObject("drop_schema");
                json.WriteString("name", drop.Name.Value);
                return true;
            case CreateExtension create:
                json.WriteStartObject("create_extension");
                json.WriteString("name", create.Name.Value);
                WriteText(json, "schema", create.Schema?.Value);
                WriteText(json, "version", create.Version);
                return true;
            case CreateEnumType create:
                json.WriteStartObject("create_enum");
                WriteEnum(json, create.Name, create.Labels);
                return true;
            case AlterEnumType alter:
                json.WriteStartObject("alter_enum");
                WriteEnum(json, alter.Name, alter.Labels);
                return true;
            case CreateRange create:
                json.WriteStartObject("create_range");
                OperationWriter.WriteRelation(json, "name", create.Name);
                json.WriteString("subtype", create.Subtype);
                WriteText(json, "canonical", create.Canonical);
                WriteText(json, "operator_class", create.OperatorClass);
                WriteText(json, "collation", create.Collation);
                WriteText(json, "difference", create.Difference);
                return true;
            case DropType drop:
                json.WriteStartObject("drop_type");
                OperationWriter.WriteRelation(json, "name", drop.Name);
                return true;
            case CreateCollation create:
                json.WriteStartObject("create_collation");
                OperationWriter.WriteRelation(json, "name", create.Name);
                json.WriteString("collate", create.Collate);
                json.WriteString("ctype", create.CharacterType);
                WriteText(json, "provider", create.Provider);
                if (create.IsDeterministic is { } deterministic)
                    json.WriteBoolean("deterministic", deterministic);
                return true;
            case DropCollation drop:
                json.WriteStartObject("drop_collation");
                OperationWriter.WriteRelation(json, "name", drop.Name);
                return true;
            case CreateSequence create:
                json.WriteStartObject("create_sequence");
                WriteCreateSequence(json, create);
                return true;
            case AlterSequence alter:
                json.WriteStartObject("alter_sequence");
                WriteAlterSequence(json, alter);
                return true;
            case RestartSequence restart:
                json.WriteStartObject("restart_sequence");
                OperationWriter.WriteRelation(json, "name", restart.Name);
                WriteNumber(json, "start", restart.Start);
                return true;
            case RenameSequence rename:
                json.WriteStartObject("rename_sequence");
                OperationWriter.WriteRelation(json, "from", rename.Name);
                OperationWriter.WriteRelation(json, "to", rename.NewName);
                return true;
            case DropSequence drop:
                json.WriteStartObject("drop_sequence");
                OperationWriter.WriteRelation(json, "name", drop.Name);
                return true;
            default:
                return false;
        }
    }

    static void WriteCreateSequence(Utf8JsonWriter json, CreateSequence create)
    {
        OperationWriter.WriteRelation(json, "name", create.Name);
        json.WriteString("type", create.Type);
        WriteNumber(json, "start", create.Start);
        json.WriteNumber("increment", create.Increment);
        WriteNumber(json, "minimum", create.Minimum);
        WriteNumber(json, "maximum", create.Maximum);
        json.WriteNumber("cache", create.Cache);
        OperationWriter.WriteFlag(json, "cycle", create.IsCyclic);
    }

    static void WriteAlterSequence(Utf8JsonWriter json, AlterSequence alter)
    {
        OperationWriter.WriteRelation(json, "name", alter.Name);
        WriteNumber(json, "increment", alter.Increment);
        WriteBound(json, "minimum", alter.Minimum);
        WriteBound(json, "maximum", alter.Maximum);
        WriteNumber(json, "cache", alter.Cache);
        if (alter.IsCyclic is { } cyclic)
            json.WriteBoolean("cycle", cyclic);
    }

    static void WriteEnum(Utf8JsonWriter json, RelationName name, EquatableList<string> labels)
    {
        OperationWriter.WriteRelation(json, "name", name);
        json.WriteStartArray("labels");
        foreach (var label in labels)
            json.WriteStringValue(label);
        json.WriteEndArray();
    }

    static void WriteText(Utf8JsonWriter json, string field, string? text)
    {
        if (text is not null)
            json.WriteString(field, text);
    }

    static void WriteBound(Utf8JsonWriter json, string field, SequenceBound? bound)
    {
        if (bound is { Value: null })
            json.WriteNull(field);
        else
            WriteNumber(json, field, bound?.Value);
    }

    static void WriteNumber(Utf8JsonWriter json, string field, long? number)
    {
        if (number is { } value)
            json.WriteNumber(field, value);
    }
}
