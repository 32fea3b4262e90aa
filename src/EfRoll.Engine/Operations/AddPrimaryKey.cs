using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Gives a table a primary key. Its index is made concurrently while the rollout starts.</summary>
public sealed record AddPrimaryKey(RelationName Table, KeyDefinition Key) : Operation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Table, this);
        if (table.Constraints.Find(constraint => constraint.Kind == ConstraintKind.PrimaryKey) is { } existing)
            throw Mistakes.PrimaryKeyExists(table.Name, existing.Name, Source);
        foreach (var name in Key.Columns)
        {
            // Raw SQL before has given every row a value.
            if (table.Original is not null && table.Require(name, this) is { IsNotNull: false } column && RawUpdate.OfRowsWithout(schema, table, column) is not null)
                schema = new AlterColumn(Table, name) { IsNullable = false, Source = Source }.Apply(schema);
        }

        schema = Keys.Add(schema, schema.Tables[table.Id], ConstraintKind.PrimaryKey, Key, "pkey", this);

        // A primary key makes its columns NOT NULL.
        table = schema.Tables[table.Id];
        foreach (var name in Key.Columns)
        {
            var column = table.Require(name, this);
            if (!column.IsNotNull && table.Original is not null)
                throw Mistakes.PrimaryKeyColumnTakesNull(table.Name, name, Source);
            table = table.With(column, (column with { IsNotNull = true }).WithNotNullName(schema, table.Name));
        }

        return schema.With(table);
    }
}

/// <summary>What primary keys and unique constraints have in common.</summary>
static class Keys
{
    public static LogicalSchema Add(
        LogicalSchema schema, LogicalTable table, ConstraintKind kind, KeyDefinition key, string suffix, Operation operation)
    {
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, operation);
        var slots = key.Columns.Select(column => table.Require(column, operation).Slot).ToEquatableList();
        foreach (var column in key.Include)
            table.Require(column, operation);
        var name = key.Name ?? schema.ChooseName(table, kind == ConstraintKind.PrimaryKey ? [] : key.Columns, suffix);
        table.RefuseTakenConstraintName(name, operation);
        schema.RefuseTakenIndexName(table.Name.Schema, name, operation);

        table = RawUpdate.Derive(schema, table, slots, operation.Source);
        if (table.RefusesOldInserts(slots) is { } same)
            throw Mistakes.OldInsertsAreEqual(table.Name, name, same, operation.Source);

        SqlText tail = $"USING btree ({key.Columns})";
        if (key.Include.Count > 0)
            tail = $"{tail} INCLUDE ({key.Include})";
        if (key.AreNullsEqual)
            tail = $"{tail} NULLS NOT DISTINCT";
        if (key.StorageParameters.Count > 0)
            tail = $"{tail} WITH ({key.StorageParameters.Select(parameter => (SqlText)$"{parameter.Key} = {SqlText.Verbatim(parameter.Value)}")})";
        return schema.With(table with
        {
            Constraints = table.Constraints.Add(new LogicalConstraint(name, kind)
            {
                Slots = slots,
                IsDeferrable = key.IsDeferrable,
                IsDeferred = key.IsDeferred,
                Index = new NewIndex(tail, IsUnique: true, table.ScopeNow, operation.Source),
                Source = operation.Source,
            }),
        });
    }
}
