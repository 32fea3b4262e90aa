using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EfRoll.Engine.Sql;

/// <summary>SQL made from an interpolated string whose holes take typed values only, so that the hole decides the quoting.</summary>
/// <remarks>There is no overload for <see cref="string"/>: <c>$"DROP TABLE {name}"</c> does not compile.</remarks>
[InterpolatedStringHandler]
[JsonConverter(typeof(SqlTextJsonConverter))]
public sealed class SqlText : IEquatable<SqlText>
{
    readonly StringBuilder _text;

    /// <summary>Called by the compiler.</summary>
    public SqlText(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + formattedCount * 16);

    SqlText(string text) => _text = new StringBuilder(text);

    /// <summary>No SQL at all.</summary>
    public static SqlText Empty => new("");

    /// <summary>Takes text that is SQL already: what PostgreSQL itself printed, or what an author wrote as a whole statement.</summary>
    public static SqlText Verbatim(string sql) => new(sql);

    /// <summary>Joins parts with a separator.</summary>
    public static SqlText Join(string separator, IEnumerable<SqlText> parts) => new(string.Join(separator, parts));

    /// <summary>A block of PL/pgSQL that is run at once; between quotes where a name in it would end the dollars.</summary>
    internal static SqlText Block(SqlText body) => body.ToString().Contains("$efroll$", StringComparison.Ordinal)
        ? (SqlText)$"DO {Literal.Text(body.ToString())}"
        : $"DO $efroll$\n{body}\n$efroll$";

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string value) => _text.Append(value);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted(Identifier value) => _text.Append(value.ToString());

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted(QualifiedName value) => _text.Append(value.ToString());

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted(Literal value) => _text.Append(value.ToString());

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted(Expression value) => _text.Append(value.ToString());

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted(SqlText value) => _text.Append(value);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted(int value) => _text.Append(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted(long value) => _text.Append(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Called by the compiler; separated by commas.</summary>
    public void AppendFormatted(IEnumerable<Identifier> values) => _text.AppendJoin(", ", values);

    /// <summary>Called by the compiler; separated by commas.</summary>
    public void AppendFormatted(IEnumerable<QualifiedName> values) => _text.AppendJoin(", ", values);

    /// <summary>Called by the compiler; separated by commas.</summary>
    public void AppendFormatted(IEnumerable<SqlText> values) => _text.AppendJoin(", ", values);

    /// <summary>The SQL.</summary>
    public override string ToString() => _text.ToString();

    /// <inheritdoc/>
    public bool Equals(SqlText? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SqlText);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}

sealed class SqlTextJsonConverter : JsonConverter<SqlText>
{
    public override SqlText? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } sql ? SqlText.Verbatim(sql) : null;

    public override void Write(Utf8JsonWriter writer, SqlText value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
