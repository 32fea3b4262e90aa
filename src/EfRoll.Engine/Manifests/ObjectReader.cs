using EfRoll.Engine.Operations;

namespace EfRoll.Engine.Manifests;

/// <summary>Reads operations on what stands beside tables.</summary>
static class ObjectReader
{
    public static readonly string[] Known =
    [
        "create_schema", "drop_schema", "create_sequence", "alter_sequence", "restart_sequence", "rename_sequence", "drop_sequence",
    ];

    public static Operation Read(string name, NodeFields fields) => name switch
    {
        "create_schema" => new CreateSchema(fields.Name("name")),
        "drop_schema" => new DropSchema(fields.Name("name")),
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

    // null takes a limit away; a missing field leaves it as it is.
    static SequenceBound? ReadBound(NodeFields fields, string name) => fields.Find(name) is null ? null : new SequenceBound(fields.OptionalLong(name));
}
