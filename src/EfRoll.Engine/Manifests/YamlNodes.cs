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
        readonly Dictionary<string, Anchored> _anchors = [];
        readonly Stack<Open> _open = new();
        ManifestNode? _root;

        // With what aliases repeat.
        int _nodes;

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
                        _open.Pop().Anchored?.Close(_nodes);
                        break;
                    case Scalar scalar:
                        Put(scalar);
                        break;
                    case AnchorAlias alias:
                        Repeat(alias);
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
            _open.Push(new Open(node) { Anchored = start.Anchor.IsEmpty ? null : _anchors[start.Anchor.Value] });
        }

        void Repeat(AnchorAlias alias)
        {
            var anchored = _anchors.GetValueOrDefault(alias.Value.Value)
                ?? throw ManifestMistakes.Syntax($"There is no anchor &{alias.Value.Value} before this.", Place(origin, alias.Start));
            if (anchored.Nodes is not { } nodes)
                throw ManifestMistakes.Syntax($"*{alias.Value.Value} stands within what it repeats.", Place(origin, alias.Start));
            Count(nodes, alias);
            Put(anchored.Node, alias);
        }

        // A few lines of aliases of aliases are more nodes than any memory holds.
        void Count(int nodes, ParsingEvent at)
        {
            _nodes = _nodes <= ManifestFormat.MaxNodes - nodes
                ? _nodes + nodes
                : throw ManifestMistakes.TooManyNodes(ManifestFormat.MaxNodes, Place(origin, at.Start));
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
                _anchors[anchored.Anchor.Value] = new Anchored(node, _nodes - 1, node.Kind is NodeKind.Object or NodeKind.List ? null : 1);
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

        ManifestNode NewNode(ParsingEvent at, NodeKind kind, string scalar = "")
        {
            Count(1, at);
            return new(origin, kind, (int)at.Start.Line, (int)at.Start.Column) { Scalar = scalar };
        }

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

        public Anchored? Anchored { get; init; }
    }

    /// <summary>A node that aliases may repeat, and how many nodes it is made of; not known until it is closed.</summary>
    sealed class Anchored(ManifestNode node, int before, int? nodes)
    {
        public ManifestNode Node => node;

        public int? Nodes { get; private set; } = nodes;

        public void Close(int now) => Nodes = now - before;
    }

    // YAML 1.2, core schema.
    [GeneratedRegex(@"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")]
    private static partial Regex NumberPattern();
}
