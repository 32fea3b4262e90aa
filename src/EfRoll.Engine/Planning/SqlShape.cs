using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Lets raw SQL see the tables as they are at its point of the migration: temporary views stand before those that look different.</summary>
sealed class SqlShape(Layout layout, SqlRun run)
{
    /// <summary>The author's SQL, with the views it needs made before and dropped after.</summary>
    public IEnumerable<SqlText> Around(string sql)
    {
        var tables = run.Tables.Values.Where(table => Mentions(sql, table.Name.Name) && LooksDifferent(table)).OrderBy(table => table.Name).ToList();
        foreach (var table in tables)
        {
            var columns = table.Columns.Select(column => (SqlText)$"t.{Physical(table, column)} AS {column.Name}").ToList();
            var hasMarker = layout.After.Tables.TryGetValue(table.Id, out var final) && Layout.HasMarker(final);
            if (hasMarker)
                columns.Add($"t.{HelperNames.Marker} AS {HelperNames.Marker}");
            yield return $"CREATE TEMPORARY VIEW {table.Name.Name} AS SELECT {columns} FROM {PhysicalTable(table)} AS t";
            if (hasMarker)
                yield return $"ALTER VIEW pg_temp.{table.Name.Name} ALTER COLUMN {HelperNames.Marker} SET DEFAULT 'n'";
        }

        yield return SqlText.Verbatim(sql);
        foreach (var table in tables)
            yield return $"DROP VIEW pg_temp.{table.Name.Name}";
    }

    bool LooksDifferent(LogicalTable table) =>
        PhysicalTable(table) != table.Name
        || table.Original is { } original && (table.Columns.Count != original.Columns.Count
            || table.Columns.Exists(column => column.Slot.Original != column.Name));

    QualifiedName PhysicalTable(LogicalTable table) =>
        layout.After.Tables.TryGetValue(table.Id, out var final) ? layout.NameOf(final) : table.Original!.Name;

    Identifier Physical(LogicalTable table, LogicalColumn column)
    {
        if (column.Slot.Original is { } original)
            return original;
        return layout.After.Tables.TryGetValue(table.Id, out var final) && Layout.NameOf(final, column.Slot) is { } name
            ? name
            : throw Mistakes.SqlSeesPassingShape(table.Name, column.Name, run.Operation.Source);
    }

    // Raw SQL is not parsed; a table whose name does not occur in it cannot be meant.
    static bool Mentions(string sql, Identifier table) =>
        sql.Contains(table.Value, StringComparison.OrdinalIgnoreCase) || sql.Contains(table.ToString(), StringComparison.Ordinal);
}
