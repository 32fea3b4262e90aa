using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Columns whose type becomes wider in place; what hangs on them is made anew around that, and so are users' triggers.</summary>
static class WiderColumns
{
    public static IEnumerable<LogicalColumn> Of(LogicalTable table) =>
        table.Columns.Where(column => column.Slot.Original is not null && column.Slot.Type != column.Original!.Type);

    public static IEnumerable<SqlText> Statements(LogicalTable table)
    {
        var name = table.Original!.Name;
        var used = Of(table).Where(column => column.Original!.Dependents.Count > 0 || table.Original.Triggers.Count > 0).ToList();
        if (used.Count > 0)
        {
            foreach (var statement in Dependents.SetAside(used.Select(column => new ExchangedColumn(name, column.Original!.Name, Goes: false))))
                yield return statement;
        }

        foreach (var column in Of(table))
        {
            yield return $"ALTER TABLE {name} ALTER COLUMN {column.Original!.Name} TYPE {SqlText.Verbatim(column.Slot.Type)}{Collation(column)}";
            // PostgreSQL takes the new type's own.
            if (column.Original.Storage is { } storage)
                yield return $"ALTER TABLE {name} ALTER COLUMN {column.Original.Name} SET STORAGE {SqlText.Verbatim(storage)}";
            if (column.Original.Compression is { } compression)
                yield return ColumnSql.SetCompression(name, column.Original.Name, compression);
        }

        if (used.Count > 0)
            yield return Dependents.PutBack();
    }

    // Left out, the type's own would be taken.
    static SqlText Collation(LogicalColumn column) => column.Original!.Collation is { } collation ? $" COLLATE {collation}" : SqlText.Empty;
}
