using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>
/// Tables of the rollout's own are nobody's yet: they are made as the first raw SQL that names them sees them, and changed in place from one
/// SQL to the next, as EF Core would.
/// </summary>
sealed class NewTableMoments
{
    readonly Layout _layout;
    readonly Dictionary<int, LogicalTable> _first = [];
    readonly Dictionary<int, LogicalTable> _made = [];
    readonly Dictionary<int, Dictionary<Slot, LogicalColumn>> _now = [];

    public NewTableMoments(Layout layout, IEnumerable<SqlRun> runs)
    {
        _layout = layout;
        foreach (var seen in runs.SelectMany(run => run.MentionedTables).Where(table => table.Original is null))
            _first.TryAdd(seen.Id, seen);
        foreach (var table in layout.After.Tables.Values.Where(table => table.Original is null).Concat(layout.After.Ghosts.Where(ghost => ghost.Original is null)))
        {
            _made[table.Id] = Made(table);
            _now[table.Id] = _made[table.Id].Columns.ToDictionary(column => column.Slot);
        }
    }

    /// <summary>The table as it is made, its columns by their physical names.</summary>
    public LogicalTable AsMade(LogicalTable table) => _made[table.Id];

    /// <summary>Whether an index or constraint is added only after SQL has seen the table.</summary>
    public bool IsLate(LogicalTable table, NewIndex? index, LogicalConstraint? constraint)
    {
        if (!_first.TryGetValue(table.Id, out var first))
            return false;
        return constraint is null
            ? !first.Indexes.Exists(other => ReferenceEquals(other.New, index))
            : !first.Constraints.Exists(other => other.Kind == constraint.Kind && ReferenceEquals(other.Index, constraint.Index)
                && ReferenceEquals(other.Check, constraint.Check) && ReferenceEquals(other.ForeignKey, constraint.ForeignKey));
    }

    /// <summary>As the other one, for an index that is built.</summary>
    public bool IsLate(LogicalTable table, BuiltIndex built) =>
        IsLate(table, built.Constraint is null ? table.Indexes.Find(index => index.Name == built.FinalName)!.New : null, built.Constraint);

    /// <summary>Brings the tables that SQL names to the shape of its moment.</summary>
    public IEnumerable<SqlText> BringTo(SqlRun run) => run.MentionedTables.Where(table => table.Original is null).SelectMany(Bring).ToList();

    /// <summary>Brings all of them to their last shape; what is only kept for SQL must not hinder the new version.</summary>
    public IEnumerable<SqlText> BringToEnd() => _layout.After.Tables.Values.Where(table => _first.ContainsKey(table.Id))
        .SelectMany(Bring).ToList();

    IEnumerable<SqlText> Bring(LogicalTable moment)
    {
        var final = SqlShape.Physical(_layout, moment);
        var table = _layout.NameOf(final);
        var now = _now[moment.Id];

        // Nobody gives a value to what is not there at this moment.
        foreach (var absent in now.Values.Where(column => column.IsNotNull && IsPlain(column) && !moment.Columns.Exists(other => other.Slot == column.Slot)).ToList())
        {
            yield return $"ALTER TABLE {table} ALTER COLUMN {absent.Name} DROP NOT NULL";
            now[absent.Slot] = absent with { IsNotNull = false };
        }

        foreach (var wanted in moment.Columns.Where(IsPlain))
        {
            if (!now.TryGetValue(wanted.Slot, out var column))
                continue;
            var name = column.Name;
            if (column.Slot.Type != wanted.Slot.Type)
            {
                if (column.Default is not null)
                    yield return ColumnSql.SetDefault(table, name, null);
                yield return $"ALTER TABLE {table} ALTER COLUMN {name} TYPE {ColumnSql.Type(wanted)}";
                column = column with { Default = null };
            }

            if (column.Default != wanted.Default)
                yield return ColumnSql.SetDefault(table, name, wanted.Default);
            if (column.IsNotNull && !wanted.IsNotNull)
                yield return $"ALTER TABLE {table} ALTER COLUMN {name} DROP NOT NULL";
            else if (!column.IsNotNull && wanted.IsNotNull)
                yield return wanted.NotNullName is { } constraint
                    ? $"ALTER TABLE {table} ADD CONSTRAINT {constraint} NOT NULL {name}"
                    : (SqlText)$"ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL";
            now[wanted.Slot] = wanted with { Name = name };
        }
    }

    LogicalTable Made(LogicalTable table)
    {
        var first = _first.GetValueOrDefault(table.Id);
        var columns = table.Columns.Concat(table.Passing).Select(column =>
        {
            var made = first is null ? column : AtFirst(column, first);
            return made with { Name = Layout.NameOf(table, column.Slot)!.Value };
        });
        return table with { Columns = [.. columns], Passing = [] };
    }

    static LogicalColumn AtFirst(LogicalColumn column, LogicalTable first)
    {
        if (!IsPlain(column))
            return column;
        var earlier = first.Columns.Find(other => other.Slot == column.Slot);
        return earlier is null
            ? column with { Default = column.AddedDefault, IsNotNull = column.IsNotNull && column.AddedDefault is not null }
            : column with { Slot = earlier.Slot, Default = earlier.Default, IsNotNull = earlier.IsNotNull, NotNullName = earlier.NotNullName ?? column.NotNullName };
    }

    static bool IsPlain(LogicalColumn column) => column is { Identity: null, Generated: null, IsSerial: false };
}
