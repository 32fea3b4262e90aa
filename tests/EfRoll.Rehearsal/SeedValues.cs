using System.Globalization;

namespace EfRoll.Rehearsal;

/// <summary>How daring the values are.</summary>
enum SeedStyle
{
    /// <summary>NULL, empty and odd values where they are allowed.</summary>
    Wild,

    /// <summary>No NULL, and text that reads as a number: what most conversions stand.</summary>
    Tame,
}

/// <summary>Makes values of PostgreSQL's types, as text, from a seed.</summary>
/// <param name="random">Decides on the values.</param>
/// <param name="first">Where values begin that have to be unique.</param>
sealed class SeedValues(Random random, int first = 1000)
{
    static readonly string[] Words = ["", "a", "Hello World", "O'Brien", "Zoë ✓", "x\\y", "100", "{}", "two\nlines", "\"q\"", "true"];

    int _counter = first;

    /// <summary>A value; null where this type's values cannot be made.</summary>
    public string? Make(SeedColumn column, bool isUnique, SeedStyle style) => Make(column.Type, column, isUnique, style);

    string? Make(string type, SeedColumn column, bool isUnique, SeedStyle style)
    {
        if (column.Element is { } element && type == column.Type)
            return Array(element, column, isUnique, style);
        if (column.Labels is [_, ..])
            return column.Labels[random.Next(column.Labels.Length)];
        var number = isUnique ? ++_counter : random.Next(0, 100);
        return type switch
        {
            "bool" => random.Next(2) == 0 ? "t" : "f",
            "int2" or "int4" or "int8" or "oid" or "xid8" => Number(number),
            "float4" or "float8" => Number(number) + ".5",
            "numeric" => Numeric(number, column.Modifier),
            "money" => Number(number),
            "text" or "citext" or "varchar" or "bpchar" or "name" => Text(number, column.Modifier, isUnique, style),
            "char" => "c",
            "uuid" => isUnique || random.Next(4) > 0 ? new Guid(number, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8).ToString() : Guid.Empty.ToString(),
            "timestamp" or "timestamptz" => Day(number).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + (type == "timestamptz" ? "+00" : ""),
            "date" => Day(number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "time" or "timetz" => Day(number).ToString("HH:mm:ss", CultureInfo.InvariantCulture),
            "interval" => $"{Number(number)} minutes",
            "bytea" => $"\\x{number:x8}",
            "json" or "jsonb" => style == SeedStyle.Wild && !isUnique && random.Next(3) == 0 ? "[]" : $"{{\"a\": {Number(number)}}}",
            "xml" => $"<a>{Number(number)}</a>",
            "inet" or "cidr" => $"10.0.{number / 256 % 256}.{number % 256}",
            "macaddr" => $"08:00:2b:01:{number / 256 % 256:x2}:{number % 256:x2}",
            "macaddr8" => $"08:00:2b:01:02:03:{number / 256 % 256:x2}:{number % 256:x2}",
            "bit" or "varbit" => Bits(number, type == "bit" ? Math.Max(column.Modifier, 1) : column.Modifier),
            "tsvector" or "tsquery" => $"w{Number(number)}",
            "hstore" => $"a=>{Number(number)}",
            "ltree" => $"top.n{Number(number)}",
            "point" => $"({Number(number)},1)",
            "box" => $"(0,0),({Number(number)},1)",
            "line" => "{1,2,3}",
            "lseg" => $"[(0,0),({Number(number)},1)]",
            "path" or "polygon" => $"((0,0),({Number(number)},1))",
            "circle" => $"<(0,0),{Number(number)}>",
            "int4range" or "int8range" or "numrange" => $"[{Number(number)},{Number(number + 2)})",
            "daterange" or "tsrange" or "tstzrange" => $"[{Make(OfRange(type), column, true, style)},)",
            "int4multirange" or "int8multirange" or "nummultirange" => $"{{[{Number(number)},{Number(number + 2)})}}",
            _ => null,
        };
    }

    string? Array(string element, SeedColumn column, bool isUnique, SeedStyle style)
    {
        if (!isUnique && random.Next(3) == 0)
            return "{}";
        return Make(element, column, isUnique, style) is { } value ? $"{{\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"}}" : null;
    }

    static string OfRange(string type) => type switch { "daterange" => "date", "tsrange" => "timestamp", _ => "timestamptz" };

    string Text(int number, int modifier, bool isUnique, SeedStyle style)
    {
        var text = isUnique || style == SeedStyle.Tame ? Number(number) : Words[random.Next(Words.Length)];
        var length = modifier < 4 ? int.MaxValue : modifier - 4;
        return text.Length > length ? text[^length..] : text;
    }

    static string Numeric(int number, int modifier)
    {
        if (modifier < 4)
            return Number(number) + ".25";
        var (precision, scale) = ((modifier - 4) >> 16 & 0xffff, (modifier - 4) & 0x7ff);
        var whole = precision - scale;
        var digits = whole <= 0 ? "0" : (number % (int)Math.Pow(10, Math.Min(whole, 6))).ToString(CultureInfo.InvariantCulture);
        return scale is > 0 and < 1000 ? $"{digits}.{number % 10}" : digits;
    }

    static string Bits(int number, int length)
    {
        var bits = Convert.ToString(number, 2);
        return length <= 0 ? bits : bits.Length > length ? bits[^length..] : bits.PadLeft(length, '0');
    }

    static DateTime Day(int number) => new DateTime(2024, 1, 1, 10, 0, 0, DateTimeKind.Utc).AddHours(number % 20_000 * 7).AddMicroseconds(number % 1000);

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
