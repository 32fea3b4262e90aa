using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;

namespace EfRoll.Engine.Manifests;

/// <summary>Reads operations on what stands beside tables.</summary>
static class ObjectReader
{
    public static readonly string[] Known =
    [
        "create_schema", "drop_schema", "create_extension", "create_enum", "alter_enum", "create_range", "drop_type", "create_collation", "drop_collation",
        "create_sequence", "alter_sequence", "restart_sequence", "rename_sequence", "drop_sequence",
    ];

    public static Operation Read(string name, NodeFields fields) => name switch
    {
        "create_schema" => new CreateSchema(fields.Name("name")),
        "drop_schema" => new DropSchema(fields.Name("name")),
        "create_extension" => new CreateExtension(fields.Name("name")) { Schema = fields.OptionalName("schema"), Version = fields.NonEmptyText("version") },
        "create_enum" => new CreateEnumType(fields.Relation("name"), ReadLabels(fields)),
        "alter_enum" => new AlterEnumType(fields.Relation("name"), ReadLabels(fields)),
        "create_range" => new CreateRange(fields.Relation("name"), fields.Text("subtype"))
        {
            Canonical = fields.NonEmptyText("canonical"),
            OperatorClass = fields.NonEmptyText("operator_class"),
            Collation = fields.NonEmptyText("collation"),
            Difference = fields.NonEmptyText("difference"),
        },
        "drop_type" => new DropType(fields.Relation("name")),
        "create_collation" => new CreateCollation(fields.Relation("name"), fields.Text("collate"), fields.Text("ctype"))
        {
            Provider = fields.NonEmptyText("provider"),
            IsDeterministic = fields.OptionalFlag("deterministic"),
        },
        "drop_collation" => new DropCollation(fields.Relation("name")),
        "create_sequence" => ReadCreateSequence(fields),
        "alter_sequence" => new AlterSequence(fields.Relation("name"))
        {
            Increment = fields.OptionalLong("increment"),
            Minimum = ReadBound(fields, "minimum"),
            Maximum = ReadBound(fields, "maximum"),
            Cache = fields.OptionalLong("cache"),
            IsCyclic = fields.OptionalFlag("cycle"),
        },
        "restart_sequence" => new RestartSequence(fields.Relation("name"), fields.OptionalLong("start")),
        "rename_sequence" => new RenameSequence(fields.Relation("from"), fields.Relation("to")),
        _ => new DropSequence(fields.Relation("name")),
    };

    static CreateSequence ReadCreateSequence(NodeFields fields)
    {
        var sequence = new CreateSequence(fields.Relation("name"));
        return sequence with
        {
            Type = fields.NonEmptyText("type") ?? sequence.Type,
            Start = fields.OptionalLong("start"),
            Increment = fields.OptionalLong("increment") ?? sequence.Increment,
            Minimum = fields.OptionalLong("minimum"),
            Maximum = fields.OptionalLong("maximum"),
            Cache = fields.OptionalLong("cache") ?? sequence.Cache,
            IsCyclic = fields.Flag("cycle"),
        };
    }

    static EquatableList<string> ReadLabels(NodeFields fields) => fields.List("labels").Select(label => label.AsText("labels")).ToEquatableList();

    // null takes a limit away; a missing field leaves it as it is.
    static SequenceBound? ReadBound(NodeFields fields, string name) => fields.Find(name) is null ? null : new SequenceBound(fields.OptionalLong(name));
}
