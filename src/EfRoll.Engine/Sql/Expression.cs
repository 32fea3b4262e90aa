using System.Text.Json;
using System.Text.Json.Serialization;
using EfRoll.Engine.Errors;

namespace EfRoll.Engine.Sql;

/// <summary>SQL that an author wrote: a value computed from the columns of one row.</summary>
[JsonConverter(typeof(ExpressionJsonConverter))]
public sealed record Expression
{
    /// <summary>Takes the text as written; a query (<c>SELECT …</c>, <c>WITH …</c>) is read as a scalar subquery.</summary>
    public Expression(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw Mistakes.EmptyExpression();
        if (!SqlTokens.IsContained(text, mayBeList: true))
            throw Mistakes.NotContained("An expression", text);
        Text = text.Trim();
    }

    /// <summary>The text as the author wrote it.</summary>
    public string Text { get; }

    /// <summary>Writes the text in parentheses; the line break ends a comment that the author left open.</summary>
    public override string ToString() => IsQuery ? $"((\n{Text}\n))" : Text.Contains("--", StringComparison.Ordinal) ? $"({Text}\n)" : $"({Text})";

    bool IsQuery => StartsWithWord("select") || StartsWithWord("with") || StartsWithWord("values");

    bool StartsWithWord(string word) =>
        Text.StartsWith(word, StringComparison.OrdinalIgnoreCase) && (Text.Length == word.Length || !char.IsLetterOrDigit(Text[word.Length]) && Text[word.Length] != '_');
}

sealed class ExpressionJsonConverter : JsonConverter<Expression>
{
    public override Expression? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? new Expression(text) : null;

    public override void Write(Utf8JsonWriter writer, Expression value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);
}
