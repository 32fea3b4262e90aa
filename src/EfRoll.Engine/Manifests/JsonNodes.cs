using System.Text;
using System.Text.Json;
using EfRoll.Engine.Errors;

namespace EfRoll.Engine.Manifests;

/// <summary>Reads JSON into nodes that know their line.</summary>
static class JsonNodes
{
    public static ManifestNode Parse(ReadOnlySpan<byte> utf8, NodeOrigin origin)
    {
        if (utf8.StartsWith(Encoding.UTF8.Preamble))
            utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ManifestNode.MaxDepth });
        try
        {
            return new Builder(utf8, origin).Build(ref reader);
        }
        catch (JsonException exception)
        {
            var place = new SourceLocation(origin.Migration, origin.File, (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1);
            throw ManifestMistakes.Syntax($"This is not JSON: {FirstSentence(exception.Message)}", place, exception);
        }
        catch (InvalidOperationException exception)
        {
            // What the reader throws for text that is not valid UTF-8 or has half a surrogate pair.
            throw ManifestMistakes.Syntax($"This is not JSON: {exception.Message}", new SourceLocation(origin.Migration, origin.File), exception);
        }
    }

    static string FirstSentence(string message) => message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0];

    ref struct Builder(ReadOnlySpan<byte> utf8, NodeOrigin origin)
    {
        readonly ReadOnlySpan<byte> _utf8 = utf8;
        int _index;
        int _line = 1;
        int _column = 1;

        public ManifestNode Build(ref Utf8JsonReader reader)
        {
            ManifestNode? root = null;
            var open = new Stack<(ManifestNode Node, string? Name)>();
            string? name = null;
            while (reader.Read())
            {
                var place = Advance((int)reader.TokenStartIndex);
                if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    (_, name) = open.Pop();
                    continue;
                }

                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    name = reader.GetString();
                    continue;
                }

                var node = new ManifestNode(origin, KindOf(reader.TokenType), place.Line, place.Column) { Scalar = ScalarOf(ref reader) };
                if (open.TryPeek(out var parent))
                {
                    if (parent.Node.Kind == NodeKind.Object)
                        parent.Node.Add(name!, node, node.Location);
                    else
                        parent.Node.Items.Add(node);
                }
                else
                {
                    root = node;
                }

                if (node.Kind is NodeKind.List or NodeKind.Object)
                    open.Push((node, name));
            }

            return root!;
        }

        (int Line, int Column) Advance(int index)
        {
            for (; _index < index; _index++)
            {
                if (_utf8[_index] == '\n')
                    (_line, _column) = (_line + 1, 1);
                else if ((_utf8[_index] & 0xC0) != 0x80)
                    _column++;
            }

            return (_line, _column);
        }
    }

    static NodeKind KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => NodeKind.Object,
        JsonTokenType.StartArray => NodeKind.List,
        JsonTokenType.String => NodeKind.Text,
        JsonTokenType.Number => NodeKind.Number,
        JsonTokenType.True or JsonTokenType.False => NodeKind.Flag,
        _ => NodeKind.Null,
    };

    static string ScalarOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => "",
    };
}
