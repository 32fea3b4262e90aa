using System.Text.Json;
using EfRoll.Engine.Operations;

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
