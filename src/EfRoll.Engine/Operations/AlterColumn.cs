using System.Text.RegularExpressions;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>
/// Changes a column: its type and collation, whether it takes NULL, where its values come from, its default, compression or comment. What is left
/// null stays as it is. What the two versions would see differently gives the new one a shadow column of its own; a wider type is set in place;
/// the rest changes at contract.
/// </summary>
public sealed partial record AlterColumn(RelationName Table, Identifier Column) : Operation
{
    /// <summary>The new type.</summary>
    public string? Type { get; init; }

    /// <summary>The new collation; <c>default</c> for the type's own.</summary>
    public RelationName? Collation { get; init; }

    /// <summary>Whether it takes NULL from now on.</summary>
    public bool? IsNullable { get; init; }

    /// <summary>Where its values come from, from now on: a sequence, an expression, or only from whoever writes them.</summary>
    public ValueSource? ValueSource { get; init; }

    /// <summary>Changes of its identity's sequence, as SQL: <c>SET INCREMENT BY 5 RESTART WITH 100</c>. It never goes back behind what it gave.</summary>
    public string? SequenceChanges { get; init; }

    /// <summary>The new default.</summary>
    public Setting? Default { get; init; }

    /// <summary>The new compression method; null in it for the server's default.</summary>
    public Setting? Compression { get; init; }

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

    /// <summary>
    /// Whether the author wants no shadow: NOT NULL is then demanded of both versions at once, or given up at contract; a collation changes at
    /// contract; and a stored generated column rewrites the table under a lock.
    /// </summary>
    public bool IsInPlace { get; init; }

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
        var collation = Collation is { } wanted ? schema.RequireCollation(wanted, this) : typeName == column.Slot.Type ? column.Slot.Collation : null;
        var slot = column.Slot with { Type = typeName, Collation = collation };
        var changed = WithSource(schema, table, column with
        {
            IsNotNull = IsNullable is { } nullable ? !nullable : column.IsNotNull,
            Default = Default is { } setting ? setting.Value : KeptDefault(column, typeName),
            IsSerial = column.IsSerial && Default is null,
            Compression = Compression is { } compression ? compression.Value : typeName == column.Slot.Type ? column.Compression : null,
            Comment = Comment is { } comment ? string.IsNullOrEmpty(comment.Value) ? null : comment.Value : column.Comment,
        });
        if (SequenceChanges is { } changes)
            changed = changed with { SequenceChanges = column.SequenceChanges is { } earlier ? $"{earlier} {SqlText.Verbatim(changes)}" : SqlText.Verbatim(changes) };

        changed = changed.WithNotNullName(schema, table.Name);
        if (table.Original is null)
        {
            changed = changed with { Slot = slot, SequenceName = changed.Numbering == column.Numbering ? column.SequenceName : null };
            return schema.With(table.With(column, changed.SequenceName is null ? changed.WithSequenceName(schema.With(table.With(column, changed)), table.Name) : changed));
        }

        // Nobody relies yet on what the rollout itself added: it is numbered as if it had been added so.
        if (column.Original is null && changed.NewSequence is { } sequence)
        {
            var derivations = table.Derivations.RemoveAll(derivation => derivation.Target == column.Slot)
                .Add(new Derivation(column.Slot, Direction.Up, NextValue.Of(sequence), table.ScopeForUp, schema.Migration, Source));
            return schema.With(table.With(column, changed with { Slot = slot }) with { Derivations = derivations });
        }

        if (changed.Generated is not null || column.Generated is not null)
            return ApplyToGenerated(schema, table, column, changed with { Slot = slot });

        var typeChanges = typeName != column.Slot.Type;
        var collationChanges = collation != column.Slot.Collation;
        var nullabilityChanges = changed.IsNotNull != column.IsNotNull;
        if (!typeChanges && !collationChanges && !nullabilityChanges && Up is null && Down is null)
            return schema.With(table.With(column, changed));
        if (IsInPlace)
            return InPlace(schema, table, column, changed with { Slot = slot }, typeChanges, collationChanges);

        Supported.RefuseFixedDependents(table, column, this);
        if (typeChanges && !collationChanges && Up is null && Down is null && column.Slot.Original is not null && TypeChange.IsWidening(schema.Database, from!, to!))
        {
            var wider = column with { Slot = column.Slot with { Type = typeName } };
            if (!nullabilityChanges)
                return schema.With(table.With(column, changed with { Slot = wider.Slot }));
            (table, column, from) = (table.With(column, wider), wider, to);
        }

        return WithShadow(schema, table, column, changed with { Slot = slot }, from, to);
    }

    LogicalSchema InPlace(LogicalSchema schema, LogicalTable table, LogicalColumn column, LogicalColumn changed, bool typeChanges, bool collationChanges)
    {
        if (typeChanges || Up is not null || Down is not null || column.Original is null)
            throw Mistakes.CannotBeInPlace(table.Name, column.Name, "it changes the column's type or values", Source);
        if (collationChanges)
        {
            Supported.RefuseFixedDependents(table, column, this);
            if (table.Indexes.Exists(index => index.Slots.Contains(column.Slot)) || table.Constraints.Exists(constraint => constraint.Slots.Contains(column.Slot)))
                throw Mistakes.CannotBeInPlace(table.Name, column.Name, "indexes or constraints on it would be rebuilt under a lock", Source);
        }

        return schema.With(table.With(column, changed));
    }

    // Neither version writes a generated column; so where only its expression changes, each version simply has its own.
    LogicalSchema ApplyToGenerated(LogicalSchema schema, LogicalTable table, LogicalColumn column, LogicalColumn changed)
    {
        if (changed.Generated is { } kind)
            Supported.RequireGenerated(schema, table, column.Name, kind, IsInPlace || changed.Slot.Type == column.Slot.Type && ValueSource is null, this);
        if (column.Original is null)
            return schema.With(table.With(column, changed with { AddedDefault = changed.Generated is null ? changed.Default : null }));
        if (ValueSource is null && changed.Slot.Type == column.Slot.Type && changed.Slot.Collation == column.Slot.Collation)
            return schema.With(table.With(column, changed));

        Supported.RefuseFixedDependents(table, column, this);
        Supported.RequireShadowable(table, column, this);
        schema = schema.TakeId(out var id);
        var derivations = table.Derivations;
        var shadow = new Slot(id, changed.Slot.Type) { Replaces = column.Slot, Collation = changed.Slot.Collation };
        if (changed.Generated is null)
        {
            var up = Up ?? new Expression(column.Original.Default!);
            derivations = derivations.Add(new Derivation(shadow, Direction.Up, up, Up is null ? table.ScopeBefore : table.ScopeForUp, schema.Migration, Source));
        }
        else if (changed.Generation is null)
        {
            changed = changed with { Generation = new NewGeneration(new Expression(column.Original.Default!), table.ScopeBefore, Source) };
        }

        if (column.Generated is null)
        {
            var down = Down ?? changed.Generation!.Expression;
            var scope = Down is null ? changed.Generation!.Scope : table.ScopeNow;
            derivations = derivations.Add(new Derivation(column.Slot, Direction.Down, down, scope, schema.Migration, Source) { IsInferred = Down is null });
        }

        return schema.With(table.With(column, changed with { Slot = shadow }) with { Derivations = derivations });
    }

    // PostgreSQL gives a bare literal the type that the column has when the default is written, and a new type does not change that.
    static string? KeptDefault(LogicalColumn column, string newType) =>
        column.Original is null && column.Slot.Type != newType && column.Default is { } value && BareLiteral().IsMatch(value)
            ? $"{value}::{TypeModifier().Replace(column.Slot.Type, "")}"
            : column.Default;

    [GeneratedRegex("^'(?:[^']|'')*'$")]
    private static partial Regex BareLiteral();

    [GeneratedRegex(@"\([^)]*\)")]
    private static partial Regex TypeModifier();

    LogicalColumn WithSource(LogicalSchema schema, LogicalTable table, LogicalColumn column)
    {
        if (ValueSource is not { } source)
            return column;
        var changed = column with
        {
            Identity = source.Numbering switch { Numbering.ByDefault => IdentityKind.ByDefault, Numbering.Always => IdentityKind.Always, _ => null },
            IsSerial = source.Numbering == Numbering.Serial,
            Generated = source.Generated,
            IdentityOptions = source.SequenceOptions is { } options ? SqlText.Verbatim(options) : null,
            NewSequence = null,
        };
        if (source.Generated is not null || column.Generated is not null)
        {
            return changed with
            {
                Default = source.Generated is null ? Default?.Value : source.Expression,
                Generation = source.Generated is null ? null : new NewGeneration(new Expression(source.Expression!), table.ScopeForGenerated(column.Name), Source),
            };
        }

        if (changed.Numbering == (column.Original?.Numbering ?? Numbering.None))
            return changed.Numbering == Numbering.None ? changed : changed with { Default = column.Original!.Default };

        changed = changed with { Default = source.Numbering == Numbering.None ? Default?.Value : null, IsNotNull = changed.IsNotNull || changed.Identity is not null };
        var changesKind = changed.Identity is null || column.Original?.Identity is null;
        return table.Original is not null && changed.Numbering != Numbering.None && changesKind
            ? changed with { NewSequence = schema.ChooseSequenceName(table, changed) }
            : changed;
    }

    LogicalSchema WithShadow(
        LogicalSchema schema, LogicalTable table, LogicalColumn column, LogicalColumn changed, TypeFacts? from, TypeFacts? to)
    {
        Supported.RequireShadowable(table, column, this);
        var newDefault = changed.NewSequence is { } sequence ? NextValue.Of(sequence) : changed.Default is null ? null : new Expression(changed.Default);
        var gainsNotNull = changed.IsNotNull && !column.IsNotNull;
        var change = new TypeChange(schema, table.Name, this, from, to, newDefault, gainsNotNull ? RawUpdate.OfRowsWithout(schema, table, column) : null);
        var isSomebodys = column.Original is not null;
        var isDefault = !isSomebodys && !table.Derivations.Exists(derivation => derivation.Target == column.Slot);

        // The author fills the new column by raw SQL; what the old version writes later gets the same.
        var given = isDefault && gainsNotNull && Up is null && UpFill is null ? RawUpdate.OfAllRows(schema, table, column) : null;
        var up = Up ?? change.Infer(Direction.Up, gainsNotNull && given is null);
        var down = isSomebodys ? Down ?? change.Infer(Direction.Down, gainsNotNull: column.IsNotNull && !changed.IsNotNull) : null;

        schema = schema.TakeId(out var id);
        var shadow = new Slot(id, changed.Slot.Type) { Replaces = column.Slot, Collation = changed.Slot.Collation };
        var derivations = table.Derivations;

        // A column that the rollout itself added holds its default in the old version's rows: say so, since the shadow is made from it.
        if (isDefault)
        {
            // Where it is read, a bare NULL or text would be taken for a text.
            var value = new Expression($"CAST({given?.ToString() ?? column.Default ?? "NULL"} AS {column.Slot.Type})");
            derivations = derivations.Add(new Derivation(column.Slot, Direction.Up, value, table.ScopeForUp, schema.Migration, Source) { IsOfRawSql = given is not null, IsInferred = given is null });
        }

        derivations = derivations.Add(new Derivation(shadow, Direction.Up, up, table.ScopeForUp, schema.Migration, Source));
        table = table.With(column, changed with { Slot = shadow });
        if (down is not null)
            derivations = derivations.Add(new Derivation(column.Slot, Direction.Down, down, table.ScopeNow, schema.Migration, Source) { IsInferred = Down is null });
        return schema.With(table with { Derivations = derivations });
    }
}
