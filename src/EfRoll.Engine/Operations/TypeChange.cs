using System.Globalization;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>What PostgreSQL can do between two types of a column, and the up and down that follow from it.</summary>
sealed class TypeChange(LogicalSchema schema, QualifiedName table, AlterColumn operation, TypeFacts? from, TypeFacts? to, Expression? newDefault, Expression? rawFill)
{
    /// <summary>Whether PostgreSQL changes the type without touching rows or indexes, and every old value fits.</summary>
    /// <remarks>https://www.postgresql.org/docs/current/sql-altertable.html, notes on rewriting.</remarks>
    public static bool IsWidening(DatabaseSchema database, TypeFacts from, TypeFacts to)
    {
        var (fromBase, fromModifiers) = Split(from.Name);
        var (toBase, toModifiers) = Split(to.Name);
        if (from.Id != to.Id)
        {
            return fromBase == "character varying" && to.Name == "text"
                && database.Casts.Any(cast => cast.Source == from.Id && cast.Target == to.Id && cast.IsBinary);
        }

        if (fromBase != toBase)
            return false;
        return fromBase switch
        {
            "character varying" or "bit varying" => toModifiers.Length == 0 || fromModifiers.Length == 1 && toModifiers[0] >= fromModifiers[0],
            "numeric" => toModifiers.Length == 0
                || fromModifiers.Length == 2 && toModifiers.Length == 2 && toModifiers[1] == fromModifiers[1] && toModifiers[0] >= fromModifiers[0],
            "timestamp without time zone" or "timestamp with time zone" or "time without time zone" or "time with time zone" or "interval" =>
                toModifiers.Length == 0 || fromModifiers.Length == 1 && toModifiers[0] >= fromModifiers[0],
            _ => false,
        };
    }

    /// <summary>Makes the expression that an author need not write, or says that one is needed.</summary>
    public Expression Infer(Direction direction, bool gainsNotNull)
    {
        var (source, target) = direction == Direction.Up ? (from, to) : (to, from);
        SqlText value = $"{operation.Column}";
        if (source?.Name != target?.Name)
            value = Convert(direction, source, target);
        if (!gainsNotNull)
            return new Expression(value.ToString());

        var fill = direction == Direction.Up ? operation.UpFill ?? rawFill ?? (operation.Default is null && operation.ValueSource is null ? null : newDefault) : operation.DownFill;
        if (fill is null)
            throw Mistakes.AlteredColumnNeedsExpression(table, operation.Column, direction, operation.Source);
        return new Expression(((SqlText)$"COALESCE({value}, {fill})").ToString());
    }

    SqlText Convert(Direction direction, TypeFacts? source, TypeFacts? target)
    {
        if (source is null || target is null)
            throw Mistakes.NoCast(table, operation.Column, source?.Name, target?.Name, direction, operation.Source);
        var isZoneChange = (source.Name, target.Name) is
            ("timestamp without time zone", "timestamp with time zone") or ("timestamp with time zone", "timestamp without time zone");
        if (isZoneChange)
        {
            return schema.Database.IsTimeZoneUtc
                ? (SqlText)$"{operation.Column} AT TIME ZONE 'UTC'"
                : throw Mistakes.TimeZoneIsNotUtc(table, operation.Column, direction, operation.Source);
        }

        if (EnumText(source, out var labels) is { } text && EnumText(target, out var targetLabels) == text)
        {
            // By way of text, for enums know no casts. What only the new version can write need not fit into the old type, see the plan's notes.
            return direction == Direction.Down || labels.All(targetLabels.Contains)
                ? (SqlText)$"{operation.Column}::{SqlText.Verbatim(text)}::{SqlText.Verbatim(target.Name)}"
                : throw Mistakes.ValuesMayNotFit(table, operation.Column, source.Name, target.Name, operation.Source);
        }

        if (source.Id == target.Id)
        {
            // An assignment, not a cast: a cast to varchar(n) would cut longer values without a word.
            return KeepsEveryValue(source, target) || direction == Direction.Down
                ? (SqlText)$"{operation.Column}"
                : throw Mistakes.ValuesMayNotFit(table, operation.Column, source.Name, target.Name, operation.Source);
        }

        var hasCast = schema.Database.Casts.Any(cast => cast.Source == source.Id && cast.Target == target.Id);
        var printsAsText = target.Category == 'S' && target.Modifier < 0;
        return hasCast || printsAsText
            ? (SqlText)$"{operation.Column}::{SqlText.Verbatim(target.Name)}"
            : throw Mistakes.NoCast(table, operation.Column, source.Name, target.Name, direction, operation.Source);
    }

    // Text for an enum, an array of text for an array of one, null for anything else.
    string? EnumText(TypeFacts type, out EquatableList<string> labels)
    {
        var element = type.Name.EndsWith("[]", StringComparison.Ordinal) ? type.Name[..^2] : type.Name;
        labels = schema.Objects.Find(other => other.Kind == ObjectKind.Type && other.IsNamed(element))?.Labels
            // Dropped by an operation before this one.
            ?? schema.Database.UserTypes.Values.FirstOrDefault(type => type.Text == element)?.Labels ?? [];
        return labels.Count == 0 ? null : element == type.Name ? "text" : "text[]";
    }

    static bool KeepsEveryValue(TypeFacts source, TypeFacts target)
    {
        var (name, fromModifiers) = Split(source.Name);
        var (_, toModifiers) = Split(target.Name);
        if (toModifiers.Length == 0)
            return true;
        return name switch
        {
            "numeric" => fromModifiers.Length == 2 && toModifiers.Length == 2 && fromModifiers[0] - fromModifiers[1] <= toModifiers[0] - toModifiers[1],
            "character varying" or "character" or "bit varying" or "bit" => fromModifiers.Length == 1 && fromModifiers[0] <= toModifiers[0],
            _ => true,
        };
    }

    static (string Name, int[] Modifiers) Split(string type)
    {
        var open = type.IndexOf('(', StringComparison.Ordinal);
        var close = open < 0 ? -1 : type.IndexOf(')', open);
        if (close < 0)
            return (type, []);
        var modifiers = type[(open + 1)..close].Split(',')
            .Select(part => int.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : int.MinValue).ToArray();
        return (type[..open] + type[(close + 1)..], modifiers);
    }
}
