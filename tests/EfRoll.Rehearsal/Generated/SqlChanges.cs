namespace EfRoll.Rehearsal.Generated;

/// <summary>What authors write as raw SQL between EF Core's operations.</summary>
static class SqlChanges
{
    public static ModelSpec? AddView(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        var view = new ViewSpec(model.NextId, table.Id, [.. table.Columns.OrderBy(_ => random.Next()).Take(2).Select(column => column.Id)]);
        return model with { Views = model.Views.Add(view), NextId = model.NextId + 1 };
    }

    public static ModelSpec? DropView(ModelSpec model, Random random) => random.PickOrNull(model.Views) is { } view ? model with { Views = model.Views.Remove(view) } : null;

    // Sometimes without a Down, as authors do; sometimes with one for EfRoll alone.
    public static ModelSpec? UpdateRows(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        if (ColumnChanges.Free(table, random) is not { ComputedFrom: null } column || model.Bound.Contains(column.Id))
            return null;
        var name = SqlSpec.Quote(column.Name);
        (string Up, string Down)? values = column.Type.Store switch
        {
            "integer" or "bigint" or "smallint" => ($"{name} + 1", $"{name} - 1"),
            "boolean" => ($"NOT {name}", $"NOT {name}"),
            "text" => ($"{name} || '!'", $"left({name}, -1)"),
            _ when TypeSpecs.IsText(column.Type) => ("'changed'", name),
            _ => null,
        };
        if (values is not var (up, down))
            return null;
        var update = $"UPDATE {SqlSpec.Name(table.Schema, table.Name)} SET {name} = ";
        var sql = new SqlSpec(update + up, random.Next(2) == 0 ? null : update + down) { DownHint = down != name && random.Next(2) == 0 ? update + down : null };
        return model with { Sql = model.Sql.Add(sql) };
    }

    public static ModelSpec? AddIndex(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        if (random.PickOrNull(table.Columns.Where(column => column.ComputedFrom is null && column.Type.Store is not "jsonb" && !table.RawIndexes.Contains(column.Id))) is not { } column)
            return null;
        var name = SqlSpec.Quote(column.Name);
        var create = $"CREATE INDEX {SqlSpec.Quote(Index(column.Id))} ON {SqlSpec.Name(table.Schema, table.Name)} ({(TypeSpecs.IsText(column.Type) ? $"lower({name})" : $"{name} DESC")})";
        return model.With(table with { RawIndexes = table.RawIndexes.Add(column.Id) }) with { Sql = model.Sql.Add(new SqlSpec(create, Drop(table, column.Id))) };
    }

    public static ModelSpec? DropIndex(ModelSpec model, Random random)
    {
        var table = random.Pick(model.Tables);
        return table.RawIndexes.Count == 0
            ? null
            : model.With(table with { RawIndexes = table.RawIndexes.RemoveAt(0) }) with { Sql = model.Sql.Add(new SqlSpec(Drop(table, table.RawIndexes[0]), null)) };
    }

    static string Index(int column) => $"Raw {column}";

    static string Drop(TableSpec table, int column) => $"DROP INDEX {SqlSpec.Name(table.Schema, Index(column))}";
}
