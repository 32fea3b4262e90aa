using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;

namespace EfRoll.Rehearsal.Generated;

/// <summary>Changes of tables.</summary>
static class TableChanges
{
    const int Most = 7;

    // Few, so that a name is often taken over by something else; some need quotes, one is longer than PostgreSQL takes.
    static readonly string[] Names = ["Users", "orders", "Order Lines", "select", "Zoë", "a", "Notes", "Tags", "A table with a name that is much longer than what PostgreSQL takes, by far"];

    /// <summary>The schemas, the default one most often.</summary>
    public static readonly string?[] Schemas = [null, null, null, "sales", "Back Office"];

    public static ModelSpec? Add(ModelSpec model, Random random)
    {
        if (Room(model, random) is not { } table)
            return null;
        var id = model.NextId;
        List<ColumnSpec> key = [new ColumnSpec(id + 1, "Id", TypeSpecs.Of(random.Pick(["integer", "integer", "bigint", "uuid", "text"])), IsRequired: true)];
        if (random.Next(5) == 0)
            key.Add(new ColumnSpec(id + 2, "Part", TypeSpecs.Of(random.Pick(["smallint", "integer", "text", "date"])), IsRequired: true));
        model = model with { Tables = model.Tables.Add(table with { Columns = [.. key], PrimaryKey = [.. key.Select(column => column.Id)] }), NextId = id + 3 };
        for (var columns = random.Next(1, 5); columns > 0; columns--)
            model = ColumnChanges.AddTo(model, id, random) ?? model;
        return model;
    }

    // Many to many.
    public static ModelSpec? Join(ModelSpec model, Random random)
    {
        if (Room(model, random) is not { } table)
            return null;
        var next = model.NextId + 1;
        foreach (var (side, target) in new[] { random.Pick(model.Tables), random.Pick(model.Tables) }.Index())
        {
            var columns = target.PrimaryKey.Select(id => new ColumnSpec(next++, $"{(side == 0 ? "Left" : "Right")}{target.Column(id).Name}", target.Column(id).Type, IsRequired: true)).ToList();
            ImmutableList<int> ids = [.. columns.Select(column => column.Id)];
            table = table with
            {
                Columns = table.Columns.AddRange(columns),
                PrimaryKey = table.PrimaryKey.AddRange(ids),
                ForeignKeys = table.ForeignKeys.Add(new ForeignKeySpec(ids, target.Id, target.PrimaryKey, DeleteBehavior.Cascade)),
            };
        }

        return model with { Tables = model.Tables.Add(table), NextId = next };
    }

    public static ModelSpec? Drop(ModelSpec model, Random random)
    {
        var dropped = random.Pick(model.Tables);
        model = model.WithoutKeysTo(dropped.Id, _ => true);
        return model with { Tables = model.Tables.RemoveAll(table => table.Id == dropped.Id), Views = model.Views.RemoveAll(view => view.Table == dropped.Id) };
    }

    public static ModelSpec? Rename(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        return FreeName(model, table.Schema, random) is { } name ? model.With(table with { Name = name }) : null;
    }

    public static ModelSpec? Move(ModelSpec model, Random random)
    {
        var (table, schema) = (random.Pick(model.Tables), random.Pick(Schemas));
        return model.Tables.Exists(other => other.Schema == schema && other.Name == table.Name) ? null : model.With(table with { Schema = schema });
    }

    public static ModelSpec? Comment(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        return model.With(table with { Comment = table.Comment is null ? "what it's for" : null });
    }

    static TableSpec? Room(ModelSpec model, Random random)
    {
        var schema = random.Pick(Schemas);
        return model.Tables.Count < Most && FreeName(model, schema, random) is { } name ? new TableSpec(model.NextId, name, schema, [], []) : null;
    }

    static string? FreeName(ModelSpec model, string? schema, Random random) =>
        random.PickOrNull(Names.Where(name => !model.Tables.Exists(table => table.Schema == schema && table.Name == name)));
}
