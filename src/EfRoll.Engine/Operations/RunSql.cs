using System.Text.Json.Serialization;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>When raw SQL runs.</summary>
public enum SqlMoment
{
    /// <summary>Once, while the rollout starts; the old version runs on beside it.</summary>
    Start,

    /// <summary>Once, in the transaction that completes the rollout.</summary>
    Complete,

    /// <summary>
    /// Nobody says. What only adds runs at start, what takes something from the old version or replaces it at complete; a statement that says
    /// the same as an operation, such as <c>ALTER TABLE … ADD CONSTRAINT</c>, is planned as that.
    /// </summary>
    Chosen,
}

/// <summary>Runs SQL that an author wrote. Its names mean the tables as they are at that point of the migration.</summary>
public sealed record RunSql(string Sql) : Operation
{
    /// <summary>What undoes it at rollback; empty if there is nothing to undo. Null if nobody says: then the rows that it changes are kept, and a rollback restores them.</summary>
    public string? Down { get; init; }

    /// <summary>When it runs.</summary>
    public SqlMoment Moment { get; init; } = SqlMoment.Start;

    /// <summary>Whether its author wants it outside of a transaction.</summary>
    public bool IsTransactionSuppressed { get; init; }

    /// <summary>Whether it only reads and writes rows, so that a rollback can restore them without being told how.</summary>
    [JsonIgnore]
    public bool IsOfData => SqlKinds.IsOfData(Sql);

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var statements = SqlTokens.Statements(Sql);
        if (statements.FirstOrDefault(statement => statement.Begins("rollback") && !statement.Has("to") || statement.Begins("abort")) is { } undone)
            throw Mistakes.SqlNotInTransaction(OneLine.Of(undone.Text, 80), Source);
        if (Moment != SqlMoment.Chosen)
            return Run(schema, this);

        if (statements.Any(SqlKinds.IsDefinition))
            return ApplyEach(schema, statements);
        return statements.Count == 0 ? schema : Run(schema, this);
    }

    // One text may do several things, each of which has its own moment. Then its undo, which is one text too, fits none of them; but that there is
    // nothing to undo fits all.
    LogicalSchema ApplyEach(LogicalSchema schema, IReadOnlyList<SqlStatement> statements)
    {
        var isWhole = true;
        foreach (var statement in statements)
        {
            if (SqlKinds.IsDefinition(statement) && RawDefinition.Apply(schema, statement, Source) is { } applied)
            {
                (schema, isWhole) = (applied, false);
                continue;
            }

            schema = Run(schema, this with { Sql = statement.Text }, this);
        }

        var down = Down is "" ? "" : null;
        return isWhole ? schema : schema with { SqlRuns = schema.SqlRuns.ConvertAll(run => ReferenceEquals(run.Whole, this) ? run with { Whole = null, Operation = run.Operation with { Down = down } } : run) };
    }

    static LogicalSchema Run(LogicalSchema schema, RunSql operation, RunSql? whole = null) =>
        schema with { SqlRuns = schema.SqlRuns.Add(new SqlRun(operation, schema.Tables) { Whole = whole, IsDefinition = operation.Moment == SqlMoment.Chosen && !SqlKinds.IsOfData(operation.Sql) }) };
}
