using System.Globalization;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>
/// Changes a column's type, whether it takes NULL, its default or its comment. What is left null stays as it is. A changed type or
/// nullability, or an expression of the author's, gives the new version a shadow column of its own; a wider type is set in place; a default
/// or comment changes at contract.
/// </summary>
public sealed record AlterColumn(RelationName Table, Identifier Column) : Operation
{
    /// <summary>The new type.</summary>
    public string? Type { get; init; }

    /// <summary>Whether it takes NULL from now on.</summary>
    public bool? IsNullable { get; init; }

    /// <summary>The new default.</summary>
    public Setting? Default { get; init; }

    /// <summary>The new comment.</summary>
    public Setting? Comment { get; init; }

    /// <summary>The new version's value for a row that the old version wrote; null lets EfRoll infer it.</summary>
    public Expression? Up { get; init; }

    /// <summary>The old version's value for a row that the new version wrote; null lets EfRoll infer it.</summary>
    public Expression? Down { get; init; }

    /// <summary>What an inferred <see cref="Up"/> puts in the place of NULL: EF Core's <c>defaultValue</c>.</summary>
    public Expression? UpFill { get; init; }

    /// <summary>What an inferred <see cref="Down"/> puts in the place of NULL: the <c>defaultValue</c> of EF Core's <c>Down</c>.</summary>
    public Expression? DownFill { get; init; }

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Table, this);
        var column = table.Require(Column, this);
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, this);

        var from = schema.Database.Types.GetValueOrDefault(column.Slot.Type);
        var to = Type is null ? from : schema.RequireType(Type, this);
        var typeName = to?.Name ?? column.Slot.Type;
        var isNotNull = IsNullable is { } nullable ? !nullable : column.IsNotNull;
        var changed = column with
        {
            IsNotNull = isNotNull,
            Default = Default is { } setting ? setting.Value : column.Default,
            Comment = Comment is { } comment ? string.IsNullOrEmpty(comment.Value) ? null : comment.Value : column.Comment,
        };

        changed = changed.WithNotNullName(schema, table.Name);
        if (table.Original is null)
            return schema.With(table.With(column, changed with { Slot = column.Slot with { Type = typeName } }));

        var typeChanges = typeName != column.Slot.Type;
        var nullabilityChanges = isNotNull != column.IsNotNull;
        if (!typeChanges && !nullabilityChanges && Up is null && Down is null)
            return schema.With(table.With(column, changed));

        Supported.RefuseFixedDependents(table, column, this);
        if (typeChanges && Up is null && Down is null && column.Slot.Original is not null && TypeChange.IsWidening(schema.Database, from!, to!))
        {
            var wider = column with { Slot = column.Slot with { Type = typeName } };
            if (!nullabilityChanges)
                return schema.With(table.With(column, changed with { Slot = wider.Slot }));
            (table, column, from) = (table.With(column, wider), wider, to);
        }

        return WithShadow(schema, table, column, changed, from, to, typeName);
    }

    LogicalSchema WithShadow(
        LogicalSchema schema, LogicalTable table, LogicalColumn column, LogicalColumn changed, TypeFacts? from, TypeFacts? to, string typeName)
    {
        Supported.RequireShadowable(table, column, this);
        var change = new TypeChange(schema.Database, table.Name, this, from, to, changed.Default is null ? null : new Expression(changed.Default));
        var up = Up ?? change.Infer(Direction.Up, gainsNotNull: changed.IsNotNull && !column.IsNotNull);
        var isSomebodys = column.Original is not null;
        var down = isSomebodys ? Down ?? change.Infer(Direction.Down, gainsNotNull: column.IsNotNull && !changed.IsNotNull) : null;

        schema = schema.TakeId(out var id);
        var shadow = new Slot(id, typeName) { Replaces = column.Slot, Collation = typeName == column.Slot.Type ? column.Slot.Collation : null };
        var derivations = table.Derivations;

        // A column that the rollout itself added holds its default in the old version's rows: say so, since the shadow is made from it.
        if (!isSomebodys && !derivations.Exists(derivation => derivation.Target == column.Slot))
        {
            // Where it is read, a bare NULL or text would be taken for a text.
            var value = new Expression($"CAST({column.Default ?? "NULL"} AS {column.Slot.Type})");
            derivations = derivations.Add(new Derivation(column.Slot, Direction.Up, value, table.ScopeForUp, schema.Migration, Source));
        }

        derivations = derivations.Add(new Derivation(shadow, Direction.Up, up, table.ScopeForUp, schema.Migration, Source));
        table = table.With(column, changed with { Slot = shadow });
        if (down is not null)
            derivations = derivations.Add(new Derivation(column.Slot, Direction.Down, down, table.ScopeNow, schema.Migration, Source) { IsInferred = Down is null });
        return schema.With(table with { Derivations = derivations });
    }
}

/// <summary>What PostgreSQL can do between two types of a column, and the up and down that follow from it.</summary>
sealed class TypeChange(DatabaseSchema database, QualifiedName table, AlterColumn operation, TypeFacts? from, TypeFacts? to, Expression? newDefault)
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

        var fill = direction == Direction.Up ? operation.UpFill ?? (operation.Default is null ? null : newDefault) : operation.DownFill;
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
            return database.IsTimeZoneUtc
                ? (SqlText)$"{operation.Column} AT TIME ZONE 'UTC'"
                : throw Mistakes.TimeZoneIsNotUtc(table, operation.Column, direction, operation.Source);
        }

        if (source.Id == target.Id)
        {
            // An assignment, not a cast: a cast to varchar(n) would cut longer values without a word.
            return KeepsEveryValue(source, target) || direction == Direction.Down
                ? (SqlText)$"{operation.Column}"
                : throw Mistakes.ValuesMayNotFit(table, operation.Column, source.Name, target.Name, operation.Source);
        }

        var hasCast = database.Casts.Any(cast => cast.Source == source.Id && cast.Target == target.Id);
        var printsAsText = target.Category == 'S' && target.Modifier < 0;
        return hasCast || printsAsText
            ? (SqlText)$"{operation.Column}::{SqlText.Verbatim(target.Name)}"
            : throw Mistakes.NoCast(table, operation.Column, source.Name, target.Name, direction, operation.Source);
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
