using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>
/// What has to be tried before a rollout may begin: whether what hangs on columns that get successors can be made anew over those. It is tried
/// with temporary tables of the same names.
/// </summary>
/// <param name="Tables">The tables whose columns get successors.</param>
/// <param name="Others">Other tables that rules, policies or triggers belong to.</param>
/// <param name="Exchanged">The columns.</param>
sealed record DependentTrial(EquatableList<TrialTable> Tables, EquatableList<QualifiedName> Others, EquatableList<ExchangedColumn> Exchanged)
{
    /// <summary>The trial of a rollout; null where nothing hangs on its columns, or where two tables of one name could be mixed up.</summary>
    public static DependentTrial? Of(LogicalSchema after)
    {
        var tables = after.Tables.Values.Where(table => table.Original is not null && Changed(table).Any()).ToList();
        var dependents = tables.SelectMany(Changed).SelectMany(column => column.Original!.Dependents).ToList();
        var others = dependents.Where(dependent => dependent.Kind != DependentKind.View).Select(dependent => dependent.Relation).OfType<QualifiedName>().Distinct()
            .Where(after.Database.Tables.ContainsKey).Except(tables.Select(table => table.Original!.Name)).ToList();
        var areNamesUnique = tables.Select(table => table.Original!.Name).Concat(others).GroupBy(name => name.Name).All(group => group.Count() == 1);
        return dependents.Count > 0 && areNamesUnique
            ? new DependentTrial(
                tables.Select(TrialTable.Of).ToEquatableList(), others.ToEquatableList(),
                tables.SelectMany(table => Changed(table).Select(column => new ExchangedColumn(table.Original!.Name, column.Original!.Name, Goes: false))).ToEquatableList())
            : null;
    }

    static IEnumerable<LogicalColumn> Changed(LogicalTable table) =>
        table.Columns.Where(column => column.Original is { } original && (column.Slot.Original is null || column.Slot.Type != original.Type));
}

/// <summary>A table with the names that its columns have before the rollout.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Names, and the types before and after.</param>
/// <param name="Key">Its primary key, by which a view may group.</param>
sealed record TrialTable(QualifiedName Name, EquatableList<(Identifier Name, SqlText Before, SqlText After)> Columns, EquatableList<Identifier> Key)
{
    public static TrialTable Of(LogicalTable table)
    {
        var original = table.Original!;
        return new TrialTable(
            original.Name,
            original.Columns.Select(column =>
            {
                var successor = table.Columns.Find(other => other.Original?.Number == column.Number);
                var before = Type(column.Type, column.Collation);
                return (column.Name, before, successor is null ? before : Type(successor.Slot.Type, successor.Slot.Collation));
            }).ToEquatableList(),
            original.Constraints.FirstOrDefault(constraint => constraint.Kind == ConstraintKind.PrimaryKey)?.Columns
                .Select(number => original.ColumnAt(number).Name).ToEquatableList() ?? []);
    }

    /// <summary>Makes it, for this session only.</summary>
    public SqlText Create(bool isAfter)
    {
        var columns = Columns.Select(column => (SqlText)$"{column.Name} {(isAfter ? column.After : column.Before)}");
        return Key.Count == 0
            ? $"CREATE TEMPORARY TABLE {Name.Name} ({columns})"
            : (SqlText)$"CREATE TEMPORARY TABLE {Name.Name} ({columns}, PRIMARY KEY ({Key}))";
    }

    static SqlText Type(string type, QualifiedName? collation) =>
        collation is { } name ? (SqlText)$"{SqlText.Verbatim(type)} COLLATE {name}" : SqlText.Verbatim(type);
}
