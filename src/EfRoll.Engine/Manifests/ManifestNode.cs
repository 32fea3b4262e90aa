using EfRoll.Engine.Errors;

namespace EfRoll.Engine.Manifests;

/// <summary>What a node of a document is.</summary>
enum NodeKind
{
    Null,
    Flag,
    Number,
    Text,
    List,
    Object,
}

/// <summary>The document that a node stands in; the migration's name is known only once part of it was read.</summary>
sealed class NodeOrigin(string migration, string? file)
{
    public string Migration { get; set; } = migration;

    public string? File => file;
}

/// <summary>A value of a JSON or YAML document and where it stands, so that every mistake can be shown at its line.</summary>
sealed class ManifestNode(NodeOrigin origin, NodeKind kind, int line, int column)
{
    /// <summary>How deep documents may be nested: more than any migration needs, less than what exhausts a stack.</summary>
    public const int MaxDepth = 64;

    public NodeKind Kind => kind;

    /// <summary>The text, number or flag as written.</summary>
    public string Scalar { get; init; } = "";

    public List<ManifestNode> Items { get; } = [];

    public List<KeyValuePair<string, ManifestNode>> Fields { get; } = [];

    public NodeOrigin Origin => origin;

    public SourceLocation Location => new(origin.Migration, origin.File, line, column);

    public void Add(string name, ManifestNode value, SourceLocation location)
    {
        if (Fields.Exists(field => field.Key == name))
            throw ManifestMistakes.DuplicateField(name, location);
        Fields.Add(new(name, value));
    }

    public string Describe() => kind switch
    {
        NodeKind.Null => "null",
        NodeKind.Flag => Scalar,
        NodeKind.Number => $"the number {Scalar}",
        NodeKind.Text => "text",
        NodeKind.List => "a list",
        _ => "an object",
    };

    public string AsText(string field) =>
        kind == NodeKind.Text ? Scalar : throw ManifestMistakes.WrongType(field, "text", Describe(), Location);

    public IReadOnlyList<ManifestNode> AsList(string field) =>
        kind == NodeKind.List ? Items : throw ManifestMistakes.WrongType(field, "a list", Describe(), Location);

    public NodeFields AsObject(string what) =>
        kind == NodeKind.Object ? new NodeFields(this, what) : throw ManifestMistakes.WrongType(what, "an object", Describe(), Location);
}
