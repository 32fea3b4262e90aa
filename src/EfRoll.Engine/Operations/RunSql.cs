using EfRoll.Engine.Logical;

namespace EfRoll.Engine.Operations;

/// <summary>When raw SQL runs.</summary>
public enum SqlMoment
{
    /// <summary>Once, while the rollout starts; the old version runs on beside it.</summary>
    Start,

    /// <summary>Once, in the transaction that completes the rollout.</summary>
    Complete,
}

/// <summary>Runs SQL that an author wrote. Its unqualified names mean the tables as they are at that point of the migration.</summary>
public sealed record RunSql(string Sql) : Operation
{
    /// <summary>What undoes it at rollback; empty if there is nothing to undo.</summary>
    public required string Down { get; init; }

    /// <summary>When it runs.</summary>
    public SqlMoment Moment { get; init; } = SqlMoment.Start;

    /// <summary>Whether it cannot run inside a transaction.</summary>
    public bool IsTransactionSuppressed { get; init; }

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema) =>
        schema with { SqlRuns = schema.SqlRuns.Add(new SqlRun(this, schema.Tables)) };
}
