namespace EfRoll.Rehearsal.Generated;

/// <summary>Changes of columns.</summary>
static class ColumnChanges
{
    static readonly string[] Names = ["Name", "amount", "user", "Due At", "Größe", "x", "Value", "Kind", "Code", "A \"quoted\" name", "Note"];

    public static ModelSpec? Add(ModelSpec model, Random random) => AddTo(model, random.Pick(model.Tables).Id, random);

    public static ModelSpec? AddTo(ModelSpec model, int tableId, Random random)
    {
        var table = model.Table(tableId);
        if (FreeName(table, random) is not { } name)
            return null;
        var labels = random.Next(6) == 0 ? random.PickOrNull(model.Enums) : null;
        var column = new ColumnSpec(model.NextId, name, labels is null ? random.Pick(TypeSpecs.All) : TypeSpecs.Enum, random.Next(2) == 0) { Enum = labels?.Id };
        return model.With(table with { Columns = table.Columns.Add(WithDefault(model, column, random)) }) with { NextId = model.NextId + 1 };
    }

    // Over text or a number.
    public static ModelSpec? Compute(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        var from = random.PickOrNull(table.Columns.Where(column => column.ComputedFrom is null && (column.Type.Store == "integer" || TypeSpecs.IsText(column.Type))));
        if (from is null || FreeName(table, random) is not { } name)
            return null;
        var column = new ColumnSpec(model.NextId, name, TypeSpecs.Of(from.Type.Store == "integer" ? "integer" : "text"), IsRequired: false) { ComputedFrom = from.Id };
        return model.With(table with { Columns = table.Columns.Add(column) }) with { NextId = model.NextId + 1 };
    }

    public static ModelSpec? Drop(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        return Free(table, random) is { } column
            ? table.Columns.FindAll(other => other == column || other.ComputedFrom == column.Id).Aggregate(model, (rest, gone) => rest.Without(table.Id, gone))
            : null;
    }

    public static ModelSpec? Rename(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        return FreeName(table, random) is { } name ? model.With(table.With(random.Pick(table.Columns) with { Name = name })) : null;
    }

    public static ModelSpec? Swap(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        var (one, other) = (random.Pick(table.Columns), random.Pick(table.Columns));
        return one == other ? null : model.With(table.With(one with { Name = other.Name }).With(other with { Name = one.Name }));
    }

    public static ModelSpec? ChangeType(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        if (Free(table, random) is not { ComputedFrom: null } column || column.Type.CastsTo.Length == 0 || model.IsLinked(table.Id, column.Id) || table.Columns.Exists(other => other.ComputedFrom == column.Id))
            return null;
        var type = TypeSpecs.Of(random.Pick(column.Type.CastsTo));
        if (!TypeSpecs.IsText(column.Type) || !TypeSpecs.IsText(type))
            table = table with { Checks = table.Checks.Remove(column.Id) };
        return model.With(table.With(column.WithoutDefault() with { Type = type, Enum = null }));
    }

    public static ModelSpec? ToggleRequired(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        return Free(table, random) is { ComputedFrom: null } column && !table.AlternateKeys.Exists(key => key.Contains(column.Id))
            ? model.With(table.With(column with { IsRequired = !column.IsRequired }))
            : null;
    }

    public static ModelSpec? ChangeDefault(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        return Free(table, random) is { ComputedFrom: null } column && !model.IsLinked(table.Id, column.Id)
            ? model.With(table.With(WithDefault(model, column.WithoutDefault(), random)))
            : null;
    }

    public static ModelSpec? TakeFromSequence(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        return random.PickOrNull(model.Sequences) is { } sequence && Free(table, random) is { ComputedFrom: null, Type.Store: "integer" or "bigint" } column && !model.IsLinked(table.Id, column.Id)
            ? model.With(table.With(column.WithoutDefault() with { Sequence = sequence.Id }))
            : null;
    }

    public static ModelSpec? Comment(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        var column = random.Pick(table.Columns);
        return model.With(table.With(column with { Comment = column.Comment is null ? "a 'comment'" : null }));
    }

    /// <summary>A column that is no part of the primary key.</summary>
    public static ColumnSpec? Free(TableSpec table, Random random) => random.PickOrNull(table.Columns.Where(column => !table.PrimaryKey.Contains(column.Id)));

    /// <summary>A name that the table does not have yet.</summary>
    public static string? FreeName(TableSpec table, Random random) => random.PickOrNull(Names.Where(name => !table.Columns.Exists(column => column.Name == name)));

    static ColumnSpec WithDefault(ModelSpec model, ColumnSpec column, Random random) => random.Next(4) switch
    {
        // A label that the same transaction adds could not be used.
        0 when column.Enum is { } labels => column with { Default = model.Enums.Find(type => type.Id == labels)!.Labels[0] },
        0 when TypeSpecs.Constant(column.Type, random) is { } value => column with { Default = value },
        1 when TypeSpecs.Sql(column.Type) is { } sql => column with { DefaultSql = sql },
        _ => column,
    };
}
