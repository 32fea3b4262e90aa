using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>
/// The columns of a table change places at contract. Those that are replaced take their successors' names first, so that what hangs on them
/// reads, when it is set aside, as it is to be made anew.
/// </summary>
sealed class ColumnExchange(LogicalTable table)
{
    Table Original => table.Original!;

    IEnumerable<LogicalColumn> Shadows => table.Columns.Where(column => column.Slot.Original is null && column.Original is not null);

    IEnumerable<Column> Going => Original.Columns.Where(column => !table.Columns.Exists(other => other.Original?.Number == column.Number));

    /// <summary>The columns that are dropped, by their names after <see cref="RenamesBefore"/>.</summary>
    public IEnumerable<ExchangedColumn> Exchanged =>
        Going.Select(column => new ExchangedColumn(Original.Name, NameOfGoing(column), Goes: true))
            .Concat(Shadows.Select(column => new ExchangedColumn(Original.Name, column.Name, Goes: false)));

    /// <summary>Whether something that hangs on a column may have to be made anew.</summary>
    public bool ReplacesColumns => Shadows.Any();

    /// <summary>What hung on the replaced columns when the rollout was planned.</summary>
    public IEnumerable<Dependent> Dependents => Shadows.SelectMany(column => column.Original!.Dependents);

    /// <summary>What is renamed before the old columns go.</summary>
    public IEnumerable<SqlText> RenamesBefore() => Rename(
        Going.Select(column => (column.Name, NameOfGoing(column)))
            .Concat(Shadows.Select(column => (column.Original!.Name, column.Name)))
            .Concat(Shadows.Select(column => (Layout.NameOf(table, column), HiddenNameOf(column))))
            .Concat(table.Columns.Except(Shadows).Select(column => (Layout.NameOf(table, column), column.Name))));

    /// <summary>What is renamed after.</summary>
    public IEnumerable<SqlText> RenamesAfter() => Rename(Shadows.Select(column => (HiddenNameOf(column), column.Name)));

    // Something else may be about to get its name.
    Identifier NameOfGoing(Column column) => table.Columns.Exists(other => other.Name == column.Name) ? HelperNames.Old(column.Name) : column.Name;

    static Identifier HiddenNameOf(LogicalColumn shadow) => HelperNames.New(shadow.Name);

    IEnumerable<SqlText> Rename(IEnumerable<(Identifier From, Identifier To)> renames) =>
        RenameOrder.Of(renames).Select(rename => (SqlText)$"ALTER TABLE {Original.Name} RENAME COLUMN {rename.From} TO {rename.To}");
}
