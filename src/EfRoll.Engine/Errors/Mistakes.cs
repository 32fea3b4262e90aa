using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Errors;

/// <summary>One method for each thing that users can get wrong in a migration: the message, and the way out.</summary>
public static class Mistakes
{
    /// <summary>A name is empty or holds a NUL.</summary>
    public static EfRollException InvalidName(string? name) =>
        new(ErrorCode.InvalidName, $"'{name}' is not a name.", "Give a name of at least one character.");

    /// <summary>A piece of SQL would end what it is part of.</summary>
    public static EfRollException NotContained(string what, string text) =>
        new(ErrorCode.NotContained, $"{what} is not one piece of SQL: {text}", "Close every quote, comment and parenthesis that it opens, and leave out semicolons; whole statements belong into an 'sql' operation.");

    /// <summary>An expression is empty.</summary>
    public static EfRollException EmptyExpression() =>
        new(ErrorCode.EmptyExpression, "An expression is empty.", "Write an SQL expression, or leave it out.");

    /// <summary>PostgreSQL refuses an author's expression.</summary>
    public static EfRollException InvalidExpression(string what, string expression, string serverMessage, SourceLocation? source) =>
        new(ErrorCode.InvalidExpression, $"{what} is not valid: {serverMessage}\n    {expression}",
            "Correct the expression. It sees the table's columns by the names they have at this point of the migration.", source);

    /// <summary>An expression reads a generated column, which has no value yet when a row trigger runs.</summary>
    public static EfRollException ExpressionReadsGenerated(QualifiedName table, Identifier column, string expression, SourceLocation? source) =>
        new(ErrorCode.ExpressionReadsGenerated, $"An expression reads {table.Display}.{column.Value}, a generated column, which has no value yet while a row is written:\n    {expression}",
            "Use the columns that it is computed from.", source);

    /// <summary>PostgreSQL refuses a check or an index as the migration writes it, or as it would be on a changed column.</summary>
    public static EfRollException InvalidDefinition(string what, string definition, string serverMessage, SourceLocation? source) =>
        new(ErrorCode.InvalidDefinition, $"{what} is not possible: {serverMessage}\n    {definition}",
            "Correct it; if it was there before, drop it in the same migration and add one that fits the column's new type.", source);

    /// <summary>There is no such table.</summary>
    public static EfRollException TableNotFound(QualifiedName name, IEnumerable<QualifiedName> others, SourceLocation? source) =>
        new(ErrorCode.TableNotFound, $"There is no table {name.Display}{DidYouMean(name.Display, others.Select(other => other.Display))}",
            "Check the name, and that the migrations before this one were applied to this database.", source);

    /// <summary>There is no such column.</summary>
    public static EfRollException ColumnNotFound(QualifiedName table, Identifier name, IEnumerable<Identifier> others, SourceLocation? source) =>
        new(ErrorCode.ColumnNotFound, $"Table {table.Display} has no column {name.Value}{DidYouMean(name.Value, others.Select(other => other.Value))}",
            "Check the name, and that the migrations before this one were applied to this database.", source);

    /// <summary>There is no such constraint.</summary>
    public static EfRollException ConstraintNotFound(QualifiedName table, Identifier name, IEnumerable<Identifier> others, SourceLocation? source) =>
        new(ErrorCode.ConstraintNotFound, $"Table {table.Display} has no constraint {name.Value}{DidYouMean(name.Value, others.Select(other => other.Value))}",
            "Check the name, and that the migrations before this one were applied to this database.", source);

    /// <summary>There is no such index.</summary>
    public static EfRollException IndexNotFound(QualifiedName name, SourceLocation? source) =>
        new(ErrorCode.IndexNotFound, $"There is no index {name.Display}.",
            "Check the name; an index that belongs to a constraint is changed with the constraint.", source);

    /// <summary>There is no such type.</summary>
    public static EfRollException TypeNotFound(string type, SourceLocation? source) =>
        new(ErrorCode.TypeNotFound, $"There is no type {type}.", "Check the type; one from an extension needs that extension in this database.", source);

    /// <summary>There is no such schema.</summary>
    public static EfRollException SchemaNotFound(Identifier name, SourceLocation? source) =>
        new(ErrorCode.SchemaNotFound, $"There is no schema {name.Value}.", "Make it first (EnsureSchema).", source);

    /// <summary>A collation does not exist.</summary>
    public static EfRollException CollationNotFound(RelationName collation, SourceLocation? source) =>
        new(ErrorCode.CollationNotFound, $"There is no collation {collation} for the encoding of this database.", "Check its name, or create it first.", source);

    /// <summary>The name is taken.</summary>
    public static EfRollException RelationExists(QualifiedName name, string kind, SourceLocation? source) =>
        new(ErrorCode.RelationExists, $"{name.Display} exists already: it is {kind}.", "Choose another name, or drop or rename what has it first.", source);

    /// <summary>The table has such a column.</summary>
    public static EfRollException ColumnExists(QualifiedName table, Identifier name, SourceLocation? source) =>
        new(ErrorCode.ColumnExists, $"Table {table.Display} has a column {name.Value} already.", "Choose another name, or drop or rename that column first.", source);

    /// <summary>The table has such a constraint.</summary>
    public static EfRollException ConstraintExists(QualifiedName table, Identifier name, SourceLocation? source) =>
        new(ErrorCode.ConstraintExists, $"Table {table.Display} has a constraint {name.Value} already.", "Choose another name, or drop or rename that constraint first.", source);

    /// <summary>The table has a primary key.</summary>
    public static EfRollException PrimaryKeyExists(QualifiedName table, Identifier name, SourceLocation? source) =>
        new(ErrorCode.PrimaryKeyExists, $"Table {table.Display} has a primary key already: {name.Value}.", "Drop it first.", source);

    /// <summary>A new required column has no value for the rows that are there.</summary>
    public static EfRollException AddedColumnNeedsValue(QualifiedName table, Identifier column, SourceLocation? source) =>
        new(ErrorCode.AddedColumnNeedsValue, $"The new column {table.Display}.{column.Value} is NOT NULL and has no default: rows that the old version writes would have no value.",
            "Give it a default, or say with .Up(\"…\") what its value is for the old version's rows.", source);

    /// <summary>A unique key is put on new columns whose default every row of the old version gets.</summary>
    public static EfRollException OldInsertsAreEqual(QualifiedName table, Identifier key, Identifier column, SourceLocation? source) =>
        new(ErrorCode.OldInsertsAreEqual, $"{key.Value} makes {table.Display}.{column.Value} unique, and rows that the old version inserts would all have the same value there, its default: the second insert would fail.",
            "Say with .Up(\"…\") on the new column which value such rows get, for instance .Up(\"gen_random_uuid()\").", source);

    /// <summary>A required column without default is dropped: the new version's rows would not have it.</summary>
    public static EfRollException DroppedColumnNeedsValue(QualifiedName table, Identifier column, SourceLocation? source) =>
        new(ErrorCode.DroppedColumnNeedsValue, $"{table.Display}.{column.Value} is NOT NULL without a default, and the old version still reads it: rows that the new version inserts need a value.",
            "Say with .Down(\"…\") what the old version shall see in them.", source);

    /// <summary>NULL is allowed on one side only, and nothing says what stands for it on the other.</summary>
    public static EfRollException AlteredColumnNeedsExpression(QualifiedName table, Identifier column, Direction direction, SourceLocation? source) =>
        direction == Direction.Up
            ? new(ErrorCode.AlteredColumnNeedsExpression, $"{table.Display}.{column.Value} becomes NOT NULL: rows in which the old version leaves it NULL need a value.",
                $"Say with .Up(\"…\") what it is, for instance .Up(\"COALESCE({column.ToString().Replace("\"", "\\\"", StringComparison.Ordinal)}, …)\"), or give a defaultValue; or .InPlace() if the old version never leaves it NULL.", source)
            : new(ErrorCode.AlteredColumnNeedsExpression, $"{table.Display}.{column.Value} becomes nullable: the old version needs a value for rows in which the new version leaves it NULL.",
                $"Say with .Down(\"…\") what it shall see, for instance .Down(\"COALESCE({column.ToString().Replace("\"", "\\\"", StringComparison.Ordinal)}, …)\").", source);

    /// <summary>PostgreSQL has no cast.</summary>
    public static EfRollException NoCast(QualifiedName table, Identifier column, string? from, string? to, Direction direction, SourceLocation? source) =>
        new(ErrorCode.NoCast, $"{table.Display}.{column.Value}: PostgreSQL has no safe cast from {from ?? "an unknown type"} to {to ?? "an unknown type"}.",
            direction == Direction.Up ? "Say with .Up(\"…\") how to make the new value of the old one." : "Say with .Down(\"…\") how to make the old value of the new one.", source);

    /// <summary>A type becomes narrower.</summary>
    public static EfRollException ValuesMayNotFit(QualifiedName table, Identifier column, string from, string to, SourceLocation? source) =>
        new(ErrorCode.ValuesMayNotFit, $"{table.Display}.{column.Value}: not every {from} fits into {to}.",
            "Say with .Up(\"…\") what becomes of values that do not fit, for instance .Up(\"left(column, 20)\").", source);

    /// <summary>timestamp and timestamptz differ where the time zone is not UTC.</summary>
    public static EfRollException TimeZoneIsNotUtc(QualifiedName table, Identifier column, Direction direction, SourceLocation? source) =>
        new(ErrorCode.TimeZoneIsNotUtc, $"{table.Display}.{column.Value} changes between timestamp with and without time zone, and the database's TimeZone is not UTC: what a value means cannot be told.",
            direction == Direction.Up ? "Say with .Up(\"column AT TIME ZONE '…'\") which zone the values are in." : "Say with .Down(\"column AT TIME ZONE '…'\") which zone the old version expects.", source);

    /// <summary>A table that others refer to is dropped.</summary>
    public static EfRollException TableIsReferenced(QualifiedName table, QualifiedName by, Identifier foreignKey, SourceLocation? source) =>
        new(ErrorCode.TableIsReferenced, $"{table.Display} cannot be dropped: the foreign key {foreignKey.Value} of {by.Display} refers to it.", "Drop that foreign key or its table first.", source);

    /// <summary>A column that others refer to is dropped.</summary>
    public static EfRollException ColumnIsReferenced(QualifiedName table, Identifier column, QualifiedName by, Identifier foreignKey, SourceLocation? source) =>
        new(ErrorCode.ColumnIsReferenced, $"{table.Display}.{column.Value} cannot be dropped: the foreign key {foreignKey.Value} of {by.Display} refers to it.", "Drop that foreign key first.", source);

    /// <summary>A key that others refer to is dropped.</summary>
    public static EfRollException KeyIsReferenced(QualifiedName table, Identifier key, QualifiedName by, Identifier foreignKey, SourceLocation? source) =>
        new(ErrorCode.KeyIsReferenced, $"The key {key.Value} of {table.Display} cannot be dropped: the foreign key {foreignKey.Value} of {by.Display} refers to it.", "Drop that foreign key first.", source);

    /// <summary>Views or functions use a table that is dropped.</summary>
    public static EfRollException TableHasDependents(QualifiedName table, IEnumerable<string> dependents, SourceLocation? source) =>
        new(ErrorCode.TableHasDependents, $"{table.Display} is used by {string.Join(", ", dependents)}.", "Drop those first, in a release of their own.", source);

    /// <summary>Something uses a column that is dropped or changed, and cannot be moved.</summary>
    public static EfRollException ColumnHasDependents(QualifiedName table, Identifier column, IEnumerable<string> dependents, SourceLocation? source) =>
        new(ErrorCode.ColumnHasDependents, $"{table.Display}.{column.Value} is used by {string.Join(", ", dependents)}.", "Drop those first, in a release of their own, and make them anew afterwards.", source);

    /// <summary>Something that hangs on a changed column does not go with its new type.</summary>
    public static EfRollException DependentDoesNotFit(string definition, string serverMessage) =>
        new(ErrorCode.ColumnHasDependents, $"What uses a changed column cannot be made anew over it: {serverMessage}\n    {definition}",
            "Drop it, or write it so that it takes both types, in a release of its own before.");

    /// <summary>Something would rewrite a table with rows while nobody may use it.</summary>
    public static EfRollException RewritesTable(QualifiedName table, string what, string otherWay, SourceLocation? source) =>
        new(ErrorCode.RewritesTable, $"{what} would rewrite {table.Display}, which is not empty, under a lock.", $"{otherWay}accept it with .InPlace().", source);

    /// <summary>A foreign key would lead from a table that outlives a crash to one that does not.</summary>
    public static EfRollException LoggedRefersToUnlogged(QualifiedName table, Identifier key, QualifiedName target, SourceLocation? source) =>
        new(ErrorCode.LoggedRefersToUnlogged, $"{key.Value} leads from {table.Display} to {target.Display}, which would not be logged.", "Drop that foreign key first, or switch both tables in the right order.", source);

    /// <summary>A change has no safe way without a shadow column.</summary>
    public static EfRollException CannotBeInPlace(QualifiedName table, Identifier column, string why, SourceLocation? source) =>
        new(ErrorCode.CannotBeInPlace, $"{table.Display}.{column.Value} cannot be changed in place: {why}.", "Leave out .InPlace().", source);

    /// <summary>Virtual generated columns came with PostgreSQL 18.</summary>
    public static EfRollException VirtualNeeds18(QualifiedName table, Identifier column, SourceLocation? source) =>
        new(ErrorCode.VirtualNeeds18, $"The virtual generated column {table.Display}.{column.Value} needs PostgreSQL 18.", "Use a plain column with .Up(\"…\").", source);

    /// <summary>A primary key is put on a nullable column.</summary>
    public static EfRollException PrimaryKeyColumnTakesNull(QualifiedName table, Identifier column, SourceLocation? source) =>
        new(ErrorCode.PrimaryKeyColumnTakesNull, $"{table.Display}.{column.Value} takes NULL and cannot be part of a primary key.", "Make it NOT NULL first (AlterColumn, with .Up).", source);

    /// <summary>A foreign key refers to columns that no key covers.</summary>
    public static EfRollException ReferencedColumnsNotUnique(QualifiedName table, IEnumerable<Identifier> columns, SourceLocation? source) =>
        new(ErrorCode.ReferencedColumnsNotUnique, $"{table.Display} has no primary key or unique constraint on ({string.Join(", ", columns.Select(column => column.Value))}).", "Add one first, or refer to other columns.", source);

    /// <summary>A foreign key has more or fewer columns than what it refers to.</summary>
    public static EfRollException ForeignKeyColumnCount(QualifiedName table, int count, QualifiedName target, int targetCount, SourceLocation? source) =>
        new(ErrorCode.ForeignKeyColumnCount, $"The foreign key of {table.Display} has {count} columns, but refers to {targetCount} of {target.Display}.", "Name as many columns on both sides.", source);

    /// <summary>A foreign key names no columns and the referenced table has no primary key.</summary>
    public static EfRollException NoPrimaryKeyToReference(QualifiedName table, SourceLocation? source) =>
        new(ErrorCode.NoPrimaryKeyToReference, $"{table.Display} has no primary key to refer to.", "Name the referenced columns.", source);

    /// <summary>The relation is of a kind that cannot be changed yet.</summary>
    public static EfRollException TableKindNotSupported(QualifiedName table, TableKind kind, SourceLocation? source) =>
        new(ErrorCode.TableKindNotSupported, $"{table.Display} is a {kind switch
        {
            TableKind.Foreign => "foreign table",
            TableKind.Partition => "partition",
            TableKind.PartlyForeign => "partitioned table of which a partition is a foreign table",
            _ => "table that inherits from another, or from which others inherit",
        }}; EfRoll does not change those.",
            kind == TableKind.Partition ? "Change the table that it is a partition of." : "Change it by hand with raw SQL.", source);

    /// <summary>PostgreSQL can do something on a partitioned table only under a lock, for as long as it takes to read it, or not at all.</summary>
    public static EfRollException NotOnPartitionedTable(QualifiedName table, string what, string remedy, SourceLocation? source) =>
        new(ErrorCode.NotOnPartitionedTable, $"{table.Display} is partitioned: {what}", remedy, source);

    /// <summary>The connection's role does not own the table.</summary>
    public static EfRollException NotOwner(QualifiedName table, Identifier? owner, SourceLocation? source) =>
        new(ErrorCode.NotOwner, $"{table.Display} belongs to {owner?.Value}, and the connection's role is not a member of it.", "Connect as the owner, or grant its role to the connection's role.", source);

    /// <summary>A changed table is in a publication that sends all its columns.</summary>
    public static EfRollException PublishedTable(QualifiedName table, IEnumerable<string> publications) =>
        new(ErrorCode.PublishedTable, $"{table.Display} is published by {string.Join(", ", publications)} with all its columns: a subscriber without the hidden columns would stop.",
            "Give the publication a column list (PostgreSQL 15), or take the table out of it during the rollout.");

    /// <summary>A published table tells rows apart by all columns, and gets one that a publication does not list: PostgreSQL would refuse every update.</summary>
    public static EfRollException PublishedWithFullIdentity(QualifiedName table, IEnumerable<string> publications) =>
        new(ErrorCode.PublishedTable, $"{table.Display} has REPLICA IDENTITY FULL, and {string.Join(", ", publications)} does not send the columns that are added: PostgreSQL would refuse every update.",
            "Give the table another replica identity (its primary key), or take it out of the publication during the rollout.");

    /// <summary>Before PostgreSQL 15 a view reads as its owner.</summary>
    public static EfRollException RowSecurityNeeds15(QualifiedName table) =>
        new(ErrorCode.RowSecurityNeeds15, $"{table.Display} has row security, which views keep only from PostgreSQL 15 on.", "Change this table in a maintenance window, or upgrade the server first.");

    /// <summary>Row security needs the user's own rights in a view, which then must cover all its columns.</summary>
    public static EfRollException RowSecurityWithColumnGrants(QualifiedName table) =>
        new(ErrorCode.RowSecurityWithColumnGrants, $"{table.Display} has row security and rights on single columns; a view cannot keep both.",
            "Grant on the whole table, or change this table in a maintenance window.");

    /// <summary>Raw SQL for complete names a column that the rollout itself made and took away again.</summary>
    public static EfRollException SqlSeesPassingShape(QualifiedName table, Identifier column, SourceLocation? source) =>
        new(ErrorCode.SqlSeesPassingShape, $"Raw SQL for complete names {table.Display}.{column.Value}, which the rollout itself made and took away again; by then its value is kept nowhere.",
            "Let it run at start, or roll out in two steps: start --to the migration with the raw SQL, complete, then go on.", source);

    /// <summary>Raw SQL that can run in no transaction names what is called or made differently when it runs.</summary>
    public static EfRollException SqlNamesEarlierShape(QualifiedName table, SourceLocation? source) =>
        new(ErrorCode.SqlSeesPassingShape, $"Raw SQL that refuses a transaction runs when the rollout is complete otherwise; it names {table.Display}, or columns of it, that have other names by then or are gone.",
            "Let it run at start with .RunAt(\"start\"), or use the names of the end, or roll out in two steps: start --to the migration with the raw SQL, complete, then go on.", source);

    /// <summary>Raw SQL names a table whose name two changed tables have.</summary>
    public static EfRollException SqlNamesTwoTables(IEnumerable<QualifiedName> tables, SourceLocation? source) =>
        new(ErrorCode.SqlNamesTwoTables, $"Raw SQL names {string.Join(" and ", tables.Select(table => table.Display))}, which are changed in the same rollout; what it sees of them cannot be told apart.",
            "Write one Sql for each of them, or roll out in two steps: start --to the migration before, complete, then go on.", source);

    /// <summary>There is no such sequence, type or collation.</summary>
    public static EfRollException ObjectNotFound(string kind, QualifiedName name, SourceLocation? source) =>
        new(ErrorCode.ObjectNotFound, $"There is no {kind} {name.Display}.", "Check the name, and that the migrations before this one were applied to this database.", source);

    /// <summary>The server does not have the extension's files.</summary>
    public static EfRollException ExtensionNotAvailable(Identifier name, SourceLocation? source) =>
        new(ErrorCode.ExtensionNotAvailable, $"The server has no extension {name.Value}.", "Install its package on the server, or ask whoever runs it to allow the extension.", source);

    /// <summary>An enum would lose labels that the old version may use.</summary>
    public static EfRollException EnumLabelsRemoved(QualifiedName type, IEnumerable<string> labels, SourceLocation? source) =>
        new(ErrorCode.EnumLabelsRemoved,
            $"The enum {type.Display} cannot lose {string.Join(", ", labels.Select(label => $"'{label}'"))}: PostgreSQL drops and renames no labels while both versions use the type, and EF Core's provider does neither.",
            "Give the enum a new name (HasPostgresEnum, MapEnum) and let the columns change to it (AlterColumn, with .Up and .Down for labels that the other side does not have); the old one can be dropped in the same migration.",
            source);

    /// <summary>PostgreSQL could not make such a sequence.</summary>
    public static EfRollException InvalidSequence(QualifiedName name, string problem, SourceLocation? source) =>
        new(ErrorCode.InvalidSequence, $"Sequence {name.Display} is not possible: {problem}.", "Correct the sequence's options.", source);

    /// <summary>Something is dropped that other things stand on, or lie in.</summary>
    public static EfRollException ObjectInUse(string what, IEnumerable<string> users, SourceLocation? source) =>
        new(ErrorCode.ObjectInUse, $"{char.ToUpperInvariant(what[0])}{what[1..]} cannot be dropped: {string.Join(", ", users)} still {(users.Count() == 1 ? "needs" : "need")} it.",
            "Drop or change what needs it first.", source);

    /// <summary>Something is named that raw SQL makes in the same rollout.</summary>
    public static EfRollException MadeByRawSql(QualifiedName name, SourceLocation? source) =>
        new(ErrorCode.MadeByRawSql, $"{name.Display} is made by raw SQL in the same rollout, so that its shape is not known yet.",
            "Roll out in two steps: start --to the migration with the raw SQL, complete, then go on; or make it by an operation.", source);

    /// <summary>Raw SQL changes rows of a table without key, and nobody says how that is undone.</summary>
    public static EfRollException SqlNeedsUndo(QualifiedName table, SourceLocation? source) =>
        new(ErrorCode.SqlNeedsUndo, $"Raw SQL may change rows of {table.Display}, which has no primary key: a rollback could not put them back.",
            "Say after Sql(\"…\") with .Down(\"…\") what undoes it, with .Down(\"\") that nothing is to be undone, or let it run at the end with .RunAt(\"complete\").", source);

    /// <summary>Raw SQL takes back the transaction in which it runs.</summary>
    public static EfRollException SqlNotInTransaction(string sql, SourceLocation? source) =>
        new(ErrorCode.SqlNotInTransaction, $"Raw SQL takes back the transaction in which it runs: {sql}", "Leave it out.", source);

    // The end of a sentence.
    static string DidYouMean(string name, IEnumerable<string> others)
    {
        var nearest = others.Select(other => (other, distance: Distance(name, other))).OrderBy(pair => pair.distance).FirstOrDefault();
        return nearest.other is not null && nearest.distance <= Math.Max(2, name.Length / 3) ? $"; did you mean {nearest.other}?" : ".";
    }

    // Levenshtein's distance, without regard to case.
    static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                var cost = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + cost);
                diagonal = above;
            }
        }

        return row[right.Length];
    }
}
