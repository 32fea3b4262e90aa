using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Adds a column. The old version's rows get the default, or what <see cref="Up"/> makes of them.</summary>
public sealed record AddColumn(RelationName Table, ColumnDefinition Column) : Operation
{
    /// <summary>The value for rows that the old version wrote, from its columns; null for the default.</summary>
    public Expression? Up { get; init; }

    /// <summary>Whether the author accepts that a stored generated column rewrites the table under a lock.</summary>
    public bool IsInPlace { get; init; }

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Table, this);
        if (table.Find(Column.Name) is not null)
            throw Mistakes.ColumnExists(table.Name, Column.Name, Source);
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, this);

        var isNewTable = table.Original is null;
        var column = schema.NewColumn(Column, this, out schema).WithNotNullName(schema, table.Name);
        if (column.Generated is not null)
            column = column with { Generation = new NewGeneration(new Expression(column.Default!), table.ScopeNow, Source) };
        if (isNewTable)
            return schema.With(table with { Columns = table.Columns.Add(column.WithSequenceName(schema, table.Name)) });

        if (Column.Generated is { } generated)
            Supported.RequireGenerated(schema, table, Column.Name, generated, IsInPlace, this);
        var up = Up ?? (column.Default is { } value && schema.Database.VolatileDefaults.Contains(value) ? new Expression(value) : null);
        if (column.Numbering != Numbering.None)
        {
            var sequence = schema.ChooseSequenceName(table, column);
            column = column with { NewSequence = sequence };
            up ??= NextValue.Of(sequence);
        }

        if (up is null && column is { IsNotNull: true, Default: null, Generated: null })
            throw Mistakes.AddedColumnNeedsValue(table.Name, Column.Name, Source);

        return schema.With(table with
        {
            Columns = table.Columns.Add(column),
            Derivations = up is null
                ? table.Derivations
                : table.Derivations.Add(new Derivation(column.Slot, Direction.Up, up, table.ScopeForUp, schema.Migration, Source)),
        });
    }
}
