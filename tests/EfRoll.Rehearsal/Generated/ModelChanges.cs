using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;

namespace EfRoll.Rehearsal.Generated;

/// <summary>Makes up changes of a model, as developers do between two migrations.</summary>
static class ModelChanges
{
    // Few, so that a name is often taken over by something else; some need quotes, one is longer than PostgreSQL takes.
    static readonly string[] TableNames = ["Users", "orders", "Order Lines", "select", "Zoë", "a", "Notes", "Tags", "A table with a name that is much longer than what PostgreSQL takes, by far"];
    static readonly string[] ColumnNames = ["Name", "amount", "user", "Due At", "Größe", "x", "Value", "Kind", "Code", "A \"quoted\" name", "Note"];
    static readonly string?[] Schemas = [null, null, null, "sales", "Back Office"];

    static readonly (int Weight, Func<ModelSpec, Random, ModelSpec?> Change)[] Changes =
    [
        (6, AddTable), (1, DropTable), (3, RenameTable), (1, MoveTable), (2, CommentTable),
        (10, AddColumn), (4, DropColumn), (5, RenameColumn), (6, ChangeType), (5, ToggleRequired), (4, ChangeDefault), (2, CommentColumn),
        (5, AddIndex), (2, DropIndex), (2, RenameIndex), (5, AddForeignKey), (2, DropForeignKey), (1, ChangeDelete),
        (2, AddAlternateKey), (1, DropAlternateKey), (2, AddCheck), (1, DropCheck), (1, ChangeKeyType), (1, SwapColumns),
    ];

    /// <summary>One change; the same number makes the same one. The model itself where the change that comes up does not apply.</summary>
    public static ModelSpec Apply(ModelSpec model, int number)
    {
        var random = new Random(number);
        if (model.Tables.Count == 0)
            return AddTable(model, random)!;
        var place = random.Next(Changes.Sum(change => change.Weight));
        foreach (var (weight, change) in Changes)
        {
            if ((place -= weight) < 0)
                return change(model, random) ?? model;
        }

        return model;
    }

    static ModelSpec? AddTable(ModelSpec model, Random random)
    {
        var schema = Pick(Schemas, random);
        if (model.Tables.Count > 6 || FreeName(model, schema, random) is not { } name)
            return null;
        var id = model.NextId;
        var keyType = TypeSpecs.Of(Pick(["integer", "integer", "bigint", "uuid", "text"], random));
        var table = new TableSpec(id, name, schema, [new ColumnSpec(id + 1, "Id", keyType, IsRequired: true)], [id + 1]);
        model = new ModelSpec(model.Tables.Add(table), id + 2);
        for (var columns = random.Next(1, 5); columns > 0; columns--)
            model = AddColumnTo(model, id, random) ?? model;
        return model;
    }

    static ModelSpec? DropTable(ModelSpec model, Random random)
    {
        var dropped = Pick(model.Tables, random);
        return model with
        {
            Tables = [.. model.Tables.Remove(dropped).Select(table => table with { ForeignKeys = table.ForeignKeys.RemoveAll(key => key.Target == dropped.Id) })],
        };
    }

    static ModelSpec? RenameTable(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        return FreeName(model, table.Schema, random) is { } name ? model.With(table with { Name = name }) : null;
    }

    static ModelSpec? MoveTable(ModelSpec model, Random random)
    {
        var (table, schema) = (Pick(model.Tables, random), Pick(Schemas, random));
        return model.Tables.Exists(other => other.Schema == schema && other.Name == table.Name) ? null : model.With(table with { Schema = schema });
    }

    static ModelSpec? CommentTable(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        return model.With(table with { Comment = table.Comment is null ? "what it's for" : null });
    }

    static ModelSpec? AddColumn(ModelSpec model, Random random) => AddColumnTo(model, Pick(model.Tables, random).Id, random);

    static ModelSpec? AddColumnTo(ModelSpec model, int tableId, Random random)
    {
        var table = model.Table(tableId);
        if (FreeColumnName(table, random) is not { } name)
            return null;
        var column = WithDefault(new ColumnSpec(model.NextId, name, Pick(TypeSpecs.All, random), random.Next(2) == 0), random);
        return model.With(table with { Columns = table.Columns.Add(column) }) with { NextId = model.NextId + 1 };
    }

    static ModelSpec? DropColumn(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        if (FreeColumn(table, random) is not { } column)
            return null;
        return model.With(table with
        {
            Columns = table.Columns.Remove(column),
            AlternateKeys = table.AlternateKeys.RemoveAll(key => key.Contains(column.Id)),
            Indexes = table.Indexes.RemoveAll(index => index.Columns.Contains(column.Id) || index.Includes == column.Id),
            ForeignKeys = table.ForeignKeys.RemoveAll(key => key.Column == column.Id),
            Checks = table.Checks.Remove(column.Id),
        });
    }

    static ModelSpec? RenameColumn(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        return FreeColumnName(table, random) is { } name ? model.With(table.With(Pick(table.Columns, random) with { Name = name })) : null;
    }

    static ModelSpec? SwapColumns(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        var (one, other) = (Pick(table.Columns, random), Pick(table.Columns, random));
        return one == other ? null : model.With(table.With(one with { Name = other.Name }).With(other with { Name = one.Name }));
    }

    static ModelSpec? ChangeType(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        if (FreeColumn(table, random) is not { } column || column.Type.CastsTo.Length == 0 || table.ForeignKeys.Exists(key => key.Column == column.Id))
            return null;
        var type = TypeSpecs.Of(Pick(column.Type.CastsTo, random));
        return model.With((table with { Checks = table.Checks.Remove(column.Id) }).With(column with { Type = type, Default = null, DefaultSql = null }));
    }

    static ModelSpec? ChangeKeyType(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        if (table.PrimaryKey is not [var key] || table.Column(key).Type.Store != "integer" || table.ForeignKeys.Exists(own => own.Column == key))
            return null;
        var type = TypeSpecs.Of("bigint");
        model = model.With(table.With(table.Column(key) with { Type = type }));
        foreach (var (other, column) in model.Tables.SelectMany(other => other.ForeignKeys.Where(own => own.Target == table.Id).Select(own => (other.Id, own.Column))).ToList())
            model = model.With(model.Table(other).With(model.Table(other).Column(column) with { Type = type }));
        return model;
    }

    static ModelSpec? ToggleRequired(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        return FreeColumn(table, random) is { } column && !table.AlternateKeys.Exists(key => key.Contains(column.Id))
            ? model.With(table.With(column with { IsRequired = !column.IsRequired }))
            : null;
    }

    static ModelSpec? ChangeDefault(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        return FreeColumn(table, random) is { } column && !table.ForeignKeys.Exists(key => key.Column == column.Id)
            ? model.With(table.With(WithDefault(column with { Default = null, DefaultSql = null }, random)))
            : null;
    }

    static ModelSpec? CommentColumn(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        var column = Pick(table.Columns, random);
        return model.With(table.With(column with { Comment = column.Comment is null ? "a 'comment'" : null }));
    }

    static ModelSpec? AddIndex(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        var columns = table.Columns.Where(column => column.Type.Store is not "jsonb").OrderBy(_ => random.Next()).Take(random.Next(1, 3)).Select(column => column.Id).ToImmutableList();
        var rest = table.Columns.Where(column => !columns.Contains(column.Id)).Select(column => column.Id).ToList();
        var index = new IndexSpec(model.NextId, columns, IsUnique: random.Next(3) == 0)
        {
            IsFiltered = random.Next(4) == 0,
            IsDescending = random.Next(4) == 0,
            Includes = rest.Count > 0 && random.Next(4) == 0 ? Pick(rest, random) : null,
        };
        return model.With(table with { Indexes = table.Indexes.Add(index) }) with { NextId = model.NextId + 1 };
    }

    static ModelSpec? DropIndex(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        return table.Indexes.Count == 0 ? null : model.With(table with { Indexes = table.Indexes.Remove(Pick(table.Indexes, random)) });
    }

    static ModelSpec? RenameIndex(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        if (table.Indexes.Count == 0)
            return null;
        var index = Pick(table.Indexes, random);
        return model.With(table with { Indexes = table.Indexes.Replace(index, index with { Name = $"Named {index.Id} {random.Next(3)}" }) });
    }

    // The usual way: with a column of its own.
    static ModelSpec? AddForeignKey(ModelSpec model, Random random)
    {
        var (table, target) = (Pick(model.Tables, random), Pick(model.Tables, random));
        if (target.PrimaryKey is not [var key] || FreeColumnName(table, random) is not { } name)
            return null;
        var isRequired = random.Next(6) == 0;
        var column = new ColumnSpec(model.NextId, name, target.Column(key).Type, isRequired);
        var behaviour = isRequired ? Pick([DeleteBehavior.Cascade, DeleteBehavior.Restrict], random) : Pick([DeleteBehavior.SetNull, DeleteBehavior.ClientSetNull, DeleteBehavior.Cascade], random);
        var changed = table with { Columns = table.Columns.Add(column), ForeignKeys = table.ForeignKeys.Add(new ForeignKeySpec(column.Id, target.Id, behaviour)) };
        return model.With(changed) with { NextId = model.NextId + 1 };
    }

    static ModelSpec? DropForeignKey(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        return table.ForeignKeys.Count == 0 ? null : model.With(table with { ForeignKeys = table.ForeignKeys.Remove(Pick(table.ForeignKeys, random)) });
    }

    static ModelSpec? ChangeDelete(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        if (table.ForeignKeys.Count == 0)
            return null;
        var key = Pick(table.ForeignKeys, random);
        var other = key.OnDelete == DeleteBehavior.Cascade ? DeleteBehavior.Restrict : DeleteBehavior.Cascade;
        return model.With(table with { ForeignKeys = table.ForeignKeys.Replace(key, key with { OnDelete = other }) });
    }

    static ModelSpec? AddAlternateKey(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        var column = Pick(table.Columns, random);
        return !column.IsRequired || column.Type.Store == "jsonb" || table.PrimaryKey.Contains(column.Id) || table.AlternateKeys.Exists(key => key.Contains(column.Id))
            ? null
            : model.With(table with { AlternateKeys = table.AlternateKeys.Add([column.Id]) });
    }

    static ModelSpec? DropAlternateKey(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        return table.AlternateKeys.Count == 0 ? null : model.With(table with { AlternateKeys = table.AlternateKeys.RemoveAt(0) });
    }

    static ModelSpec? AddCheck(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        var column = Pick(table.Columns, random);
        return column.Type.Store is "integer" or "bigint" or "smallint" && !table.Checks.Contains(column.Id) ? model.With(table with { Checks = table.Checks.Add(column.Id) }) : null;
    }

    static ModelSpec? DropCheck(ModelSpec model, Random random)
    {
        var table = Pick(model.Tables, random);
        return table.Checks.Count == 0 ? null : model.With(table with { Checks = table.Checks.RemoveAt(0) });
    }

    static ColumnSpec WithDefault(ColumnSpec column, Random random) => random.Next(4) switch
    {
        0 when TypeSpecs.Constant(column.Type, random) is { } value => column with { Default = value },
        1 when TypeSpecs.Sql(column.Type) is { } sql => column with { DefaultSql = sql },
        _ => column,
    };

    static ColumnSpec? FreeColumn(TableSpec table, Random random)
    {
        var free = table.Columns.Where(column => !table.PrimaryKey.Contains(column.Id)).ToList();
        return free.Count == 0 ? null : Pick(free, random);
    }

    static string? FreeColumnName(TableSpec table, Random random)
    {
        var free = ColumnNames.Where(name => !table.Columns.Exists(column => column.Name == name)).ToList();
        return free.Count == 0 ? null : Pick(free, random);
    }

    static string? FreeName(ModelSpec model, string? schema, Random random)
    {
        var free = TableNames.Where(name => !model.Tables.Exists(table => table.Schema == schema && table.Name == name)).ToList();
        return free.Count == 0 ? null : Pick(free, random);
    }

    static T Pick<T>(IReadOnlyList<T> items, Random random) => items[random.Next(items.Count)];
}
