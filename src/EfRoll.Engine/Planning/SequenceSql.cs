using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Statements on sequences.</summary>
static class SequenceSql
{
    /// <summary>Makes one.</summary>
    public static SqlText Create(QualifiedName name, string type, SequenceOptions options) =>
        $"CREATE SEQUENCE {name} AS {SqlText.Verbatim(type)}{Counting(options)}{Limits(options)}";

    /// <summary>Gives it type and limits; with a restart it begins anew in the same breath, so that where it stands need not lie within them.</summary>
    public static SqlText SetLimits(QualifiedName name, string type, SequenceOptions options, bool isRestarted) =>
        $"ALTER SEQUENCE {name} AS {SqlText.Verbatim(type)}{Limits(options)}{(isRestarted ? (SqlText)$" RESTART" : SqlText.Empty)}";

    /// <summary>Sets everything but the limits. From then on nobody takes a value until the transaction ends.</summary>
    public static SqlText SetCounting(QualifiedName name, SequenceOptions options) => $"ALTER SEQUENCE {name}{Counting(options)}";

    /// <summary>Keeps everybody from taking a value until the transaction ends; LOCK TABLE knows no sequences.</summary>
    public static SqlText Lock(QualifiedName name, SequenceOptions options) => $"ALTER SEQUENCE {name} INCREMENT BY {options.Increment}";

    /// <summary>Lets a second sequence begin one block behind the first.</summary>
    public static SqlText PlaceBehind(QualifiedName first, QualifiedName second, long block, SequenceOptions limits)
    {
        // As numeric: at the end of a bigint sequence there is no block behind.
        SqlText next = $"(last_value::numeric + {block})";
        return block > 0
            ? $"SELECT pg_catalog.setval({Class(second)}, LEAST({next}, {limits.Maximum})::bigint, {next} > {limits.Maximum}) FROM {first}"
            : (SqlText)$"SELECT pg_catalog.setval({Class(second)}, GREATEST({next}, {limits.Minimum})::bigint, {next} < {limits.Minimum}) FROM {first}";
    }

    /// <summary>
    /// Lets a sequence go on behind all blocks that were taken from it and from another one; where the limits allow no more, it is at its end.
    /// </summary>
    /// <param name="name">The sequence.</param>
    /// <param name="other">The other one, if there is one.</param>
    /// <param name="block">How many numbers a taker may use from each value on.</param>
    /// <param name="limits">Where it may stand.</param>
    /// <param name="isMoved">Whether it must be placed anew; else only where it stands outside its limits.</param>
    public static SqlText GoOn(QualifiedName name, QualifiedName? other, long block, SequenceOptions limits, bool isMoved)
    {
        var positions = (SqlText)$"SELECT last_value, is_called FROM {name}";
        if (other is { } second)
            positions = $"{positions} UNION ALL SELECT last_value, is_called FROM {second} WHERE is_called";
        var farthest = block > 0 ? (SqlText)$"max" : $"min";
        return $"""
            SELECT pg_catalog.setval({Class(name)}, LEAST(GREATEST(next, {limits.Minimum}), {limits.Maximum})::bigint, next NOT BETWEEN {limits.Minimum} AND {limits.Maximum})
            FROM (
                SELECT {farthest}(last_value::numeric + CASE WHEN is_called THEN {block} ELSE 0 END) AS next
                FROM ({positions}) AS taken
            ) AS free
            WHERE {(isMoved ? (SqlText)$"true" : $"next NOT BETWEEN {limits.Minimum} AND {limits.Maximum}")}
            """;
    }

    /// <summary>Lets the defaults of columns that take values from one sequence take them from another.</summary>
    public static SqlText MoveDefaults(QualifiedName from, QualifiedName to) => SqlText.Block($"""
        DECLARE
            used record;
        BEGIN
            FOR used IN
                SELECT d.adrelid::regclass AS relation, a.attname AS name,
                    replace(pg_get_expr(d.adbin, d.adrelid), quote_literal({Class(from)}::text), quote_literal({Class(to)}::text)) AS value
                FROM pg_depend AS p
                JOIN pg_attrdef AS d ON d.oid = p.objid
                JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                WHERE p.classid = 'pg_attrdef'::regclass AND p.refclassid = 'pg_class'::regclass AND p.refobjid = {Class(from)}
            LOOP
                EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', used.relation, used.name, used.value);
            END LOOP;
        END
        """);

    /// <summary>Its name as a constant.</summary>
    public static SqlText Class(QualifiedName name) => $"{Literal.Text(name.ToString())}::regclass";

    static SqlText Counting(SequenceOptions options) =>
        $" START WITH {options.Start} INCREMENT BY {options.Increment} CACHE {options.Cache}{(options.IsCyclic ? (SqlText)$" CYCLE" : $" NO CYCLE")}";

    static SqlText Limits(SequenceOptions options) => $" MINVALUE {options.Minimum} MAXVALUE {options.Maximum}";
}
