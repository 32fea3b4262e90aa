using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>
/// Makes a sequence. One that was dropped in the same rollout and is made anew under its name goes on counting: both versions use it meanwhile.
/// </summary>
public sealed record CreateSequence(RelationName Name) : Operation, IObjectOperation
{
    /// <summary>The type of its values.</summary>
    public string Type { get; init; } = "bigint";

    /// <summary>Its first value; null for the end at which it begins.</summary>
    public long? Start { get; init; }

    /// <summary>What it adds each time.</summary>
    public long Increment { get; init; } = 1;

    /// <summary>Its lowest value; null for PostgreSQL's choice.</summary>
    public long? Minimum { get; init; }

    /// <summary>Its highest value; null for PostgreSQL's choice.</summary>
    public long? Maximum { get; init; }

    /// <summary>How many values a session takes at once.</summary>
    public long Cache { get; init; } = 1;

    /// <summary>Whether it begins anew at its end.</summary>
    public bool IsCyclic { get; init; }

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var name = Name.In(schema.BaseSchema);
        schema.RequireSchema(name.Schema, this);
        var type = SequenceRules.TypeOf(name, Type, this);
        var (minimum, maximum) = SequenceRules.Bounds(type, Increment, Minimum, Maximum);
        var options = new SequenceOptions(Start ?? (Increment > 0 ? minimum : maximum), Increment, minimum, maximum, Cache, IsCyclic);
        SequenceRules.RefuseInvalid(name, type, options, this);

        schema = schema.TakeId(out var id);
        var sequence = new LogicalSequence(id, name, type, options) { Source = Source };
        if (schema.Drops.Find(drop => drop.Kind == ObjectKind.Sequence && drop.Name == name) is { } drop && schema.Find(name) is null && schema.FindSequence(name) is null)
            return (schema with { Drops = schema.Drops.Remove(drop) }).With(sequence with { Original = schema.Database.Sequences[name] });
        schema.RefuseTakenName(name, this);
        return schema.With(sequence);
    }
}
