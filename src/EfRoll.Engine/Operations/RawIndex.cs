using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary><c>CREATE INDEX</c> as raw SQL: what EF Core has no words for, such as an expression. It is built as every other index is.</summary>
sealed record RawIndex(RelationName Table, Identifier Name, string Tail, bool IsUnique, bool IsOptional)
{
    /// <summary>Reads the statement; null if it leaves the name to PostgreSQL or is not understood.</summary>
    public static RawIndex? Read(SqlStatement statement)
    {
        var cursor = new SqlCursor(statement);
        cursor.Expect("create");
        var isUnique = cursor.Takes("unique");
        cursor.Expect("index");
        cursor.Takes("concurrently");
        var isOptional = cursor.Takes("if", "not", "exists");
        if (cursor.IsNext("on"))
            return null;
        var name = cursor.Name();
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

        // For the checks that every new index has.
        var like = new CreateIndex(Table, Name, []) { Source = source };
        var checkedSchema = like.Apply(schema);
        var names = SqlTokens.Names(Tail).ToHashSet();
        var index = new LogicalIndex(Name)
        {
            Slots = table.Columns.Where(column => names.Contains(column.Name.Value)).Select(column => column.Slot).ToEquatableList(),
            New = new NewIndex(SqlText.Verbatim(Tail), IsUnique, table.ScopeNow, source),
        };
        var made = checkedSchema.Tables[table.Id];
        return checkedSchema.With(made with { Indexes = made.Indexes.RemoveAt(made.Indexes.Count - 1).Add(index) });
    }
}
