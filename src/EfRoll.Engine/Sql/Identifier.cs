using System.Text.Json;
using System.Text.Json.Serialization;
using EfRoll.Engine.Errors;
using EfRoll.Shared;

namespace EfRoll.Engine.Sql;

/// <summary>A name in the database, compared as PostgreSQL stores it and always written in quotes.</summary>
[JsonConverter(typeof(IdentifierJsonConverter))]
public readonly record struct Identifier : IComparable<Identifier>
{
    /// <summary>The longest name PostgreSQL keeps, in bytes of UTF-8.</summary>
    public const int MaxBytes = 63;

    readonly string? _value;

    /// <summary>Takes a name as an author writes it; what is over 63 bytes is cut off, as PostgreSQL does.</summary>
    public Identifier(string value)
    {
        if (string.IsNullOrEmpty(value) || value.Contains('\0'))
            throw Mistakes.InvalidName(value);
        _value = VersionSchema.Cut(value, MaxBytes);
    }

    /// <summary>The bare name, without quotes.</summary>
    public string Value => _value ?? throw new InvalidOperationException("An identifier was used before it was given a name.");

    /// <summary>Writes the name in double quotes.</summary>
    public override string ToString() => $"\"{Value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <inheritdoc/>
    public int CompareTo(Identifier other) => string.CompareOrdinal(_value, other._value);

    /// <summary>Orders names byte by byte.</summary>
    public static bool operator <(Identifier left, Identifier right) => left.CompareTo(right) < 0;

    /// <summary>Orders names byte by byte.</summary>
    public static bool operator >(Identifier left, Identifier right) => left.CompareTo(right) > 0;

    /// <summary>Orders names byte by byte.</summary>
    public static bool operator <=(Identifier left, Identifier right) => left.CompareTo(right) <= 0;

    /// <summary>Orders names byte by byte.</summary>
    public static bool operator >=(Identifier left, Identifier right) => left.CompareTo(right) >= 0;
}

sealed class IdentifierJsonConverter : JsonConverter<Identifier>
{
    public override Identifier Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, Identifier value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);

    public override Identifier ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? "");

    public override void WriteAsPropertyName(Utf8JsonWriter writer, Identifier value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.Value);
}
