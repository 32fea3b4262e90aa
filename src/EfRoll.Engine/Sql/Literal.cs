using System.Globalization;

namespace EfRoll.Engine.Sql;

/// <summary>A constant, written so that it is right whatever <c>standard_conforming_strings</c> says.</summary>
public readonly record struct Literal
{
    readonly string _sql;

    Literal(string sql) => _sql = sql;

    /// <summary>A text constant.</summary>
    public static Literal Text(string value)
    {
        var quoted = value.Replace("'", "''", StringComparison.Ordinal);
        return value.Contains('\\', StringComparison.Ordinal)
            ? new Literal($"E'{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}'")
            : new Literal($"'{quoted}'");
    }

    /// <summary>A whole number.</summary>
    public static Literal Number(long value) => new(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The constant as SQL.</summary>
    public override string ToString() => _sql ?? "NULL";
}
