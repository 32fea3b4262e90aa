using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;

namespace EfRoll.Rehearsal.Generated;

/// <summary>Changes of keys, indexes and checks.</summary>
static class KeyChanges
{
    public static ModelSpec? AddIndex(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        var columns = table.Columns.Where(column => column.Type.Store is not "jsonb").OrderBy(_ => random.Next()).Take(random.Next(1, 3)).Select(column => column.Id).ToImmutableList();
        var rest = table.Columns.Where(column => !columns.Contains(column.Id)).Select(column => column.Id).ToList();
        var index = new IndexSpec(model.NextId, columns, IsUnique: random.Next(3) == 0)
        {
            IsFiltered = random.Next(4) == 0,
            IsDescending = random.Next(4) == 0,
            Includes = rest.Count > 0 && random.Next(4) == 0 ? random.Pick(rest) : null,
        };
        return model.With(table with { Indexes = table.Indexes.Add(index) }) with { NextId = model.NextId + 1 };
    }

    public static ModelSpec? DropIndex(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        return random.PickOrNull(table.Indexes) is { } index ? model.With(table with { Indexes = table.Indexes.Remove(index) }) : null;
    }

    public static ModelSpec? RenameIndex(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        return random.PickOrNull(table.Indexes) is { } index
            ? model.With(table with { Indexes = table.Indexes.Replace(index, index with { Name = $"Named {index.Id} {random.Next(3)}" }) })
            : null;
    }

    // The usual way: with columns of its own. Also to the table itself.
    public static ModelSpec? AddForeignKey(ModelSpec model, Random random)
    {
        var (table, target) = (random.Pick(model.Tables), random.Pick(model.Tables));
        var principal = random.Pick([target.PrimaryKey, target.PrimaryKey, .. target.AlternateKeys]);
        var isRequired = random.Next(6) == 0;
        var (changed, columns) = (table, ImmutableList<int>.Empty);
        foreach (var id in principal)
        {
            if (ColumnChanges.FreeName(changed, random) is not { } name)
                return null;
            columns = columns.Add(model.NextId + columns.Count);
            changed = changed with { Columns = changed.Columns.Add(new ColumnSpec(columns[^1], name, target.Column(id).Type, isRequired) { Enum = target.Column(id).Enum }) };
        }

        var behaviour = isRequired ? random.Pick([DeleteBehavior.Cascade, DeleteBehavior.Restrict]) : random.Pick([DeleteBehavior.SetNull, DeleteBehavior.ClientSetNull, DeleteBehavior.Cascade]);
        return model.With(changed with { ForeignKeys = table.ForeignKeys.Add(new ForeignKeySpec(columns, target.Id, principal, behaviour)) }) with { NextId = model.NextId + columns.Count };
    }

    public static ModelSpec? DropForeignKey(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        return random.PickOrNull(table.ForeignKeys) is { } key ? model.With(table with { ForeignKeys = table.ForeignKeys.Remove(key) }) : null;
    }

    public static ModelSpec? ChangeDelete(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        if (random.PickOrNull(table.ForeignKeys) is not { } key)
            return null;
        var other = key.OnDelete == DeleteBehavior.Cascade ? DeleteBehavior.Restrict : DeleteBehavior.Cascade;
        return model.With(table with { ForeignKeys = table.ForeignKeys.Replace(key, key with { OnDelete = other }) });
    }

    public static ModelSpec? AddAlternate(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        var columns = table.Columns.Where(column => column.IsRequired && column.ComputedFrom is null && column.Type.Store != "jsonb").OrderBy(_ => random.Next()).Take(random.Next(1, 3)).Select(column => column.Id).ToImmutableList();
        return columns.Count == 0 || columns.TrueForAll(table.PrimaryKey.Contains) || table.AlternateKeys.Exists(key => key.ToHashSet().SetEquals(columns))
            ? null
            : model.With(table with { AlternateKeys = table.AlternateKeys.Add(columns) });
    }

    public static ModelSpec? DropAlternate(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        if (random.PickOrNull(table.AlternateKeys) is not { } gone)
            return null;
        model = model.WithoutKeysTo(table.Id, gone.SequenceEqual);
        table = model.Table(table.Id);
        return model.With(table with { AlternateKeys = table.AlternateKeys.RemoveAll(gone.SequenceEqual) });
    }

    public static ModelSpec? AddCheck(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        var column = random.Pick(table.Columns);
        return (column.Type.Store is "integer" or "bigint" or "smallint" || TypeSpecs.IsText(column.Type)) && column.ComputedFrom is null && !table.Checks.Contains(column.Id)
            ? model.With(table with { Checks = table.Checks.Add(column.Id) })
            : null;
    }

    public static ModelSpec? DropCheck(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        return table.Checks.Count == 0 ? null : model.With(table with { Checks = table.Checks.RemoveAt(0) });
    }

    // With everything that refers to the column, also by way of others.
    public static ModelSpec? ChangeType(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        var column = table.Column(random.Pick([.. table.PrimaryKey, .. table.AlternateKeys.SelectMany(key => key)]));
        var type = column.Type.Store switch { "integer" => "bigint", "smallint" => "integer", "character varying(20)" => "character varying(40)", "character varying(40)" => "text", _ => null };
        var family = model.Family(table.Id, column.Id);
        return type is null || family.Exists(member => model.Table(member.Table).Columns.Exists(other => other.ComputedFrom == member.Column))
            ? null
            : family.Aggregate(model, (changed, member) => changed.With(changed.Table(member.Table).With(
                changed.Table(member.Table).Column(member.Column) with { Type = TypeSpecs.Of(type), Default = null, DefaultSql = null })));
    }

    // What EF Core can change: between the kinds of identity, from serial to identity, and to none.
    public static ModelSpec? ChangeStrategy(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        if (table.PrimaryKey is not [var id] || table.Column(id) is not { Type.Store: "integer" or "bigint" } column || table.ForeignKeys.Exists(key => key.Columns.Contains(id)))
            return null;
        var sequence = random.PickOrNull(model.Sequences);
        Strategy[] next = column.Strategy switch
        {
            Strategy.Usual => [Strategy.Always, Strategy.None, Strategy.HiLo],
            Strategy.Always => [Strategy.Usual, Strategy.None],
            Strategy.Serial => [Strategy.Usual],
            _ => [Strategy.Usual, Strategy.None, Strategy.HiLo],
        };
        var strategy = random.Pick(next);
        return strategy == Strategy.HiLo && sequence is null ? null : model.With(table.With(column with { Strategy = strategy, Sequence = strategy == Strategy.HiLo ? sequence!.Id : null }));
    }
}
