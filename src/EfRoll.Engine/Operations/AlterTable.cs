using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Changes how a table is stored. Storage parameters and <c>UNLOGGED</c> happen at contract, <c>LOGGED</c> while the rollout starts.</summary>
public sealed record AlterTable(RelationName Table) : Operation
{
    /// <summary>Whether it is <c>UNLOGGED</c> from now on; null leaves it as it is.</summary>
    public bool? IsUnlogged { get; init; }

    /// <summary>Storage parameters by name: their new values as SQL, or null to take them away.</summary>
    public EquatableList<KeyValuePair<string, string?>> StorageParameters { get; init; } = [];

    /// <summary>Whether the author accepts that switching <see cref="IsUnlogged"/> rewrites the table under a lock.</summary>
    public bool IsInPlace { get; init; }

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Table, this);
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, this);
        var isUnlogged = IsUnlogged ?? table.IsUnlogged;
        if (isUnlogged != table.IsUnlogged)
            RefuseSwitch(schema, table, isUnlogged);
        return schema.With(table with
        {
            IsUnlogged = isUnlogged,
            StorageParameters = table.StorageParameters.SetItems(StorageParameters),
        });
    }

    void RefuseSwitch(LogicalSchema schema, LogicalTable table, bool isUnlogged)
    {
        if (table.Original is { IsEmpty: false } && !IsInPlace)
            throw Mistakes.RewritesTable(table.Name, isUnlogged ? "Making it UNLOGGED" : "Making it LOGGED", "", Source);

        // PostgreSQL demands it: a table that outlives a crash must not refer to one that does not.
        var pair = schema.Tables.Values.SelectMany(other => other.Constraints.Where(constraint => constraint.ForeignKey is not null)
                .Select(constraint => (From: other, To: schema.Tables[constraint.ForeignKey!.Table], constraint.Name)))
            .FirstOrDefault(key => key.From.Id != key.To.Id && (isUnlogged ? key.To.Id == table.Id && !key.From.IsUnlogged : key.From.Id == table.Id && key.To.IsUnlogged));
        if (pair.From is not null)
            throw Mistakes.LoggedRefersToUnlogged(pair.From.Name, pair.Name, pair.To.Name, Source);
    }
}
