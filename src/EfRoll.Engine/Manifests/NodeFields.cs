using System.Globalization;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Manifests;

/// <summary>Reads the fields of one object by name and type; <see cref="End"/> refuses those that nobody asked for.</summary>
sealed class NodeFields(ManifestNode node, string what)
{
    readonly List<string> _known = [];

    public SourceLocation Location => node.Location;

    public ManifestNode? Find(string name)
    {
        _known.Add(name);
        return node.Fields.Find(field => field.Key == name).Value;
    }

    /// <summary>A field whose null means the same as its absence.</summary>
    public ManifestNode? Given(string name) => Find(name) is { Kind: not NodeKind.Null } value ? value : null;

    public ManifestNode Require(string name) => Given(name) ?? throw ManifestMistakes.MissingField(name, what, Location);

    public string? OptionalText(string name) => Given(name)?.AsText(name);

    /// <summary>A text in which pgroll's files write the empty one for none.</summary>
    public string? NonEmptyText(string name) => OptionalText(name) is { Length: > 0 } text ? text : null;

    public string Text(string name)
    {
        var value = Require(name);
        return value.AsText(name) is { Length: > 0 } text ? text : throw ManifestMistakes.MissingField(name, what, value.Location);
    }

    public bool Flag(string name) => OptionalFlag(name) ?? false;

    public bool? OptionalFlag(string name) => Given(name) switch
    {
        null => null,
        { Kind: NodeKind.Flag } flag => flag.Scalar == "true",
        var other => throw ManifestMistakes.WrongType(name, "true or false", other.Describe(), other.Location),
    };

    public int? OptionalNumber(string name) => OptionalLong(name) switch
    {
        null => null,
        >= int.MinValue and <= int.MaxValue and var value => (int)value,
        _ => throw ManifestMistakes.WrongType(name, "a smaller number", Find(name)!.Describe(), Find(name)!.Location),
    };

    public long? OptionalLong(string name) => Given(name) switch
    {
        null => null,
        { Kind: NodeKind.Number } number when long.TryParse(number.Scalar, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) => value,
        var other => throw ManifestMistakes.WrongType(name, "a whole number", other.Describe(), other.Location),
    };

    public string? Choice(string name, params string[] allowed)
    {
        if (NonEmptyText(name) is not { } text)
            return null;
        return allowed.FirstOrDefault(choice => string.Equals(choice, text, StringComparison.OrdinalIgnoreCase))
            ?? throw ManifestMistakes.WrongValue(name, text, allowed, Find(name)!.Location);
    }

    /// <summary>Says that a property is set, or taken away (null); a missing field leaves it as it is.</summary>
    public Operations.Setting? Setting(string name) => Find(name) switch
    {
        null => null,
        { Kind: NodeKind.Null } => new Operations.Setting(null),
        var value => new Operations.Setting(value.AsText(name)),
    };

    public Identifier Name(string name) => new(Text(name));

    public Identifier? OptionalName(string name) => NonEmptyText(name) is { } text ? new Identifier(text) : null;

    public Expression? OptionalExpression(string name) => NonEmptyText(name) is { } text ? new Expression(text) : null;

    public Expression Expression(string name) => new(Text(name));

    public RelationName Relation(string name) => ReadRelation(Require(name), name);

    public RelationName? OptionalRelation(string name) =>
        Given(name) is not { } value || value is { Kind: NodeKind.Text, Scalar: "" } ? null : ReadRelation(value, name);

    public EquatableList<Identifier> Names(string name) =>
        Given(name)?.AsList(name).Select(item => new Identifier(item.AsText(name))).ToEquatableList() ?? [];

    public EquatableList<Identifier> RequiredNames(string name) =>
        Names(name) is { Count: > 0 } names ? names : throw ManifestMistakes.MissingField(name, what, Location);

    /// <summary>All fields as texts, whatever their names; null where the value is.</summary>
    public EquatableList<KeyValuePair<string, string?>> Settings() =>
        node.Fields.Select(field => KeyValuePair.Create(field.Key, field.Value.Kind == NodeKind.Null ? null : field.Value.AsText(field.Key))).ToEquatableList();

    public IReadOnlyList<ManifestNode> List(string name) => Given(name)?.AsList(name) ?? [];

    public NodeFields? OptionalObject(string name) => Given(name)?.AsObject(name);

    public void End()
    {
        foreach (var (name, value) in node.Fields)
        {
            if (!_known.Contains(name))
                throw ManifestMistakes.UnknownField(name, what, _known.Distinct(), value.Location);
        }
    }

    static RelationName ReadRelation(ManifestNode node, string field)
    {
        if (node.Kind != NodeKind.Object)
            return new RelationName(node.AsText(field));
        var fields = node.AsObject(field);
        var name = new RelationName(fields.NonEmptyText("schema"), fields.Text("name"));
        fields.End();
        return name;
    }
}
