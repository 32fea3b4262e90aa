using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>A table that the rollout makes: nobody uses it yet, so it is made whole in one transaction.</summary>
static class NewTable
{
    /// <summary>The table with its columns.</summary>
    public static SqlText Create(Layout layout, LogicalTable table, ProbeAnswers answers)
    {
        var columns = table.Columns.Select(column =>
        {
            SqlText sql = $"{column.Name} {(column.IsSerial ? SerialType(column.Slot.Type) : ColumnSql.Type(column))}";
            if (column.Identity is { } identity)
                sql = $"{sql}{ColumnSql.Identity(identity, NeedsSequenceName(layout, table, column) ? $"SEQUENCE NAME {layout.SequenceOf(table, column)} {column.IdentityOptions ?? SqlText.Empty}" : column.IdentityOptions)}";
            else if (column.Generated is not null)
                sql = $"{sql}{ColumnSql.Generated(table, column, answers)}";
            else if (column.Default is { } value)
                sql = $"{sql} DEFAULT {SqlText.Verbatim(value)}";
            return column.IsNotNull ? $"{sql}{ColumnSql.NotNull(column.NotNullName)}" : sql;
        });
        return $"CREATE {(table.IsUnlogged ? (SqlText)$"UNLOGGED TABLE" : $"TABLE")} {layout.NameOf(table)} (\n    {SqlText.Join(",\n    ", columns)}\n)";
    }

    /// <summary>Its keys, indexes and checks.</summary>
    /// <param name="layout">Where things are.</param>
    /// <param name="table">The table.</param>
    /// <param name="objects">What it gets.</param>
    /// <param name="moments">Which of that it gets when.</param>
    /// <param name="isLate">Whether to make what it gets after SQL has seen it, or what it is made with.</param>
    public static IEnumerable<SqlText> Objects(Layout layout, LogicalTable table, ObjectChanges objects, NewTableMoments moments, bool isLate)
    {
        var name = layout.NameOf(table);
        foreach (var index in objects.BuiltIndexes.Where(index => index.Table == table && moments.IsLate(table, index) == isLate))
        {
            yield return $"CREATE {(index.IsUnique ? (SqlText)$"UNIQUE INDEX" : $"INDEX")} {index.BuildName} ON {name} {index.Tail}";
            if (index.Constraint is { } key)
                yield return AddKey(name, index.BuildName, index.BuildName, key);
            if (index.Comment is { } comment)
                yield return $"COMMENT ON INDEX {name.Schema}.{index.BuildName} IS {Literal.Text(comment)}";
        }

        foreach (var check in objects.BuiltConstraints.Where(built => built.Table == table && built.Target is null && moments.IsLate(table, null, built.Constraint) == isLate))
            yield return AddConstraint(name, check);
    }

    /// <summary>Its comments and storage parameters, and how its values are compressed.</summary>
    public static IEnumerable<SqlText> Facts(Layout layout, LogicalTable table)
    {
        var name = layout.NameOf(table);
        foreach (var statement in ColumnSql.StorageParameters(name, table))
            yield return statement;
        if (table.Comment is { } tableComment)
            yield return $"COMMENT ON TABLE {name} IS {Literal.Text(tableComment)}";
        foreach (var column in table.Columns)
        {
            if (column.IsSerial && NeedsSequenceName(layout, table, column))
                yield return $"ALTER SEQUENCE {name.Schema}.{ImpliedSequence(layout, table, column)} RENAME TO {layout.SequenceOf(table, column).Name}";
            if (column.Comment is { } comment)
                yield return $"COMMENT ON COLUMN {name}.{column.Name} IS {Literal.Text(comment)}";
            if (column.Compression is not null)
                yield return ColumnSql.SetCompression(name, column.Name, column.Compression);
        }
    }

    /// <summary>Its foreign keys to other new tables, once all of these have their keys.</summary>
    public static IEnumerable<SqlText> ForeignKeys(Layout layout, LogicalTable table, ObjectChanges objects, NewTableMoments moments, bool isLate) =>
        objects.BuiltConstraints.Where(built => built.Table == table && built.Target is { Original: null } && moments.IsLate(table, null, built.Constraint) == isLate)
            .Select(built => AddConstraint(layout.NameOf(table), built));

    /// <summary>Puts a constraint on an index that is there.</summary>
    public static SqlText AddKey(QualifiedName table, Identifier index, Identifier name, LogicalConstraint key)
    {
        var kind = key.Kind == ConstraintKind.PrimaryKey ? (SqlText)$"PRIMARY KEY" : $"UNIQUE";
        return $"ALTER TABLE {table} ADD CONSTRAINT {name} {kind} USING INDEX {index}{ObjectChanges.Deferral(key)}";
    }

    // A table or column that is renamed after it was made keeps its sequence's name.
    static bool NeedsSequenceName(Layout layout, LogicalTable table, LogicalColumn column) =>
        column.SequenceName is not null && layout.SequenceOf(table, column).Name != ImpliedSequence(layout, table, column);

    static Identifier ImpliedSequence(Layout layout, LogicalTable table, LogicalColumn column) =>
        ChosenName.Of(layout.NameOf(table).Name.Value, column.Name.Value, "seq", _ => false);

    static SqlText AddConstraint(QualifiedName table, BuiltConstraint built) => $"ALTER TABLE {table} ADD CONSTRAINT {built.BuildName} {built.Definition}";

    static SqlText SerialType(string type) => type switch
    {
        "bigint" => (SqlText)$"bigserial",
        "smallint" => $"smallserial",
        _ => $"serial",
    };
}
