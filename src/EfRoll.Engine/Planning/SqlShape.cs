using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Lets raw SQL see the tables as they are at its point of the migration: temporary views stand before those that look different.</summary>
/// <param name="layout">Where things are.</param>
/// <param name="run">The SQL.</param>
/// <param name="isExpanded">Whether tables have what expand gives them by then.</param>
/// <param name="temporary">Names of temporary tables that the author's SQL made: what has such a name is that table.</param>
sealed class SqlShape(Layout layout, SqlRun run, bool isExpanded, IReadOnlySet<string> temporary)
{
    static readonly Identifier Temporary = new("pg_temp");

    /// <summary>The tables that the SQL names and that look different at its moment.</summary>
    List<LogicalTable> Views { get; } = [.. run.MentionedTables
        .Where(table => !temporary.Contains(table.Name.Name.Value) && LooksDifferent(layout, table)).OrderBy(table => table.Name)];

    /// <summary>The author's SQL, with the views it needs made before and dropped after.</summary>
    public IEnumerable<SqlText> Around(string sql)
    {
        if (Views.GroupBy(table => table.Name.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw Mistakes.SqlNamesTwoTables(twice.Select(table => table.Name), run.Operation.Source);

        foreach (var statement in Views.SelectMany(Create))
            yield return statement;
        yield return SqlText.Verbatim(AuthorsText.Of(sql, name => Views.Exists(table => table.Name == name) ? Temporary : null));
        foreach (var table in Views)
            yield return $"DROP VIEW {new QualifiedName(Temporary, table.Name.Name)}";
    }

    IEnumerable<SqlText> Create(LogicalTable table)
    {
        var view = new QualifiedName(Temporary, table.Name.Name);
        var final = Physical(layout, table);
        var columns = table.Columns.Select(column => (SqlText)$"{ValueOf(table, final, column)} AS {column.Name}").ToList();
        var hasMarker = isExpanded && layout.After.Tables.ContainsKey(final.Id) && Layout.HasMarker(final);
        if (hasMarker)
            columns.Add($"t.{HelperNames.Marker} AS {HelperNames.Marker}");
        yield return $"CREATE TEMPORARY VIEW {table.Name.Name} AS SELECT {columns} FROM {layout.NameOf(final)} AS t";
        if (hasMarker)
            yield return $"ALTER VIEW {view} ALTER COLUMN {HelperNames.Marker} SET DEFAULT 'n'";
        foreach (var column in table.Columns)
        {
            if (Layout.DefaultAt(final, column) is { } value)
                yield return $"ALTER VIEW {view} ALTER COLUMN {column.Name} SET DEFAULT {value}";
        }
    }

    SqlText ValueOf(LogicalTable table, LogicalTable final, LogicalColumn column)
    {
        if (Layout.NameOf(final, column.Slot) is { } name)
            return $"t.{name}";
        if (run.Names(column.Name))
            throw Mistakes.SqlSeesPassingShape(table.Name, column.Name, run.Operation.Source);
        return $"CAST(NULL AS {SqlText.Verbatim(column.Slot.Type)})";
    }

    /// <summary>The table as it is in the database while both versions run.</summary>
    public static LogicalTable Physical(Layout layout, LogicalTable table) =>
        layout.After.Tables.GetValueOrDefault(table.Id) ?? layout.After.Ghosts.Find(ghost => ghost.Id == table.Id) ?? table;

    static bool LooksDifferent(Layout layout, LogicalTable table)
    {
        var final = Physical(layout, table);
        if (layout.NameOf(final) != table.Name || table.Columns.Exists(column => Layout.NameOf(final, column.Slot) != column.Name))
            return true;
        return table.Original is { } original
            ? table.Columns.Count != original.Columns.Count || table.Columns.Exists(column => Layout.DefaultAt(final, column) is not null)
            : table.Columns.Count != final.Columns.Count;
    }
}
