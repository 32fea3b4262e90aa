using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>What PostgreSQL demands of a sequence, and what it chooses where an author says nothing.</summary>
/// <remarks>https://www.postgresql.org/docs/current/sql-createsequence.html</remarks>
static class SequenceRules
{
    public static LogicalSequence RequireSequence(this LogicalSchema schema, RelationName name, Operation operation)
    {
        var full = name.In(schema.BaseSchema);
        var sequence = schema.FindSequence(full) ?? throw Mistakes.ObjectNotFound("sequence", full, operation.Source);
        if (sequence.Original is { IsOwnedByUs: false } foreign)
            throw Mistakes.NotOwner(foreign.Name, foreign.Owner, operation.Source);
        return sequence;
    }

    public static string TypeOf(QualifiedName sequence, string type, Operation operation) => type.Trim().ToUpperInvariant() switch
    {
        "SMALLINT" or "INT2" => "smallint",
        "INTEGER" or "INT" or "INT4" => "integer",
        "BIGINT" or "INT8" => "bigint",
        _ => throw Mistakes.InvalidSequence(sequence, $"its type must be smallint, integer or bigint, not {type}", operation.Source),
    };

    public static (long Minimum, long Maximum) Bounds(string type, long increment, long? minimum, long? maximum)
    {
        var (lowest, highest) = SequenceOptions.LimitsOf(type)!.Value;
        return (minimum ?? (increment > 0 ? 1 : lowest), maximum ?? (increment > 0 ? highest : -1));
    }

    public static void RefuseInvalid(QualifiedName name, string type, SequenceOptions options, Operation operation)
    {
        var (lowest, highest) = SequenceOptions.LimitsOf(type)!.Value;
        var problem = options switch
        {
            { Increment: 0 } => "its increment is 0",
            { Cache: < 1 } => "its cache is less than 1",
            _ when options.Minimum >= options.Maximum => FormattableString.Invariant($"its minimum {options.Minimum} is not below its maximum {options.Maximum}"),
            _ when options.Minimum < lowest || options.Maximum > highest => FormattableString.Invariant($"{options.Minimum} to {options.Maximum} do not fit into {type}"),
            _ when options.Start < options.Minimum || options.Start > options.Maximum =>
                FormattableString.Invariant($"its start {options.Start} is not between {options.Minimum} and {options.Maximum}"),
            _ => null,
        };
        if (problem is not null)
            throw Mistakes.InvalidSequence(name, problem, operation.Source);
    }
}
