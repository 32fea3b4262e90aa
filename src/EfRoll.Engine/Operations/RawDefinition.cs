using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>
/// Raw SQL that says the same as operations: it is taken as these, so that it is planned as they are, and later operations find what it made.
/// Only plain forms are understood; everything else stays raw SQL.
/// </summary>
static class RawDefinition
{
    static readonly string[] Constraining = ["constraint", "not", "null", "default", "primary", "unique", "references", "check", "generated", "collate", "storage", "compression"];

    /// <summary>Applies a statement to the schema; null if it stays raw SQL.</summary>
    public static LogicalSchema? Apply(LogicalSchema schema, SqlStatement statement, SourceLocation? source)
    {
        if (statement.Begins("create", "index") || statement.Begins("create", "unique", "index"))
            return RawIndex.Read(statement)?.Apply(schema, source);
        var parts = Read(statement);
        if (parts is null || !parts.TrueForAll(part => part.IsKnown(schema)))
            return null;
        return parts.Where(part => !part.IsDone(schema)).Aggregate(schema, (current, part) => (part.Operation with { Source = source }).Apply(current));
    }

    /// <summary>The operations that a statement says; null if it says something else.</summary>
    public static List<Part>? Read(SqlStatement statement)
    {
        var cursor = new SqlCursor(statement);
        List<Part>? parts = null;
        if (cursor.Takes("alter", "table"))
            parts = AlterTable(cursor);
        else if (cursor.Takes("alter", "index"))
            parts = AlterIndex(cursor);
        else if (cursor.Takes("create", "collation"))
            parts = Collation(cursor);
        else if (cursor.Takes("create", "table"))
            parts = RawTable.Read(cursor);
        else if (cursor.Takes("drop", "table"))
            parts = Drop(cursor, name => new DropTable(name), (name, schema) => schema.Find(name.In(schema.BaseSchema)) is not null);
        else if (cursor.Takes("drop", "index"))
        {
            cursor.Takes("concurrently");
            parts = Drop(cursor, name => new DropIndex(name), HasIndex);
        }

        return cursor.IsGood && cursor.IsAtEnd ? parts : null;
    }

    // Later columns name it, so that it has to be known.
    static List<Part>? Collation(SqlCursor cursor)
    {
        var isOptional = cursor.Takes("if", "not", "exists");
        var name = cursor.Relation();
        var options = new Dictionary<string, string>();
        foreach (var option in cursor.InParentheses().Split(','))
        {
            if (SqlTokens.Of(option) is not [{ IsName: true } key, var equals, var value] || !equals.Is('=') || !options.TryAdd(key.Value, value.Value))
                return null;
        }

        var (collate, type) = options.Remove("locale", out var locale) ? (locale, locale) : (options.GetValueOrDefault("lc_collate"), options.GetValueOrDefault("lc_ctype"));
        options.Remove("lc_collate");
        options.Remove("lc_ctype");
        var operation = new CreateCollation(name, collate ?? "", type ?? "")
        {
            Provider = options.Remove("provider", out var provider) ? provider : null,
            IsDeterministic = options.Remove("deterministic", out var deterministic) ? deterministic is "true" or "on" or "1" : null,
        };
        return collate is null || type is null || options.Count > 0
            ? null
            : [new Part(operation, schema => schema.HasSchema(name.In(schema.BaseSchema).Schema)) { IsDone = schema => isOptional && schema.FindObject(ObjectKind.Collation, name.In(schema.BaseSchema)) is not null }];
    }

    static List<Part> Drop(SqlCursor cursor, Func<RelationName, Operation> operation, Func<RelationName, LogicalSchema, bool> isThere)
    {
        var isOptional = cursor.Takes("if", "exists");
        var parts = new List<Part>();
        do
        {
            var name = cursor.Relation();
            parts.Add(new Part(operation(name), schema => isThere(name, schema) || isOptional && !schema.SqlRuns.Exists(run => run.Names(name.Name)))
            {
                IsDone = schema => isOptional && !isThere(name, schema),
            });
        }
        while (cursor.Takes(','));
        _ = cursor.Takes("cascade") || cursor.Takes("restrict");
        return parts;
    }

    static List<Part> AlterIndex(SqlCursor cursor)
    {
        cursor.Takes("if", "exists");
        var name = cursor.Relation();
        cursor.Expect("rename", "to");
        return [new Part(new RenameIndex(name, cursor.Name()), schema => HasIndex(name, schema))];
    }

    static List<Part> AlterTable(SqlCursor cursor)
    {
        cursor.Takes("if", "exists");
        cursor.Takes("only");
        var table = cursor.Relation();
        var parts = new List<Part>();
        do
            parts.AddRange(Action(cursor, table));
        while (cursor.IsGood && cursor.Takes(','));
        return parts;
    }

    static List<Part> Action(SqlCursor cursor, RelationName table)
    {
        var part = new Part(new CommentTable(table, null), schema => schema.Find(table.In(schema.BaseSchema)) is not null);
        if (cursor.Takes("add", "constraint"))
            return [part with { Operation = Constraint(cursor, table, cursor.Name()) }];
        if (cursor.Takes("add"))
            return cursor.IsNext("primary", "foreign", "unique", "check", "exclude") ? [part with { Operation = Constraint(cursor, table, null) }] : Added(cursor, table, part);
        if (cursor.Takes("drop"))
            return [Dropped(cursor, table, part)];
        if (cursor.Takes("alter"))
            return [part with { Operation = Altered(cursor, table) }];
        cursor.Expect("rename");
        if (cursor.Takes("to"))
            return [part with { Operation = new RenameTable(table, new RelationName(table.Schema, cursor.Name())) }];
        var isConstraint = cursor.Takes("constraint");
        if (!isConstraint)
            cursor.Takes("column");
        var from = cursor.Name();
        cursor.Expect("to");
        var to = cursor.Name();
        return [part with { Operation = isConstraint ? new RenameConstraint(table, from, to) : new RenameColumn(table, from, to) }];
    }

    static List<Part> Added(SqlCursor cursor, RelationName table, Part part)
    {
        cursor.Takes("column");
        var isOptional = cursor.Takes("if", "not", "exists");
        var (column, constraints) = Column(cursor, table);
        part = part with { IsDone = schema => isOptional && schema.Find(table.In(schema.BaseSchema))?.Find(column.Name) is not null };
        return [.. constraints.Prepend(new AddColumn(table, column)).Select(operation => part with { Operation = operation })];
    }

    /// <summary>Reads a column and the constraints that stand beside it.</summary>
    public static (ColumnDefinition Column, List<Operation> Constraints) Column(SqlCursor cursor, RelationName table)
    {
        var name = cursor.Name();
        var column = new ColumnDefinition(name, cursor.TextUpTo(Constraining));
        var constraints = new List<Operation>();
        while (!cursor.IsAtEnd && !cursor.IsNext(',') && cursor.IsGood)
        {
            var constraint = cursor.Takes("constraint") ? cursor.Name() : (Identifier?)null;
            if (cursor.IsNext("references", "check", "unique", "primary"))
                constraints.Add(OfColumn(cursor, table, constraint, name));
            else if (cursor.Takes("not", "null"))
                column = column with { IsNullable = false };
            else if (cursor.Takes("default"))
                // NULL is a default here, and says that the column takes it where it stands alone.
                column = column with { Default = cursor.Takes("null") ? null : cursor.TextUpTo(Constraining) };
            else if (cursor.Takes("collate"))
                column = column with { Collation = cursor.Relation() };
            else if (cursor.Takes("generated"))
                column = Generated(cursor, column);
            else
                cursor.Expect("null");
        }

        return (column, constraints);
    }

    // The same as a constraint of the table that names this column.
    static Operation OfColumn(SqlCursor cursor, RelationName table, Identifier? name, Identifier column)
    {
        if (cursor.IsNext("check"))
            return Constraint(cursor, table, name);
        if (cursor.Takes("references"))
            return new AddForeignKey(table, ForeignKey(cursor, name, [column]));
        var isPrimary = cursor.Takes("primary", "key");
        if (!isPrimary)
            cursor.Expect("unique");
        return Key(cursor, table, new KeyDefinition(name, [column]), isPrimary);
    }

    static ColumnDefinition Generated(SqlCursor cursor, ColumnDefinition column)
    {
        var isAlways = !cursor.Takes("by", "default") && cursor.Takes("always");
        cursor.Expect("as");
        if (!cursor.Takes("identity"))
            return column with { GenerationExpression = cursor.InParentheses(), Generated = cursor.Takes("stored") ? GeneratedKind.Stored : GeneratedKind.Virtual };
        var options = cursor.InParenthesesOrNothing();
        return column with { Identity = isAlways ? IdentityKind.Always : IdentityKind.ByDefault, IdentityOptions = options.Length == 0 ? null : options };
    }

    static Part Dropped(SqlCursor cursor, RelationName table, Part part)
    {
        var isConstraint = cursor.Takes("constraint");
        if (!isConstraint)
            cursor.Takes("column");
        var isOptional = cursor.Takes("if", "exists");
        var name = cursor.Name();
        _ = cursor.Takes("cascade") || cursor.Takes("restrict");
        return part with
        {
            Operation = isConstraint ? new DropConstraint(table, name) : new DropColumn(table, name),
            IsDone = schema => isOptional && schema.Find(table.In(schema.BaseSchema)) is { } found
                && (isConstraint ? !found.Constraints.Exists(constraint => constraint.Name == name) : found.Find(name) is null),
        };
    }

    static AlterColumn Altered(SqlCursor cursor, RelationName table)
    {
        cursor.Takes("column");
        var column = new AlterColumn(table, cursor.Name());
        if (cursor.Takes("set", "data", "type") || cursor.Takes("type"))
        {
            column = column with { Type = cursor.TextUpTo("using", "collate") };
            return cursor.Takes("using") ? column with { Up = new Expression(cursor.TextUpTo()) } : column;
        }

        if (cursor.Takes("set", "default"))
            return column with { Default = new Setting(cursor.TextUpTo()) };
        if (cursor.Takes("drop", "default"))
            return column with { Default = new Setting(null) };
        if (cursor.Takes("set", "not", "null"))
            return column with { IsNullable = false };
        cursor.Expect("drop", "not", "null");
        return column with { IsNullable = true };
    }

    /// <summary>Reads a constraint of a table, from behind its name on.</summary>
    public static Operation Constraint(SqlCursor cursor, RelationName table, Identifier? name)
    {
        if (cursor.Takes("check"))
        {
            // Which name PostgreSQL chooses follows from the columns that it reads.
            if (name is null)
                cursor.Expect("constraint");
            var check = new CheckDefinition(name, new Expression(cursor.InParentheses()));
            return new AddCheckConstraint(table, cursor.Takes("no", "inherit") ? check with { IsNoInherit = true } : check);
        }

        if (cursor.Takes("foreign", "key"))
        {
            var columns = cursor.Names();
            cursor.Expect("references");
            return new AddForeignKey(table, ForeignKey(cursor, name, columns.ToEquatableList()));
        }

        var isPrimary = cursor.Takes("primary", "key");
        if (!isPrimary)
            cursor.Expect("unique");
        return Key(cursor, table, new KeyDefinition(name, cursor.Names().ToEquatableList()), isPrimary);
    }

    static Operation Key(SqlCursor cursor, RelationName table, KeyDefinition key, bool isPrimary)
    {
        var (isDeferrable, isDeferred) = Deferral(cursor);
        key = key with { IsDeferrable = isDeferrable, IsDeferred = isDeferred };
        return isPrimary ? new AddPrimaryKey(table, key) : new AddUniqueConstraint(table, key);
    }

    static ForeignKeyDefinition ForeignKey(SqlCursor cursor, Identifier? name, EquatableList<Identifier> columns)
    {
        var target = cursor.Relation();
        var key = new ForeignKeyDefinition(name, columns, target, cursor.IsNext('(') ? cursor.Names().ToEquatableList() : []);
        if (cursor.Takes("match"))
            key = key with { IsMatchFull = cursor.Takes("full") || !cursor.Takes("simple") };
        while (cursor.Takes("on"))
        {
            if (cursor.Takes("delete"))
                key = key with { OnDelete = Reaction(cursor) };
            else
            {
                cursor.Expect("update");
                key = key with { OnUpdate = Reaction(cursor) };
            }
        }

        var (isDeferrable, isDeferred) = Deferral(cursor);
        return key with { IsDeferrable = isDeferrable, IsDeferred = isDeferred };
    }

    static string Reaction(SqlCursor cursor)
    {
        if (cursor.Takes("cascade"))
            return "CASCADE";
        if (cursor.Takes("restrict"))
            return "RESTRICT";
        if (cursor.Takes("no", "action"))
            return "NO ACTION";
        cursor.Expect("set");
        if (cursor.Takes("null"))
            return "SET NULL";
        cursor.Expect("default");
        return "SET DEFAULT";
    }

    static (bool IsDeferrable, bool IsDeferred) Deferral(SqlCursor cursor)
    {
        var isDeferrable = !cursor.Takes("not", "deferrable") && cursor.Takes("deferrable");
        var isDeferred = cursor.Takes("initially", "deferred");
        if (!isDeferred)
            cursor.Takes("initially", "immediate");
        return (isDeferrable || isDeferred, isDeferred);
    }

    static bool HasIndex(RelationName name, LogicalSchema schema)
    {
        var full = name.In(schema.BaseSchema);
        return schema.Tables.Values.Any(table => table.Name.Schema == full.Schema && table.Indexes.Exists(index => index.Name == full.Name));
    }
}

/// <summary>One of the operations that a statement says.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="IsKnown">Whether what it changes is known to the schema; else the statement stays raw SQL.</param>
sealed record Part(Operation Operation, Func<LogicalSchema, bool> IsKnown)
{
    /// <summary>Whether there is nothing to do, because of <c>IF [NOT] EXISTS</c>.</summary>
    public Func<LogicalSchema, bool> IsDone { get; init; } = _ => false;
}
