using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>
/// Decides when raw SQL runs whose author does not say. Rows are changed at start. A definition that only adds runs at start too, if the tables and columns
/// that it names have these names then; what replaces, changes or drops something waits for complete, for the old version uses it until then.
/// </summary>
sealed class SqlPlacing(Layout layout)
{
    // What raw SQL makes, and how.
    readonly Dictionary<string, string> _made = [];
    readonly HashSet<string> _waiting = [];
    readonly HashSet<Identifier> _missing = [];

    /// <summary>The runs with their moments, in order; a text whose parts have several moments has no undo of its own any more.</summary>
    public List<SqlRun> Place(IEnumerable<SqlRun> runs)
    {
        var placed = runs.Select(run => (run, Placed: Place(run))).ToList();
        var passing = Passing([.. placed.Select(pair => pair.Placed)]);
        return [.. placed.Where(pair => !passing.Contains(pair.Placed))
            .Select(pair => pair.run is { Whole: null } or { Operation.Down: null } ? pair.Placed : WithUndo(pair.Placed, [.. placed.Where(other => ReferenceEquals(other.run.Whole, pair.run.Whole)).Select(other => other.Placed)]))];
    }

    // What waits for complete, and what a later statement of the same rollout drops: nobody ever sees it, and it may stand on columns that are
    // gone by then.
    HashSet<SqlRun> Passing(List<SqlRun> placed)
    {
        var passing = new HashSet<SqlRun>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < placed.Count; i++)
        {
            if (placed[i].Operation.Moment != SqlMoment.Complete || MadeBy(placed[i]) is not { Kind: "view" or "trigger" or "rule" or "policy", Drop: not null } made || IsThere(placed[i]))
                continue;
            var drop = placed.FindIndex(i + 1, run => MadeBy(run) is { Drop: null } dropped && KeyOf(dropped) == KeyOf(made) && IsOneDrop(run));
            var between = drop < 0 ? [] : placed[i..(drop + 1)];
            if (between.TrueForAll(run => run.IsDefinition || !run.Names(made.Name.Name)))
                passing.UnionWith(between.Where(run => MadeBy(run) is { } other ? KeyOf(other) == KeyOf(made) : run.Names(made.Name.Name)));
        }

        return passing;
    }

    static Made? MadeBy(SqlRun run) => run.IsDefinition && SqlTokens.Statements(run.Operation.Sql) is [var statement] ? Made.By(statement) : null;

    static bool IsOneDrop(SqlRun run) => SqlTokens.Statements(run.Operation.Sql) is [var statement] && statement.Begins("drop") && !statement.Tokens.Any(token => token.Is(','));

    /// <summary>What raw SQL makes beside tables, and other operations may name: types, sequences, functions.</summary>
    public static IEnumerable<NewObject> MadeBeside(RunSql operation) => SqlTokens.Statements(operation.Sql)
        .Where(statement => operation.Moment != SqlMoment.Complete && statement.Begins("create") && Made.By(statement) is
        { Kind: "schema" or "extension" or "type" or "domain" or "collation" or "sequence" or "function" })
        .Select(statement => new NewObject("Raw SQL", SqlText.Verbatim(statement.Text), SqlText.Empty) { Source = operation.Source, MayBeLeftOut = true });

    // The undo of a whole text runs once, when all of it is to be undone: with its last part, which is undone first.
    static SqlRun WithUndo(SqlRun part, List<SqlRun> parts)
    {
        if (parts.Exists(other => other.Operation.Moment == SqlMoment.Complete))
            return With(part, part.Operation.Moment, part.InferredUndo);
        return With(part, part.Operation.Moment, ReferenceEquals(part, parts[^1]) ? part.Operation.Down : "");
    }

    SqlRun Place(SqlRun run)
    {
        if (run.Operation.Moment != SqlMoment.Chosen)
            return run;
        // A text with definitions was cut into its statements.
        var statements = SqlTokens.Statements(run.Operation.Sql);
        if (!statements.Any(SqlKinds.IsDefinition))
        {
            if (_missing.Any(run.Names))
                return AfterDefinitions(run);
            var tables = statements.Where(SqlKinds.MakesOfRows).Select(Made.By).OfType<Made>().ToList();
            foreach (var table in tables)
                _made[KeyOf(table)] = $"CREATE TABLE {Made.Written(table.Name)} ()";
            var drops = tables.Count == 0 ? null : string.Join(";\n", tables.Select(table => table.Drop));
            return With(run, SqlMoment.Start, run.Operation.Down ?? drops) with { InferredUndo = drops };
        }

        var made = Made.By(statements[0]);
        if (made is null || !IsThere(run) || _waiting.Contains(made.Name.Name.Value) || !(made.IsHarmless || IsNew(made) || IsOwn(made)))
        {
            if (made is not null)
                _waiting.Add(made.Name.Name.Value);
            if (made is not null && (statements[0].Begins("create") && made.Table is null || statements[0].Begins("alter", "table") && ChangesShape(statements[0])))
                _missing.Add(made.Name.Name);
            return With(run, SqlMoment.Complete, "");
        }

        var undo = "";
        if (statements[0].Begins("drop") && _made.Remove(KeyOf(made), out var creation))
        {
            // The undo of what made it drops it again.
            undo = creation;
        }
        else if (IsNew(made))
        {
            undo = _made.ContainsKey(KeyOf(made)) ? "" : made.Drop!;
            _made[KeyOf(made)] = made.Kind == "table" ? $"CREATE TABLE {Made.Written(made.Name)} ()" : run.Operation.Sql;
        }

        return With(run, SqlMoment.Start, run.Operation.Down ?? undo) with { InferredUndo = undo };
    }

    // Rows are changed where that is possible: when the table has got its columns, the trigger is silent, the function is there.
    SqlRun AfterDefinitions(SqlRun run)
    {
        foreach (var table in run.MentionedTables)
        {
            var gone = table.Columns.Find(column => run.Names(column.Name) && layout.After.Tables.GetValueOrDefault(table.Id)?.SuccessorOf(column.Slot) is null);
            if (gone is not null)
                throw Mistakes.SqlSeesPassingShape(table.Name, gone.Name, run.Operation.Source);
        }

        return With(run, SqlMoment.Complete, "") with { NeedsDefinition = true };
    }

    static bool ChangesShape(SqlStatement statement) =>
        statement.Tokens.Any(token => token.Is("add") || token.Is("alter") || token.Is("drop") || token.Is("rename") || token.Is("disable") || token.Is("enable"));

    string KeyOf(Made made) => made.KeyIn(layout.After.BaseSchema);

    bool IsNew(Made made) => made.Kind != "index" && !layout.After.Database.Definitions.Contains(KeyOf(made)) && made.Drop is not null;

    // It changes what raw SQL of the same rollout made, which nobody uses yet.
    bool IsOwn(Made made) => _made.ContainsKey(KeyOf(made)) || made is { Kind: "index", Table: { } table } && _made.ContainsKey($"relation {table.In(layout.After.BaseSchema).Display}");

    // Whether the tables that it names are in the database, now and until complete, as they are called at its moment.
    bool IsThere(SqlRun run) => run.MentionedTables.All(table =>
    {
        if (layout.After.Ghosts.Exists(ghost => ghost.Id == table.Id) || !layout.After.Tables.TryGetValue(table.Id, out var final))
            return false;
        var hasHidden = final.Original is not null && (Layout.HasMarker(final) || final.Columns.Exists(column => column.Slot.Original is null) || final.Passing.Count > 0);
        var namesAll = run.Operation.Sql.Contains('*', StringComparison.Ordinal);
        return layout.NameOf(final) == table.Name
            && !(namesAll && hasHidden)
            && table.Columns.Where(column => namesAll || run.Names(column.Name)).All(column => Layout.NameOf(final, column.Slot) == column.Name && final.Columns.Exists(other => other.Slot == column.Slot));
    });

    static SqlRun With(SqlRun run, SqlMoment moment, string? down) => run with { Operation = run.Operation with { Moment = moment, Down = down } };
}

/// <summary>What a definition makes or changes.</summary>
/// <param name="Kind">The keyword of its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Table">The table it belongs to, for a trigger, rule or policy.</param>
/// <param name="Drop">What takes it away again; null if it does not make it.</param>
/// <param name="IsHarmless">Whether it may run at start in any case: it adds something where that is missing, and takes nothing away.</param>
sealed record Made(string Kind, RelationName Name, RelationName? Table, string? Drop, bool IsHarmless)
{
    /// <summary>As the catalogue names it.</summary>
    public string KeyIn(Identifier baseSchema) => Kind switch
    {
        "schema" or "extension" => $"{Kind} {Name.Name.Value}",
        "trigger" or "rule" or "policy" => $"{Kind} {Table!.Value.In(baseSchema).Display} {Name.Name.Value}",
        "function" or "procedure" => $"routine {Name.In(baseSchema).Display}",
        "type" or "domain" => $"type {Name.In(baseSchema).Display}",
        "collation" => $"collation {Name.In(baseSchema).Display}",
        _ => $"relation {Name.In(baseSchema).Display}",
    };

    /// <summary>Reads a statement; null if it does not make something that can be told.</summary>
    public static Made? By(SqlStatement statement)
    {
        var cursor = new SqlCursor(statement);
        if (cursor.Takes("alter", "type"))
        {
            var type = cursor.Relation();
            // A label more takes nothing from anybody; it cannot be dropped again.
            return cursor.Takes("add", "value") && cursor.IsGood ? new Made("type", type, null, null, IsHarmless: true) : null;
        }

        if (cursor.Takes("alter") || cursor.Takes("drop"))
            return Changed(cursor);
        if (!cursor.Takes("create"))
            return null;
        if (RawIndex.Read(statement) is { } index)
            return index.Name is { } indexName ? new Made("index", new RelationName(index.Table.Schema, indexName), index.Table, null, IsHarmless: false) : null;
        cursor.Takes("or", "replace");
        _ = cursor.Takes("unlogged") || cursor.Takes("constraint");
        var prefix = cursor.Takes("materialized") ? "materialized " : "";
        var kind = KindOf(cursor);
        if (kind is null)
            return null;
        var isOptional = cursor.Takes("if", "not", "exists");
        var name = cursor.Relation();
        var drop = $"DROP {prefix.ToUpperInvariant()}{kind.ToUpperInvariant()} {Written(name)}";
        RelationName? table = null;

        // Tables that raw SQL makes may refer to each other, whichever is dropped first.
        if (kind == "table")
            drop += " CASCADE";
        if (kind is "function" or "procedure")
            drop += $"({Arguments(cursor.InParenthesesOrNothing())})";
        else if (kind is "trigger" or "rule" or "policy")
        {
            cursor.TextUpTo(kind == "rule" ? "to" : "on");
            if (!cursor.Takes("on"))
                cursor.Expect("to");
            table = cursor.Relation();
            drop += $" ON {Written(table.Value)}";
        }

        return cursor.IsGood ? new Made(kind, name, table, drop, isOptional) : null;
    }

    static Made? Changed(SqlCursor cursor)
    {
        cursor.Takes("materialized");
        if (KindOf(cursor) is not { } kind)
            return null;
        cursor.Takes("if", "exists");
        cursor.Takes("only");
        return new Made(kind, cursor.Relation(), null, null, IsHarmless: false) is var made && cursor.IsGood && kind is not ("trigger" or "rule" or "policy") ? made : made with { Table = made.Name };
    }

    static string? KindOf(SqlCursor cursor)
    {
        foreach (var kind in new[] { "schema", "extension", "type", "domain", "collation", "sequence", "table", "view", "function", "procedure", "trigger", "rule", "policy" })
        {
            if (cursor.Takes(kind))
                return kind;
        }

        return null;
    }

    // DROP FUNCTION takes arguments as CREATE does, but no defaults.
    static string Arguments(string text)
    {
        var arguments = new List<string>();
        var cursor = SqlTokens.Statements(text) is [var statement] ? new SqlCursor(statement) : null;
        while (cursor is { IsAtEnd: false, IsGood: true })
        {
            arguments.Add(cursor.TextUpTo("default").Split('=')[0].TrimEnd(' ', ':'));
            if (cursor.Takes("default"))
                cursor.TextUpTo();
            cursor.Takes(',');
        }

        return string.Join(", ", arguments);
    }

    /// <summary>A name as SQL.</summary>
    public static string Written(RelationName name) => name.Schema is { } schema ? new QualifiedName(schema, name.Name).ToString() : name.Name.ToString();
}
