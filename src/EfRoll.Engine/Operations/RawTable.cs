using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary><c>CREATE TABLE</c> as raw SQL: later operations find the table as if one of them had made it.</summary>
static class RawTable
{
    /// <summary>Reads what follows these two words; null if there is more to the table than columns and constraints.</summary>
    public static List<Part>? Read(SqlCursor cursor)
    {
        var isOptional = cursor.Takes("if", "not", "exists");
        var name = cursor.Relation();
        var columns = new List<ColumnDefinition>();
        var constraints = new List<Operation>();
        if (SqlTokens.Statements(cursor.InParentheses()) is not [var statement])
            return null;
        var inner = new SqlCursor(statement);
        do
        {
            if (inner.IsNext("like"))
                return null;
            if (inner.Takes("constraint"))
                constraints.Add(RawDefinition.Constraint(inner, name, inner.Name()));
            else if (inner.IsNext("primary", "foreign", "unique", "check", "exclude"))
                constraints.Add(RawDefinition.Constraint(inner, name, null));
            else
            {
                var (column, beside) = RawDefinition.Column(inner, name);
                columns.Add(column);
                constraints.AddRange(beside);
            }
        }
        while (inner.IsGood && inner.Takes(','));

        return inner.IsGood && inner.IsAtEnd
            ? [.. constraints.OrderBy(constraint => constraint is AddForeignKey).Prepend(new CreateTable(name, columns.ToEquatableList())).Select(operation => new Part(operation, schema => IsKnown(schema, name, operation, isOptional))
            {
                IsDone = schema => isOptional && schema.Find(name.In(schema.BaseSchema)) is not null,
            })]
            : null;
    }

    // Not if raw SQL that is not read may have made it, or what it refers to.
    static bool IsKnown(LogicalSchema schema, RelationName name, Operation operation, bool isOptional) =>
        schema.HasSchema(name.In(schema.BaseSchema).Schema) && !(isOptional && schema.Find(name.In(schema.BaseSchema)) is null && schema.SqlRuns.Exists(run => run.Names(name.Name)))
        && (operation is not AddForeignKey { ForeignKey.ReferencedTable: var target } || target.In(schema.BaseSchema) is var full && (full == name.In(schema.BaseSchema) || schema.Find(full) is not null));
}
