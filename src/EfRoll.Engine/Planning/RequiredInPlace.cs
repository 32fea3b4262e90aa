using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>A column that becomes required, or stops being it, without a shadow: as its author wishes, or because nobody writes it.</summary>
static class RequiredInPlace
{
    /// <summary>Whether both versions must give it values from the start on.</summary>
    public static bool Gains(LogicalColumn column) => column.Slot.Original is not null && column.IsNotNull && !column.Original!.IsNotNull;

    /// <summary>Whether it takes NULL from contract on.</summary>
    public static bool Loses(LogicalColumn column) => column.Slot.Original is not null && !column.IsNotNull && column.Original!.IsNotNull;

    /// <summary>The check that stands for NOT NULL until contract, and spares the reading of all rows there.</summary>
    public static SqlText AddCheck(QualifiedName table, Identifier column) =>
        $"ALTER TABLE {table} ADD CONSTRAINT {HelperNames.NotNullCheck(column)} CHECK ({column} IS NOT NULL) NOT VALID";

    /// <summary>Takes that check away.</summary>
    public static SqlText DropCheck(QualifiedName table, Identifier column) => $"ALTER TABLE {table} DROP CONSTRAINT {HelperNames.NotNullCheck(column)}";

    /// <summary>Looks for rows without a value, before anything is touched.</summary>
    public static IEnumerable<Step> Counts(LogicalTable table) => table.Columns.Where(Gains).Select(column =>
    {
        var what = $"{table.Original!.Name.Display}.{column.Original!.Name.Value}";
        return new CountViolations(
            $"{column.Original.Name.Value}-count", $"Look for rows without a value in {what}", Violations.Nulls(table.Original, column.Original.Name), $"Rows have no value in {what}");
    });

    /// <summary>Proves that all rows have values.</summary>
    public static IEnumerable<Step> Validations(LogicalTable table) => table.Original is not { Name: var name }
        ? []
        : table.Columns.Where(Gains).Select(column => (column, Check: HelperNames.NotNullCheck(column.Original!.Name)))
            .Concat(table.Columns.Where(column => column.Slot.Original is null && GrowingColumn.IsProvenLater(column))
                .Select(column => (column, Check: GrowingColumn.BuildNotNullName(table, column)!.Value)))
            .Select(proof => new ValidateConstraint($"{proof.column.Name.Value}-required", $"Check that all rows of {name.Display} have {proof.column.Name.Value}", name, proof.Check));
}
