using System.Text.RegularExpressions;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Hands the sequence of a column over to the shadow that takes its place: it goes on counting where it stands.</summary>
static partial class ColumnSequence
{
    /// <summary>Before the old column goes: a serial's sequence gets a new owner, an identity's position is kept for its successor.</summary>
    public static SqlText Keep(QualifiedName table, LogicalColumn column, Identifier shadow)
    {
        var sequence = column.Original!.Sequence!.Name;
        return column.Original.Identity is null
            ? $"ALTER SEQUENCE {sequence} OWNED BY {table}.{shadow}"
            : (SqlText)$"SELECT pg_catalog.set_config({Variable(column)}, last_value::text || ',' || is_called::text, true) FROM {sequence}";
    }

    /// <summary>After the exchange: the identity anew, under its sequence's old name.</summary>
    public static IEnumerable<SqlText> Restore(QualifiedName table, LogicalColumn column)
    {
        var sequence = column.Original!.Sequence!;
        var options = column.Slot.Type == column.Original.Type ? sequence.Options : WithoutLimit(sequence.Options);
        yield return $"ALTER TABLE {table} ALTER COLUMN {column.Name} ADD{ColumnSql.Identity(column.Identity!.Value, $"SEQUENCE NAME {sequence.Name} {options}")}";
        yield return $"""
            SELECT pg_catalog.setval({Literal.Text(sequence.Name.ToString())}::regclass,
                split_part(current_setting({Variable(column)}), ',', 1)::bigint, split_part(current_setting({Variable(column)}), ',', 2)::boolean)
            """;
    }

    static Literal Variable(LogicalColumn column) => Literal.Text(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"efroll.sequence_{column.Slot.Id}"));

    // The limit of the old type goes with it, as ALTER COLUMN … TYPE does.
    static SqlText WithoutLimit(SqlText options) => SqlText.Verbatim(TypeLimit().Replace(options.ToString(), ""));

    [GeneratedRegex(@"\s*MAXVALUE (32767|2147483647|9223372036854775807)\b")]
    private static partial Regex TypeLimit();
}
