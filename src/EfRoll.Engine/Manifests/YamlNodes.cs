using System.Text;
using System.Text.RegularExpressions;
using EfRoll.Engine.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EfRoll.Engine.Manifests;

/// <summary>Reads YAML into the same nodes as JSON. Built from the parser's events, so that nesting costs no stack.</summary>
static partial class YamlNodes
{
    public static ManifestNode Parse(ReadOnlySpan<byte> utf8, NodeOrigin origin)
    {
        try
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(utf8);
            return new Builder(new Parser(new StringReader(text.TrimStart('\uFEFF'))), origin).Build();
        }
        catch (YamlException exception)
        {
            throw ManifestMistakes.Syntax($"This is not YAML: {exception.InnerException?.Message ?? exception.Message}", Place(origin, exception.Start), exception);
        }
        catch (DecoderFallbackException exception)
        {
            throw ManifestMistakes.Syntax("This is not UTF-8.", new SourceLocation(origin.Migration, origin.File), exception);
        }
    }

    static SourceLocation Place(NodeOrigin origin, Mark mark) => new(origin.Migration, origin.File, (int)mark.Line, (int)mark.Column);

    sealed class Builder(Parser parser, NodeOrigin origin)
    {
        readonly Dictionary<string, ManifestNode> _anchors = [];
        readonly Stack<Open> _open = new();
        ManifestNode? _root;

        public ManifestNode Build()
        {
            while (parser.MoveNext())
            {
                switch (parser.Current)
                {
                    case MappingStart start:
                        Begin(start, NodeKind.Object);
                        break;
                    case SequenceStart start:
                        Begin(start, NodeKind.List);
                        break;
                    case MappingEnd or SequenceEnd:
                        _open.Pop();
                        break;
                    case Scalar scalar:
                        Put(scalar);
                        break;
                    case AnchorAlias alias:
                        Put(_anchors.GetValueOrDefault(alias.Value.Value)
                            ?? throw ManifestMistakes.Syntax($"There is no anchor &{alias.Value.Value} before this.", Place(origin, alias.Start)), alias);
                        break;
                    case DocumentStart start when _root is not null:
                        throw ManifestMistakes.Syntax("A second document begins here; a file holds one migration.", Place(origin, start.Start));
                }
            }

            return _root ?? throw ManifestMistakes.Syntax("The file is empty.", new SourceLocation(origin.Migration, origin.File, 1));
        }

        void Begin(NodeEvent start, NodeKind kind)
        {
            if (_open.Count >= ManifestNode.MaxDepth)
                throw ManifestMistakes.Syntax($"This is nested more than {ManifestNode.MaxDepth} deep.", Place(origin, start.Start));
            var node = NewNode(start, kind);
            Put(node, start);
            _open.Push(new Open(node));
        }

        void Put(Scalar scalar)
        {
            if (_open.TryPeek(out var parent) && parent.Node.Kind == NodeKind.Object && parent.Name is null)
            {
                parent.Name = scalar.Value;
                return;
            }

            var kind = KindOf(scalar);
            Put(NewNode(scalar, kind, kind == NodeKind.Flag ? scalar.Value.ToLowerInvariant() : scalar.Value), scalar);
        }

        void Put(ManifestNode node, ParsingEvent at)
        {
            if (at is NodeEvent { Anchor.IsEmpty: false } anchored)
                _anchors[anchored.Anchor.Value] = node;
            if (!_open.TryPeek(out var parent))
            {
                _root = node;
                return;
            }

            if (parent.Node.Kind == NodeKind.List)
            {
                parent.Node.Items.Add(node);
                return;
            }

            if (parent.Name is null)
                throw ManifestMistakes.Syntax("A field's name must be text.", Place(origin, at.Start));
            parent.Node.Add(parent.Name, node, Place(origin, at.Start));
            parent.Name = null;
        }

        ManifestNode NewNode(ParsingEvent at, NodeKind kind, string scalar = "") =>
            new(origin, kind, (int)at.Start.Line, (int)at.Start.Column) { Scalar = scalar };

        NodeKind KindOf(Scalar scalar)
        {
            if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
            {
                return scalar.Tag.Value == "tag:yaml.org,2002:str"
                    ? NodeKind.Text
                    : throw ManifestMistakes.Syntax($"The tag {scalar.Tag.Value} means nothing here.", Place(origin, scalar.Start));
            }

            if (scalar.Style != ScalarStyle.Plain)
                return NodeKind.Text;
            return scalar.Value switch
            {
                "" or "~" or "null" or "Null" or "NULL" => NodeKind.Null,
                "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => NodeKind.Flag,
                var text when NumberPattern().IsMatch(text) => NodeKind.Number,
                _ => NodeKind.Text,
            };
        }
    }

    sealed class Open(ManifestNode node)
    {
        public ManifestNode Node => node;

        public string? Name { get; set; }
    }

    // YAML 1.2, core schema.
    [GeneratedRegex(@"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")]
    private static partial Regex NumberPattern();
}
