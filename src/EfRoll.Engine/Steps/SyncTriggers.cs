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
sealed record SyncTriggers(Table Original, Identifier BaseSchema, EquatableList<Identifier> VersionSchemas)
{
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
        yield return Function(isNewVersion: false, Ups);
        yield return Function(isNewVersion: true, Downs);
        yield return InsertTrigger(HelperNames.Trigger(isInsert: true, isNewVersion: false), isNewVersion: false, HelperNames.Function(Table, isNewVersion: false));
        yield return UpdateTrigger(HelperNames.Trigger(isInsert: false, isNewVersion: false), isNewVersion: false);
        if (!HasUsersTriggers(Original))
        {
            yield return InsertTrigger(HelperNames.Trigger(isInsert: true, isNewVersion: true), isNewVersion: true, HelperNames.Function(Table, isNewVersion: true));
            yield return UpdateTrigger(HelperNames.Trigger(isInsert: false, isNewVersion: true), isNewVersion: true);
            yield break;
        }

        // Users' triggers know the old version's columns only: these get their values before, and what they change there is followed after.
        yield return InsertTrigger(HelperNames.EarlyTrigger(isInsert: true), isNewVersion: true, HelperNames.Function(Table, isNewVersion: true));
        yield return UpdateTrigger(HelperNames.EarlyTrigger(isInsert: false), isNewVersion: true);
        yield return SettleFunction();
        yield return InsertTrigger(HelperNames.Trigger(isInsert: true, isNewVersion: true), isNewVersion: true, HelperNames.SettleFunction(Table));
        yield return $"""
            CREATE TRIGGER {HelperNames.Trigger(isInsert: false, isNewVersion: true)} BEFORE UPDATE ON {Table} FOR EACH ROW
            WHEN (NEW.{HelperNames.Marker} <> OLD.{HelperNames.Marker} AND NEW.{HelperNames.Marker} IN ('n', 'N')) EXECUTE FUNCTION {HelperNames.SettleFunction(Table)}()
            """;
    }

    QualifiedName Table => Original.Name;

    static bool HasUsersTriggers(Table table) => table.Triggers.Count > 0;

    /// <summary>Takes them away. ACCESS EXCLUSIVE on the table.</summary>
    public static IEnumerable<SqlText> Drop(Table original)
    {
        var table = original.Name;
        foreach (var isInsert in new[] { true, false })
        {
            foreach (var isNewVersion in new[] { false, true })
                yield return $"DROP TRIGGER {HelperNames.Trigger(isInsert, isNewVersion)} ON {table}";
        }

        if (HasUsersTriggers(original))
        {
            yield return $"DROP TRIGGER {HelperNames.EarlyTrigger(isInsert: true)} ON {table}";
            yield return $"DROP TRIGGER {HelperNames.EarlyTrigger(isInsert: false)} ON {table}";
            yield return $"DROP FUNCTION {HelperNames.SettleFunction(table)}()";
        }

        yield return $"DROP FUNCTION {HelperNames.Function(table, isNewVersion: false)}()";
        yield return $"DROP FUNCTION {HelperNames.Function(table, isNewVersion: true)}()";
    }

    SqlText Function(bool isNewVersion, EquatableList<Sync> syncs)
    {
        var marker = HelperNames.Marker;
        var (same, other) = isNewVersion ? (Literal.Text("n"), Literal.Text("N")) : (Literal.Text("o"), Literal.Text("O"));
        var followed = isNewVersion ? Followed.Select(Follow) : [];
        var lines = SqlText.Join("\n", followed.Concat(syncs.Select(sync => Assignment(sync, isNewVersion))));

        // The function's own search_path: an expression means the same whatever path the writing session has, and none can slip a function
        // of its own under it. The marker takes one of two letters in turn, so that the other trigger sees that this one was here.
        return $"""
            CREATE FUNCTION {HelperNames.Function(Table, isNewVersion)}() RETURNS trigger LANGUAGE plpgsql
            SET search_path = {BaseSchema}, pg_temp AS {Body($"""
            BEGIN
            {lines}
                IF TG_OP = 'UPDATE' THEN
                    NEW.{marker} := CASE OLD.{marker} WHEN {same} THEN {other} ELSE {same} END;
                END IF;
                RETURN NEW;
            END
            """)}
            """;
    }

    // A body in quotes rather than dollars: an author's expression may hold any dollar tag.
    static Literal Body(SqlText body) => Literal.Text($"\n{body}\n");

    static SqlText Assignment(Sync sync, bool isNewVersion)
    {
        SqlText set = $"NEW.{sync.Target} := {sync.Value};";
        if (sync.Drawn is { } drawn)
        {
            set = $"""
                IF NEW.{drawn.Column} IS NULL THEN
                        NEW.{drawn.Column} := {drawn.Value};
                    ELSE
                        {set}
                    END IF;
                """;
        }

        if (sync.Inputs.Count == 0)
        {
            // Nothing to follow: it is filled once, when the row is made, or found without a value.
            return isNewVersion
                ? $"    IF TG_OP = 'INSERT' THEN\n        {set}\n    END IF;"
                : (SqlText)$"    IF TG_OP = 'INSERT' AND NEW.{sync.Target} IS NULL OR TG_OP = 'UPDATE' AND OLD.{HelperNames.Marker} = 'b' THEN\n        {set}\n    END IF;";
        }

        var changed = AnyChanged(sync.Inputs);
        return isNewVersion
            ? $"    IF TG_OP = 'INSERT' OR {changed} THEN\n        {set}\n    END IF;"
            : (SqlText)$"    IF TG_OP = 'INSERT' OR OLD.{HelperNames.Marker} = 'b' OR {changed} THEN\n        {set}\n    END IF;";
    }

    static SqlText Follow(Sync sync)
    {
        var isGiven = SqlText.Join(" OR ", sync.Inputs.Select(input => (SqlText)$"NEW.{input.Name} IS NOT NULL"));
        return $"    IF TG_OP = 'INSERT' AND NEW.{sync.Target} IS NULL AND ({isGiven}) THEN\n        NEW.{sync.Target} := {sync.Value};\n    END IF;";
    }

    SqlText InsertTrigger(Identifier name, bool isNewVersion, QualifiedName function)
    {
        // A row that an update moves to another partition comes here as it was written, with either letter.
        var condition = isNewVersion ? (SqlText)$"NEW.{HelperNames.Marker} IN ('n', 'N')" : $"NEW.{HelperNames.Marker} NOT IN ('n', 'N')";
        return $"""
            CREATE TRIGGER {name} BEFORE INSERT ON {Table} FOR EACH ROW
            WHEN ({condition}) EXECUTE FUNCTION {function}()
            """;
    }

    SqlText UpdateTrigger(Identifier name, bool isNewVersion)
    {
        var marker = HelperNames.Marker;
        var relevant = Ups.Concat(Downs).SelectMany(sync => sync.Inputs.Append(sync.TargetColumn)).Distinct().ToList();
        var shared = relevant.Where(column => !OldOnly.Contains(column) && !NewOnly.Contains(column)).ToList();
        var old = AnyChanged(OldOnly);
        var @new = AnyChanged(NewOnly);
        var session = shared.Count == 0 ? Never : IsNewSession;

        // Whoever changes the marker has said who writes: the backfill, and the other trigger.
        var writer = isNewVersion
            ? (SqlText)$"OLD.{marker} <> 'b' AND {AnyChanged(relevant)} AND NOT {old} AND ({@new} OR {session})"
            : $"(OLD.{marker} = 'b' OR {AnyChanged(relevant)} AND ({old} OR NOT {@new} AND NOT {session}))";
        return $"""
            CREATE TRIGGER {name} BEFORE UPDATE ON {Table} FOR EACH ROW
            WHEN (NEW.{marker} = OLD.{marker} AND {writer})
            EXECUTE FUNCTION {HelperNames.Function(Table, isNewVersion)}()
            """;
    }

    SqlText IsNewSession =>
        $"pg_catalog.current_schemas(false) && ARRAY[{VersionSchemas.Select(schema => (SqlText)$"{Literal.Text(schema.Value)}")}]::name[]";

    static SqlText Never => $"false";

    // What a user's trigger made of a column that only the old version sees goes on to the new version's columns that follow it.
    SqlText SettleFunction()
    {
        var lines = Downs.Where(down => down.Inputs.Count > 0).Select(down =>
        {
            var ups = Ups.Where(up => up.Inputs.Contains(down.TargetColumn)).Select(up => (SqlText)$"        NEW.{up.Target} := {up.Value};").ToList();
            return ups.Count == 0 ? SqlText.Empty : $"""
                    given.{down.Target} := {down.Value};
                    IF {Differs(down.TargetColumn, $"given")} AND (TG_OP = 'INSERT' OR {Differs(down.TargetColumn, $"OLD")}) THEN
                {SqlText.Join("\n", ups)}
                    END IF;
                """;
        });
        return $"""
            CREATE FUNCTION {HelperNames.SettleFunction(Table)}() RETURNS trigger LANGUAGE plpgsql
            SET search_path = {BaseSchema}, pg_temp AS {Body($"""
            DECLARE
                given record;
            BEGIN
                given := NEW;
            {SqlText.Join("\n", lines)}
                RETURN NEW;
            END
            """)}
            """;
    }

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

    /// <summary>For the old half of a column that draws from a sequence: the shadow, and what it gets when the new version leaves it out.</summary>
    public Assignment? Drawn { get; init; }
}
