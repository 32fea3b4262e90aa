using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>
/// Reads from an author's raw SQL what a column is to hold: <c>UPDATE t SET c = e</c> says it of all rows, <c>… WHERE c IS NULL</c> of those without a
/// value. It runs once; the old version's rows of later need the same, and the author has said it already.
/// </summary>
static class RawUpdate
{
    /// <summary>What all rows of a table get in a column that the rollout added; null if nothing says so.</summary>
    public static Expression? OfAllRows(LogicalSchema schema, LogicalTable table, LogicalColumn column) => Last(schema, table, column, isFill: false);

    /// <summary>What rows without a value get in a column; null if nothing says so.</summary>
    public static Expression? OfRowsWithout(LogicalSchema schema, LogicalTable table, LogicalColumn column) => Last(schema, table, column, isFill: true);

    /// <summary>
    /// Says for columns that the rollout added with a default what the old version's rows get instead, if raw SQL fills them: a key is about to be put on
    /// them, which a default for all rows would not bear.
    /// </summary>
    public static LogicalTable Derive(LogicalSchema schema, LogicalTable table, IEnumerable<Slot> slots, SourceLocation? source)
    {
        foreach (var column in slots.Select(slot => table.Columns.Find(column => column.Slot == slot)!))
        {
            if (IsSameInOldRows(table, column) && OfAllRows(schema, table, column) is { } value)
                table = table with { Derivations = table.Derivations.Add(new Derivation(column.Slot, Direction.Up, value, table.ScopeForUp, schema.Migration, source) { IsOfRawSql = true }) };
        }

        return table;
    }

    /// <summary>Whether all rows that the old version writes have the same value in a column: its default.</summary>
    public static bool IsSameInOldRows(LogicalTable table, LogicalColumn column) =>
        table.Original is not null && column is { Default: not null, Generated: null, Original: null } && !table.Derivations.Exists(derivation => derivation.Target == column.Slot);

    // What was said last counts; what is not understood might say anything.
    static Expression? Last(LogicalSchema schema, LogicalTable table, LogicalColumn column, bool isFill)
    {
        foreach (var run in schema.SqlRuns.Reverse())
        {
            if (!run.Tables.TryGetValue(table.Id, out var seen) || seen.Columns.Find(other => other.Slot == column.Slot) is not { } named)
                break;
            if (!run.Mentions(seen) || !run.Names(named.Name))
                continue;
            if (run.Operation.Moment == SqlMoment.Complete || SqlTokens.Statements(run.Operation.Sql) is not { Count: > 0 } statements)
                return null;
            foreach (var statement in statements.Reverse())
            {
                if (Read(statement, schema, seen, named, isFill) is { } expression)
                    return MeansTheSame(expression, seen, table) ? new Expression(expression) : null;
                if (SqlTokens.Names(statement.Text).Contains(named.Name.Value))
                    return null;
            }
        }

        return null;
    }

    static string? Read(SqlStatement statement, LogicalSchema schema, LogicalTable table, LogicalColumn column, bool isFill)
    {
        var cursor = new SqlCursor(statement);
        cursor.Expect("update");
        cursor.Takes("only");
        if (cursor.Relation().In(schema.BaseSchema) != table.Name || !cursor.Takes("set"))
            return null;
        string? value = null;
        do
        {
            var target = cursor.Name();
            cursor.Expect('=');
            var text = cursor.TextUpTo("where", "from", "returning");
            if (target == column.Name)
                value = text;
        }
        while (cursor.IsGood && cursor.Takes(','));
        if (isFill)
        {
            cursor.Expect("where");
            cursor.Expect(column.Name);
            cursor.Expect("is", "null");
        }

        return cursor.IsGood && cursor.IsAtEnd ? value : null;
    }

    // Other tables may be others for the old version, and a name may mean another column by now.
    static bool MeansTheSame(string expression, LogicalTable seen, LogicalTable now)
    {
        var tokens = SqlTokens.Of(expression);
        var scope = now.ScopeForUp.Slots;
        return !tokens.Any(token => token.Is("select") || token.Is("default") || token.Is('.'))
            && tokens.Where(token => token.IsName && token.Value.Length > 0).Select(token => seen.Find(new Identifier(token.Value))).OfType<LogicalColumn>()
                .All(column => column.Slot.Original is not null && scope.TryGetValue(column.Name, out var slot) && slot == column.Slot);
    }
}
