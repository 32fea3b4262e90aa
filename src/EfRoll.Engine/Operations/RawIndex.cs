using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary><c>CREATE INDEX</c> as raw SQL: what EF Core has no words for, such as an expression. It is built as every other index is.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Name">Its name; null if that is left to PostgreSQL.</param>
/// <param name="Tail">From <c>USING</c> on.</param>
/// <param name="IsUnique">Whether it is unique.</param>
/// <param name="IsOptional">Whether it is not made if it is there.</param>
sealed record RawIndex(RelationName Table, Identifier? Name, string Tail, bool IsUnique, bool IsOptional)
{
    /// <summary>Reads the statement; null if it is not understood.</summary>
    public static RawIndex? Read(SqlStatement statement)
    {
        var cursor = new SqlCursor(statement);
        cursor.Expect("create");
        var isUnique = cursor.Takes("unique");
        cursor.Expect("index");
        cursor.Takes("concurrently");
        var isOptional = cursor.Takes("if", "not", "exists");
        var name = cursor.IsNext("on") ? (Identifier?)null : cursor.Name();
        cursor.Expect("on");
        cursor.Takes("only");
        var table = cursor.Relation();
        var tail = cursor.IsNext("using") ? cursor.Rest() : $"USING btree {cursor.Rest()}";
        return cursor.IsGood ? new RawIndex(table, name, tail, isUnique, isOptional) : null;
    }

    /// <summary>Adds it to its table; null if that is not known.</summary>
    public LogicalSchema? Apply(LogicalSchema schema, SourceLocation? source)
    {
        if (schema.Find(Table.In(schema.BaseSchema)) is not { } table)
            return null;
        if (IsOptional && table.Indexes.Exists(index => index.Name == Name))
            return schema;
        if ((Name ?? ChosenName(schema, table)) is not { } name)
            return null;

        // For the checks that every new index has.
        var like = new CreateIndex(Table, name, []) { Source = source };
        var checkedSchema = like.Apply(schema);
        var names = SqlTokens.Names(Tail).ToHashSet();
        var index = new LogicalIndex(name)
        {
            Slots = table.Columns.Where(column => names.Contains(column.Name.Value)).Select(column => column.Slot).ToEquatableList(),
            New = new NewIndex(SqlText.Verbatim(Tail), IsUnique, table.ScopeNow, source),
        };
        var made = checkedSchema.Tables[table.Id];
        return checkedSchema.With(made with { Indexes = made.Indexes.RemoveAt(made.Indexes.Count - 1).Add(index) });
    }

    // As ChooseIndexName in PostgreSQL's indexcmds.c: after its columns, a function call after the function. Null where the name of an expression would have to be known.
    Identifier? ChosenName(LogicalSchema schema, LogicalTable table)
    {
        var cursor = new SqlCursor(SqlTokens.Statements(Tail)[0]);
        cursor.Expect("using");
        cursor.Name();
        var names = KeyNames(cursor.InParentheses());
        if (cursor.Takes("include"))
            names.AddRange(KeyNames(cursor.InParentheses()));
        return cursor.IsGood && names.TrueForAll(name => name is not null) && names.Distinct().Count() == names.Count
            ? schema.ChooseName(table, names.Select(name => name!.Value), "idx")
            : null;
    }

    static List<Identifier?> KeyNames(string keys)
    {
        var names = new List<Identifier?>();
        if (SqlTokens.Statements(keys) is not [var statement])
            return [null];
        var cursor = new SqlCursor(statement);
        do
        {
            var isExpression = cursor.IsNext('(');
            var name = isExpression ? (Identifier?)null : cursor.Name();
            names.Add(cursor.IsNext('.') ? null : name);
            if (!cursor.IsAtEnd && !cursor.IsNext(','))
                cursor.TextUpTo();
        }
        while (cursor.Takes(','));
        return names;
    }
}
