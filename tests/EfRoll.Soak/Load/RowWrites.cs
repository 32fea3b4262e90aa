using System.Globalization;
using EfRoll.Soak.Model;

namespace EfRoll.Soak.Load;

/// <summary>What a worker does to rows that are its own, in every kind of statement that an application uses.</summary>
sealed class RowWrites(Random random, int worker)
{
    const long KeysOfWorker = 100_000_000;

    int _items;
    long _lines;
    int _tags;

    /// <summary>Makes an item, sometimes with lines, which may come before it: their key is looked at when the transaction ends.</summary>
    public async Task InsertAsync(Transaction transaction)
    {
        var id = random.Next(3) > 0 ? NextItem() : (long?)null;
        var lines = random.Next(3);
        var isChildFirst = id is not null && random.Next(2) == 0;
        if (isChildFirst)
            await InsertLinesAsync(transaction, id!.Value, lines);
        var item = await InsertAsync(transaction, Catalogue.Items, id, worker);
        if (!isChildFirst)
            await InsertLinesAsync(transaction, item.Id, lines);
    }

    /// <summary>Changes some columns of an item.</summary>
    public async Task UpdateAsync(Transaction transaction)
    {
        if (Any(transaction, Catalogue.Items) is { } item)
            await UpdateAsync(transaction, item);
    }

    /// <summary>Reads an item to change it, as applications do that calculate.</summary>
    public async Task UpdateLockedAsync(Transaction transaction)
    {
        if (Any(transaction, Catalogue.Items) is not { } item)
            return;
        var found = await transaction.ReadAsync(Catalogue.Items, "WHERE id = $1 FOR UPDATE", item.Id);
        var difference = found.Count == 1 ? Checker.Difference(transaction.Side, item, found[0]) : $"{found.Count} rows with key {item.Id}";
        if (difference is not null)
            throw new InvalidDataException(difference);
        await UpdateAsync(transaction, item);
    }

    /// <summary>Makes an item, or changes the one that has its unique text.</summary>
    public async Task UpsertAsync(Transaction transaction)
    {
        var side = transaction.Side;
        var slots = Catalogue.InRows[Catalogue.Items];
        var existing = random.Next(4) > 0 ? Any(transaction, Catalogue.Items) : null;
        var (given, columns) = Make(side, Catalogue.Items);
        if (existing is not null)
            given[Array.IndexOf(slots, Catalogue.Sku)] = existing.Of(side.IsNew)[Array.IndexOf(slots, Catalogue.Sku)];
        var proposed = NewRow(Catalogue.Items, NextItem(), worker, transaction.HasNew);
        var insert = Insert(side, Catalogue.Items, columns, withKey: true);
        var values = Arguments(proposed, given, columns);
        switch (random.Next(4))
        {
            case 0:
                Expect(existing is null ? 1 : 0, await transaction.ExecuteAsync($"{insert} ON CONFLICT (sku) DO NOTHING", values));
                break;
            case 1:
                Expect(existing is null ? 1 : 0, await transaction.ExecuteAsync($"{insert} ON CONFLICT DO NOTHING", values));
                break;
            default:
                var sets = columns.Select(column => $"{column.Name} = EXCLUDED.{column.Name}").Append("tag = EXCLUDED.tag").Append("ver = items.ver + 1");
                Expect(1, await transaction.ExecuteAsync($"{insert} ON CONFLICT (sku) DO UPDATE SET {string.Join(", ", sets)}", values));
                if (existing is null)
                    break;
                transaction.Insert(proposed, given);
                Overwrite(transaction, existing, proposed, columns);
                return;
        }

        if (existing is null)
            transaction.Insert(proposed, given);
    }

    /// <summary>Changes a range of items with one statement.</summary>
    public async Task UpdateManyAsync(Transaction transaction)
    {
        var all = transaction.Rows(Catalogue.Items).OrderBy(row => row.Id).ToList();
        if (all.Count < 2)
            return;
        var first = random.Next(all.Count);
        var rows = all.Skip(first).Take(random.Next(1, 60)).ToList();
        var slots = Catalogue.InRows[Catalogue.Items];
        var columns = transaction.Side.Columns(Catalogue.Items).Where(column => slots[column.Slot] != Catalogue.Sku).ToList();
        var (slot, place, column, name) = columns[random.Next(columns.Count)];
        var value = column.Make(random);
        var tag = NextTag();
        Expect(rows.Count, await transaction.ExecuteAsync(
            $"UPDATE items SET {name} = $1, ver = ver + 1, tag = $2 WHERE owner = $3 AND id BETWEEN $4 AND $5", value, tag, worker, rows[0].Id, rows[^1].Id));
        foreach (var row in rows)
        {
            var given = new object?[]?[slots.Length];
            given[slot] = [.. row.Of(transaction.Side.IsNew)[slot]];
            given[slot]![place] = value;
            transaction.Update(row, given, tag);
        }
    }

    /// <summary>Deletes an item, with which its lines go.</summary>
    public async Task DeleteAsync(Transaction transaction)
    {
        if (Any(transaction, Catalogue.Items) is not { } item)
            return;
        Expect(1, await transaction.ExecuteAsync("DELETE FROM items WHERE id = $1", item.Id));
        transaction.Delete(item);
    }

    /// <summary>Changes rows, takes some of it back, and goes on.</summary>
    public async Task UpdateWithSavepointAsync(Transaction transaction)
    {
        await UpdateAsync(transaction);
        await transaction.ExecuteAsync("SAVEPOINT here");
        var saved = transaction.Save();
        await UpdateAsync(transaction);
        await DeleteAsync(transaction);
        await transaction.ExecuteAsync("ROLLBACK TO SAVEPOINT here");
        transaction.Restore(saved);
        await UpdateAsync(transaction);
    }

    /// <summary>Adds, changes, moves or deletes a line.</summary>
    public async Task WriteLineAsync(Transaction transaction)
    {
        if (Any(transaction, Catalogue.Items) is not { } item)
            return;
        var table = transaction.Side.Table(Catalogue.Lines);
        switch (Any(transaction, Catalogue.Lines), random.Next(6))
        {
            case (null, _) or (_, 0 or 1):
                await InsertLinesAsync(transaction, item.Id, 1);
                break;
            case ({ } line, 2):
                Expect(1, await transaction.ExecuteAsync($"DELETE FROM {table} WHERE id = $1", line.Id));
                transaction.Delete(line);
                break;
            case ({ } line, 3):
                Expect(1, await transaction.ExecuteAsync($"UPDATE {table} SET item_id = $1, ver = ver + 1 WHERE id = $2", item.Id, line.Id));
                transaction.Update(line, new object?[]?[line.Slots.Length], tag: null).Parent = item.Id;
                break;
            case ({ } line, _):
                await UpdateAsync(transaction, line);
                break;
        }
    }

    /// <summary>Loads items and their lines, as only a table takes them: for a version that sees no views.</summary>
    public async Task CopyAsync(Transaction transaction, int count)
    {
        var items = await CopyAsync(transaction, Catalogue.Items, [.. Enumerable.Range(0, count).Select(_ => (NextItem(), (long)worker))]);
        await CopyAsync(transaction, Catalogue.Lines, [.. items.Select(item => (NextLine(), item.Id))]);
    }

    async Task<List<Row>> CopyAsync(Transaction transaction, string table, List<(long Id, long Parent)> keys)
    {
        var side = transaction.Side;
        var columns = side.Columns(table).ToList();
        var rows = new List<Row>();
        await using (var writer = await transaction.Connection.BeginTextImportAsync(
            $"COPY {side.Table(table)} (id, {Side.Parent(table)}, ver, tag{string.Concat(columns.Select(column => $", {column.Name}"))}) FROM STDIN"))
        {
            foreach (var (id, parent) in keys)
            {
                var row = NewRow(table, id, parent, transaction.HasNew);
                var given = new object?[]?[row.Slots.Length];
                for (var slot = 0; slot < given.Length; slot++)
                    given[slot] = [.. side[row.Slots[slot]].Columns.Select(column => column.Make(random))];
                await writer.WriteAsync(string.Join('\t', Arguments(row, given, columns).Select(value => value is null ? "\\N" : Convert.ToString(value, CultureInfo.InvariantCulture))) + "\n");
                transaction.Insert(row, given);
                rows.Add(row);
            }
        }

        transaction.Writes++;
        return rows;
    }

    async Task InsertLinesAsync(Transaction transaction, long item, int count)
    {
        for (var i = 0; i < count; i++)
            await InsertAsync(transaction, Catalogue.Lines, NextLine(), item);
    }

    async Task<Row> InsertAsync(Transaction transaction, string table, long? id, long parent)
    {
        var (given, columns) = Make(transaction.Side, table);
        var insert = Insert(transaction.Side, table, columns, id is not null);
        if (id is not null)
        {
            var row = NewRow(table, id.Value, parent, transaction.HasNew);
            Expect(1, await transaction.ExecuteAsync(insert, Arguments(row, given, columns)));
            transaction.Insert(row, given);
            return row;
        }

        var draft = NewRow(table, 0, parent, transaction.HasNew);
        var drawn = Convert.ToInt64(await transaction.ScalarAsync($"{insert} RETURNING id", Arguments(draft, given, columns)[1..]), CultureInfo.InvariantCulture);
        transaction.Writes++;
        var made = draft with { Id = drawn };
        transaction.Insert(made, given);
        return made;
    }

    async Task UpdateAsync(Transaction transaction, Row row)
    {
        var side = transaction.Side;
        var given = new object?[]?[row.Slots.Length];
        var sets = new List<string>();
        var arguments = new List<object?>();
        foreach (var (slot, place, column, name) in side.Columns(row.Table).Where(_ => random.Next(3) == 0))
        {
            given[slot] ??= [.. row.Of(side.IsNew)[slot]];

            // Sometimes what is there already, for applications write whole rows, or what a trigger makes of it.
            if (given[slot]![place] is Unseen || random.Next(3) > 0)
                given[slot]![place] = column.Make(random);
            else if (row.Slots[slot] == Catalogue.Code && random.Next(2) == 0)
                given[slot]![place] = ((string)given[slot]![place]!).ToUpperInvariant();
            arguments.Add(given[slot]![place]);
            sets.Add($"{name} = ${arguments.Count}");
        }

        var tag = random.Next(3) > 0 ? NextTag() : null;
        if (tag is not null)
        {
            arguments.Add(tag);
            sets.Add($"tag = ${arguments.Count}");
        }

        sets.Add("ver = ver + 1");
        arguments.Add(row.Id);
        Expect(1, await transaction.ExecuteAsync($"UPDATE {side.Table(row.Table)} SET {string.Join(", ", sets)} WHERE id = ${arguments.Count}", [.. arguments]));
        transaction.Update(row, given, tag);
    }

    // The row that was in the way gets what the triggers made of the one that was not inserted.
    static void Overwrite(Transaction transaction, Row existing, Row proposed, List<(int Slot, int Place, Column Column, string Name)> columns)
    {
        transaction.Forget(proposed);
        var given = new object?[]?[existing.Slots.Length];
        foreach (var (slot, _, _, _) in columns)
            given[slot] = proposed.Of(transaction.Side.IsNew)[slot];
        transaction.Update(existing, given, proposed.Tag);
    }

    /// <summary>Values for a new row, and the columns that get them: what has a default may be left out.</summary>
    (object?[]?[] Given, List<(int Slot, int Place, Column Column, string Name)> Columns) Make(Side side, string table)
    {
        var slots = Catalogue.InRows[table];
        var given = new object?[]?[slots.Length];
        for (var slot = 0; slot < slots.Length; slot++)
            given[slot] = [.. side[slots[slot]].Columns.Select(column => column.Default is { } value && random.Next(2) == 0 ? value : column.Make(random))];
        return (given, [.. side.Columns(table).Where(column => column.Column.Default is null || !Equals(given[column.Slot]![column.Place], column.Column.Default))]);
    }

    static string Insert(Side side, string table, List<(int Slot, int Place, Column Column, string Name)> columns, bool withKey)
    {
        var names = new[] { "id", Side.Parent(table), "ver", "tag" }.Skip(withKey ? 0 : 1).Concat(columns.Select(column => column.Name)).ToList();
        return $"INSERT INTO {side.Table(table)} ({string.Join(", ", names)}) VALUES ({string.Join(", ", names.Select((_, i) => $"${i + 1}"))})";
    }

    static object?[] Arguments(Row row, object?[]?[] given, List<(int Slot, int Place, Column Column, string Name)> columns) =>
        [row.Id, row.Parent, row.Version, row.Tag, .. columns.Select(column => given[column.Slot]![column.Place])];

    Row NewRow(string table, long id, long parent, bool hasNew)
    {
        var slots = Catalogue.InRows[table].Length;
        return new Row(table, id) { Parent = parent, Tag = NextTag(), Old = new object?[slots][], New = hasNew ? new object?[slots][] : null };
    }

    Row? Any(Transaction transaction, string table)
    {
        var rows = transaction.Rows(table).ToList();
        return rows.Count == 0 ? null : rows[random.Next(rows.Count)];
    }

    static void Expect(int wanted, int actual)
    {
        if (actual != wanted)
            throw new InvalidDataException($"wrote {actual} rows instead of {wanted}");
    }

    long NextItem() => worker * KeysOfWorker + Interlocked.Increment(ref _items);

    long NextLine() => worker * KeysOfWorker * 100 + Interlocked.Increment(ref _lines);

    string NextTag() => $"w{worker}-{Interlocked.Increment(ref _tags)}";
}
