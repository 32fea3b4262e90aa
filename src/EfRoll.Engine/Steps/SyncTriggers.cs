using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Steps;

/// <summary>
/// The functions and triggers that keep the two versions of a table's rows in step. A row names its writer (the marker); an update is by the
/// version that alone can see what it changed, and by the old one in doubt.
/// </summary>
/// <param name="Original">The table.</param>
/// <param name="BaseSchema">Where the authors' expressions look for functions.</param>
/// <param name="VersionSchemas">A session that has one of these on its path is of the new version.</param>
/// <param name="Mark">And so is one whose <c>application_name</c> ends in this: it may name the version's views instead of having them on its path.</param>
sealed record SyncTriggers(Table Original, Identifier BaseSchema, EquatableList<Identifier> VersionSchemas, string Mark)
{
    const string NewSession = "new";

    /// <summary>What follows when the old version wrote.</summary>
    public required EquatableList<Sync> Ups { get; init; }

    /// <summary>What follows when the new version wrote.</summary>
    public required EquatableList<Sync> Downs { get; init; }

    /// <summary>Columns that only the old version sees.</summary>
    public required EquatableList<SyncColumn> OldOnly { get; init; }

    /// <summary>Columns that only the new version sees.</summary>
    public required EquatableList<SyncColumn> NewOnly { get; init; }

    /// <summary>What an insert by raw SQL in the middle of the rollout leaves to be made of the columns that it knows.</summary>
    public EquatableList<Sync> Followed { get; init; } = [];

    /// <summary>Makes functions and triggers; needs the marker to be there. SHARE ROW EXCLUSIVE on the table.</summary>
    public IEnumerable<SqlText> Create()
    {
        yield return Function(HelperNames.Function(Table), AfterUsers());
        yield return Trigger($"CREATE", HelperNames.Trigger(isInsert: true), $"INSERT", HelperNames.Function(Table), SqlText.Empty, []);
        foreach (var trigger in UpdateTriggers($"CREATE", $"UPDATE", isEarly: false))
            yield return trigger;
        if (!HasUsersTriggers(Original))
            yield break;

        // Users' triggers know the old version's columns only: these get their values before, and what they change there is followed after.
        yield return Function(HelperNames.EarlyFunction(Table), BeforeUsers());
        yield return Trigger($"CREATE", HelperNames.EarlyTrigger(isInsert: true), $"INSERT", HelperNames.EarlyFunction(Table), SqlText.Empty, []);
        foreach (var trigger in UpdateTriggers($"CREATE", $"UPDATE", isEarly: true))
            yield return trigger;
    }

    /// <summary>
    /// Once every row is filled: fires for updates that name a column which the versions see differently, so that others cost nothing. Nothing where
    /// triggers of the users' may change columns that a statement does not name. SHARE ROW EXCLUSIVE on the table.
    /// https://www.postgresql.org/docs/current/sql-createtrigger.html
    /// </summary>
    public IEnumerable<SqlText> Narrow() => HasUsersTriggers(Original) || Relevant.Count == 0
        ? []
        : UpdateTriggers($"CREATE OR REPLACE", $"UPDATE OF {Relevant.Select(column => column.Name)}", isEarly: false);

    /// <summary>The triggers.</summary>
    public IEnumerable<Identifier> Names()
    {
        var names = Sides.Select(side => HelperNames.Trigger(isInsert: false, side)).Prepend(HelperNames.Trigger(isInsert: true));
        return HasUsersTriggers(Original)
            ? [.. names, HelperNames.EarlyTrigger(isInsert: true), .. Sides.Select(side => HelperNames.EarlyTrigger(isInsert: false, side))]
            : names;
    }

    /// <summary>Takes them away. ACCESS EXCLUSIVE on the table.</summary>
    public IEnumerable<SqlText> Drop()
    {
        foreach (var name in Names())
            yield return $"DROP TRIGGER {name} ON {Table}";
        yield return $"DROP FUNCTION {HelperNames.Function(Table)}()";
        if (HasUsersTriggers(Original))
            yield return $"DROP FUNCTION {HelperNames.EarlyFunction(Table)}()";
    }

    QualifiedName Table => Original.Name;

    static bool HasUsersTriggers(Table table) => table.Triggers.Count > 0;

    List<SyncColumn> Relevant => [.. Ups.Concat(Downs).SelectMany(sync => sync.Inputs.Append(sync.TargetColumn)).Distinct()];

    // Where an update may change nothing but columns that both versions see, the session tells whose it is.
    bool DependsOnSession => Relevant.Exists(column => !OldOnly.Contains(column) && !NewOnly.Contains(column));

    // Whose sessions a trigger is for; null for everybody's.
    IReadOnlyList<bool?> Sides => DependsOnSession ? [false, true] : [null];

    // Not a condition of its own for what a function can ask: PostgreSQL reads and compiles a trigger's condition anew for each statement.
    IEnumerable<SqlText> UpdateTriggers(SqlText verb, SqlText when, bool isEarly)
    {
        var function = isEarly ? HelperNames.EarlyFunction(Table) : HelperNames.Function(Table);
        foreach (var side in Sides)
        {
            var name = isEarly ? HelperNames.EarlyTrigger(isInsert: false, side) : HelperNames.Trigger(isInsert: false, side);
            // The function has a search_path of its own and cannot see the session's.
            var condition = side is null ? SqlText.Empty : side.Value ? $"\nWHEN {IsNewSession}" : (SqlText)$"\nWHEN (NOT {IsNewSession})";
            yield return Trigger(verb, name, when, function, condition, side == true ? [Literal.Text(NewSession)] : []);
        }
    }

    SqlText Trigger(SqlText verb, Identifier name, SqlText when, QualifiedName function, SqlText condition, IReadOnlyList<Literal> arguments) =>
        $"""
        {verb} TRIGGER {name} BEFORE {when} ON {Table} FOR EACH ROW{condition}
        EXECUTE FUNCTION {function}({SqlText.Join(", ", arguments.Select(argument => (SqlText)$"{argument}"))})
        """;

    // The function's own search_path: an expression means the same whatever path the writing session has, and none can slip a function of its own
    // under it. A body in quotes rather than dollars: an author's expression may hold any dollar tag. Columns before variables: one may be called FOUND.
    SqlText Function(QualifiedName name, SqlText body) =>
        $"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
        SET search_path = {BaseSchema}, pg_temp AS {Literal.Text($"\n#variable_conflict use_column\n{body}\n")}
        """;

    /// <summary>What is done to a row after the users' triggers, if there are any.</summary>
    SqlText AfterUsers()
    {
        var isEarlier = HasUsersTriggers(Original);
        var settled = Settled();
        var newUpdate = isEarlier ? SqlText.Empty : (SqlText)$"        ELSIF {AnyChanged(Relevant)} THEN\n{Lines(NewUpdate())}\n";
        var settleUpdate = isEarlier ? (SqlText)$"    ELSIF {IsNewRow} THEN\n{Lines(settled)}\n" : SqlText.Empty;
        return $"""
            {(isEarlier ? $"DECLARE\n    given record := NEW;\n" : SqlText.Empty)}BEGIN
                IF TG_OP = 'INSERT' THEN
                    IF {IsNewRow} THEN
            {Lines(isEarlier ? settled : NewInsert())}
                    ELSE
            {Lines(OldInsert())}
                    END IF;
                ELSIF NEW.{HelperNames.Marker} = OLD.{HelperNames.Marker} THEN
                    IF {IsOldUpdate} THEN
            {Lines(OldUpdate())}
            {newUpdate}        END IF;
            {settleUpdate}    END IF;
                RETURN NEW;
            END
            """;
    }

    /// <summary>What is done before the users' triggers to a row that the new version wrote.</summary>
    SqlText BeforeUsers() =>
        $"""
        BEGIN
            IF TG_OP = 'INSERT' THEN
                IF {IsNewRow} THEN
        {Lines(NewInsert())}
                END IF;
            ELSIF NEW.{HelperNames.Marker} = OLD.{HelperNames.Marker} AND {AnyChanged(Relevant)} AND NOT {IsOldUpdate} THEN
        {Lines(NewUpdate())}
            END IF;
            RETURN NEW;
        END
        """;

    // A row that an update moves to another partition comes to the insert as it was written, with either letter.
    static SqlText IsNewRow => $"NEW.{HelperNames.Marker} IN ('n', 'N')";

    // Whoever changes the marker has said who writes: the backfill, and the trigger before the users' own.
    SqlText IsOldUpdate =>
        $"(OLD.{HelperNames.Marker} = 'b' OR {AnyChanged(Relevant)} AND ({AnyChanged(OldOnly)} OR NOT {AnyChanged(NewOnly)} AND NOT {IsOfNewSession}))";

    SqlText IsOfNewSession => DependsOnSession ? $"coalesce(TG_ARGV[0] = {Literal.Text(NewSession)}, false)" : Never;

    SqlText IsNewSession =>
        $"(pg_catalog.current_schemas(false) && ARRAY[{VersionSchemas.Select(schema => (SqlText)$"{Literal.Text(schema.Value)}")}]::name[] OR pg_catalog.right(pg_catalog.current_setting('application_name'), {Mark.Length}) = {Literal.Text(Mark)})";

    IEnumerable<SqlText> OldInsert() => Ups.Select(up => up.Inputs.Count > 0 ? Set(up) : If($"NEW.{up.Target} IS NULL", Set(up)));

    IEnumerable<SqlText> NewInsert() => Followed.Select(Follow).Concat(Downs.Select(Set));

    // What follows nothing is filled once, when the row is made or found without a value.
    IEnumerable<SqlText> OldUpdate() => Ups
        .Select(up => If(up.Inputs.Count > 0 ? $"OLD.{HelperNames.Marker} = 'b' OR {AnyChanged(up.Inputs)}" : (SqlText)$"OLD.{HelperNames.Marker} = 'b'", Set(up)))
        .Append(Sign(Literal.Text("o"), Literal.Text("O")));

    IEnumerable<SqlText> NewUpdate() => Downs.Where(down => down.Inputs.Count > 0)
        .Select(down => If(AnyChanged(down.Inputs), Set(down)))
        .Append(Sign(Literal.Text("n"), Literal.Text("N")));

    // One of two letters in turn, so that the trigger after the users' own sees that the one before was here.
    static SqlText Sign(Literal letter, Literal other) => $"NEW.{HelperNames.Marker} := CASE OLD.{HelperNames.Marker} WHEN {letter} THEN {other} ELSE {letter} END;";

    static SqlText Set(Sync sync)
    {
        var set = sync.Assignment ?? $"NEW.{sync.Target} := {sync.Value};";
        return sync.Drawn is { } drawn
            ? $"IF NEW.{drawn.Column} IS NULL THEN NEW.{drawn.Column} := {drawn.Value}; ELSE {set} END IF;"
            : set;
    }

    static SqlText Follow(Sync sync)
    {
        var isGiven = SqlText.Join(" OR ", sync.Inputs.Select(input => (SqlText)$"NEW.{input.Name} IS NOT NULL"));
        return If($"NEW.{sync.Target} IS NULL AND ({isGiven})", $"NEW.{sync.Target} := {sync.Value};");
    }

    // What a user's trigger made of a column that only the old version sees goes on to the new version's columns that follow it.
    List<SqlText> Settled() =>
    [
        .. Downs.Where(down => down.Inputs.Count > 0 && Ups.Any(up => up.Inputs.Contains(down.TargetColumn))).SelectMany(down => new SqlText[]
        {
            $"given.{down.Target} := {down.Value};",
            If(
                $"{Differs(down.TargetColumn, $"given")} AND (TG_OP = 'INSERT' OR {Differs(down.TargetColumn, $"OLD")} OR {AnyChanged(down.Inputs.Where(NewOnly.Contains))})",
                SqlText.Join(" ", Ups.Where(up => up.Inputs.Contains(down.TargetColumn)).Select(up => (SqlText)$"NEW.{up.Target} := {up.Value};"))),
        }),
    ];

    static SqlText If(SqlText condition, SqlText then) => $"IF {condition} THEN {then} END IF;";

    static SqlText Lines(IEnumerable<SqlText> statements) => SqlText.Join("\n", statements.Select(statement => (SqlText)$"            {statement}"));

    static SqlText Never => $"false";

    static SqlText Differs(SyncColumn column, SqlText other) => column.IsPlain
        ? (SqlText)$"NEW.{column.Name} IS DISTINCT FROM {other}.{column.Name}"
        : $"ROW(NEW.{column.Name})::record OPERATOR(pg_catalog.*<>) ROW({other}.{column.Name})::record";

    static SqlText AnyChanged(IEnumerable<SyncColumn> columns)
    {
        var parts = columns.Select(column => Differs(column, $"OLD")).ToList();
        return parts.Count == 0 ? Never : $"({SqlText.Join(" OR ", parts)})";
    }
}

/// <summary>A column that a trigger compares.</summary>
/// <param name="Name">Its physical name.</param>
/// <param name="IsPlain">Whether its type's equality means "the same value"; else images are compared (json has no equality, citext's ignores case).</param>
sealed record SyncColumn(Identifier Name, bool IsPlain)
{
    static readonly HashSet<string> PlainTypes =
    [
        "boolean", "smallint", "integer", "bigint", "uuid", "date", "timestamp without time zone", "timestamp with time zone", "text", "character varying", "bytea",
    ];

    /// <summary>Decides by the type.</summary>
    public static SyncColumn Of(Identifier name, string type, bool hasCollation) =>
        new(name, !hasCollation && PlainTypes.Contains(type.Split('(')[0].TrimEnd()));
}

/// <summary>One value that follows from others.</summary>
/// <param name="TargetColumn">The column it goes to.</param>
/// <param name="Value">The value, over <c>NEW</c>.</param>
/// <param name="Inputs">The columns it follows.</param>
sealed record Sync(SyncColumn TargetColumn, SqlText Value, EquatableList<SyncColumn> Inputs)
{
    /// <summary>The name of the column it goes to.</summary>
    public Identifier Target => TargetColumn.Name;

    /// <summary>How a trigger assigns the value, if there is a faster way.</summary>
    public SqlText? Assignment { get; init; }

    /// <summary>For the old half of a column that draws from a sequence: the shadow, and what it gets when the new version leaves it out.</summary>
    public Assignment? Drawn { get; init; }
}
