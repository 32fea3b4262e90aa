using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>
/// What raw SQL changes in rows of before the rollout, where nobody says how it is undone: a trigger that only acts for that SQL keeps the rows as
/// they were, and a rollback puts them back. What the old version has changed since stays as it is.
/// </summary>
sealed class KeptRows
{
    static readonly string[] Cascading = ["CASCADE", "SET NULL", "SET DEFAULT"];

    static readonly SqlText Setting = SqlText.Verbatim("'efroll.keep'");

    // What a row's text depends on.
    static readonly IReadOnlyList<SqlText> Formats =
        [$"DateStyle = 'ISO, YMD'", $"IntervalStyle = 'postgres'", $"TimeZone = 'UTC'", $"extra_float_digits = 3", $"bytea_output = 'hex'"];

    readonly List<SqlRun> _runs;
    readonly Dictionary<SqlRun, List<Table>> _tables = new(ReferenceEqualityComparer.Instance);

    public KeptRows(LogicalSchema after, IEnumerable<SqlRun> runs)
    {
        _runs = [.. runs.Where(run => run.Operation.Down is null)];
        foreach (var run in _runs)
        {
            var targets = SqlTargets.Of(run).Select(table => table.Original!).ToHashSet();
            if (SqlTargets.MayDelete(run.Operation.Sql))
                AddCascades(after.Database, targets);
            if (targets.FirstOrDefault(table => KeyOf(table) is null) is { } keyless)
                throw Mistakes.SqlNeedsUndo(keyless.Name, run.Operation.Source);
            if (targets.Count > 0)
                _tables.Add(run, [.. targets.OrderBy(table => table.Name)]);
        }

        Tables = [.. _tables.Values.SelectMany(tables => tables).Distinct().OrderBy(table => table.Name)];
    }

    /// <summary>The tables whose rows are kept.</summary>
    public IReadOnlyList<Table> Tables { get; }

    /// <summary>Makes the triggers; null if none is needed.</summary>
    public Step? Prepare() => Tables.Count == 0 ? null : new TransactionStep(
        "keep", $"Keep what raw SQL changes in {string.Join(", ", Tables.Select(table => table.Name.Display))}",
        Tables.Select(table => new RelationLock(table.Name, LockMode.ShareRowExclusive)).ToEquatableList(), Create().ToEquatableList())
    {
        Undo = Drop().ToEquatableList(),
        UndoLocks = Tables.Select(table => new RelationLock(table.Name, LockMode.AccessExclusive)).ToEquatableList(),
    };

    /// <summary>Takes triggers and kept rows away. ACCESS EXCLUSIVE on the tables.</summary>
    public IEnumerable<SqlText> Drop()
    {
        if (Tables.Count == 0)
            yield break;
        foreach (var table in Tables)
            yield return $"DROP TRIGGER {HelperNames.KeepTrigger} ON {table.Name}";
        yield return $"DROP FUNCTION {HelperNames.KeepRow}()";
        yield return $"DROP TABLE {HelperNames.KeptRows}";
    }

    /// <summary>The statements of a run, its changes kept.</summary>
    public IEnumerable<SqlText> Around(SqlRun run, IEnumerable<SqlText> statements) => _tables.ContainsKey(run)
        ? statements.Prepend((SqlText)$"SELECT pg_catalog.set_config({Setting}, '{_runs.IndexOf(run)}', true)").Append((SqlText)$"SELECT pg_catalog.set_config({Setting}, '', true)")
        : statements;

    /// <summary>Puts back what a run changed.</summary>
    public IEnumerable<SqlText> Restore(SqlRun run)
    {
        if (!_tables.TryGetValue(run, out var tables))
            yield break;
        foreach (var format in Formats)
            yield return $"SET LOCAL {format}";
        var cases = SqlText.Join("\n", tables.Select(table => (SqlText)$"WHEN {Literal.Text(table.Name.ToString())} THEN\n{Restore(table)}"));

        // The last change first. A row whose turn comes before that of the row which it refers to, or which refers to it, waits for the next
        // pass, and with it what was changed in it earlier. What is left in the end, the old version uses by now, or has taken away the ground from.
        yield return SqlText.Block($"""
            DECLARE
                kept record;
                keys text[];
                waiting text[];
                has_progress boolean;
            BEGIN
                LOOP
                    has_progress := false;
                    waiting := ARRAY[]::text[];
                    FOR kept IN SELECT * FROM {HelperNames.KeptRows} WHERE run = {_runs.IndexOf(run)} ORDER BY n DESC LOOP
                        BEGIN
                            CASE kept.relation
                            {cases}
                            END CASE;
                            DELETE FROM {HelperNames.KeptRows} WHERE n = kept.n;
                            has_progress := true;
                        EXCEPTION WHEN foreign_key_violation THEN
                            waiting := waiting || keys;
                        END;
                    END LOOP;
                    EXIT WHEN NOT has_progress;
                END LOOP;
            END
            """);
    }

    IEnumerable<SqlText> Create()
    {
        yield return $"""
            CREATE TABLE {HelperNames.KeptRows} (
                n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run integer NOT NULL, relation text NOT NULL, before text, after text)
            """;
        yield return $"""
            CREATE FUNCTION {HelperNames.KeepRow}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog {SqlText.Join(" ", Formats.Select(format => (SqlText)$"SET {format}"))} AS $efroll$
            BEGIN
                INSERT INTO {HelperNames.KeptRows} (run, relation, before, after) VALUES (
                    pg_catalog.current_setting({Setting})::integer, TG_ARGV[0], CASE WHEN TG_OP <> 'INSERT' THEN OLD::text END, CASE WHEN TG_OP <> 'DELETE' THEN NEW::text END);
                RETURN NULL;
            END
            $efroll$
            """;
        foreach (var table in Tables)
        {
            yield return $"""
                CREATE TRIGGER {HelperNames.KeepTrigger} AFTER INSERT OR UPDATE OR DELETE ON {table.Name} FOR EACH ROW
                WHEN (pg_catalog.current_setting({Setting}, true) <> '') EXECUTE FUNCTION {HelperNames.KeepRow}({Literal.Text(table.Name.ToString())})
                """;
        }
    }

    static SqlText Restore(Table table)
    {
        var (before, after, row) = (new Identifier("b"), new Identifier("a"), new Identifier("t"));
        var columns = table.Columns.Where(column => column.Generated is null).Select(column => column.Name).ToList();
        var changeable = table.Columns.Where(column => column.Generated is null && column.Identity != IdentityKind.Always).Select(column => column.Name).ToList();
        var sets = changeable.Select(name => (SqlText)$"{name} = CASE WHEN {Image(before, name)} OPERATOR(pg_catalog.*<>) {Image(after, name)} AND {Image(row, name)} OPERATOR(pg_catalog.*=) {Image(after, name)} THEN {before}.{name} ELSE {row}.{name} END");
        var isRow = SqlText.Join(" AND ", KeyOf(table)!.Select(name => (SqlText)$"{row}.{name} = {after}.{name}"));
        var beforeRow = (SqlText)$"(SELECT (CAST(kept.before AS {table.Name})).*) AS {before}";
        var afterRow = (SqlText)$"(SELECT (CAST(kept.after AS {table.Name})).*) AS {after}";

        var keys = new[] { ("before", before), ("after", after) }.Select(image =>
            (SqlText)$"CASE WHEN kept.{SqlText.Verbatim(image.Item1)} IS NOT NULL THEN {Literal.Text(table.Name.ToString())} || (SELECT ROW({KeyOf(table)!.Select(name => (SqlText)$"{image.Item2}.{name}")})::text FROM (SELECT (CAST(kept.{SqlText.Verbatim(image.Item1)} AS {table.Name})).*) AS {image.Item2}) END");
        return $"""
            keys := ARRAY[{keys}];
            IF keys && waiting THEN
                waiting := waiting || keys;
                CONTINUE;
            ELSIF kept.after IS NULL THEN
                INSERT INTO {table.Name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns.Select(name => (SqlText)$"{before}.{name}")} FROM {beforeRow} ON CONFLICT DO NOTHING;
            ELSIF kept.before IS NULL THEN
                DELETE FROM {table.Name} AS {row} USING {afterRow} WHERE {isRow};
            ELSE
                UPDATE {table.Name} AS {row} SET {sets} FROM {beforeRow}, {afterRow} WHERE {isRow};
            END IF;
            """;
    }

    static SqlText Image(Identifier row, Identifier column) => $"ROW({row}.{column})::record";

    static void AddCascades(DatabaseSchema database, HashSet<Table> targets)
    {
        for (var added = true; added;)
        {
            var more = database.Tables.Values.Where(table => !targets.Contains(table) && table.Constraints.Any(constraint => constraint.Target is { } target
                && (Cascading.Contains(target.OnDelete) || Cascading.Contains(target.OnUpdate)) && targets.Any(other => other.Name == target.Table))).ToList();
            added = more.Count > 0;
            targets.UnionWith(more);
        }
    }

    static List<Identifier>? KeyOf(Table table) =>
        table.Constraints.FirstOrDefault(constraint => constraint.Kind == ConstraintKind.PrimaryKey)?.Columns.Select(number => table.ColumnAt(number).Name).ToList();
}
