using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;

namespace EfRoll.Rehearsal;

/// <summary>The columns that both versions have, whatever they call them, and whose values no operation converts.</summary>
sealed class SharedColumns
{
    readonly Dictionary<(string Schema, string Table), ((string Schema, string Table) Old, Dictionary<string, string> Columns)> _tables = [];

    /// <summary>Follows the operations from the tables of the old version.</summary>
    public SharedColumns(Data old, IEnumerable<Operation> operations)
    {
        foreach (var table in old.Tables.Values)
            _tables[(table.Schema, table.Name)] = ((table.Schema, table.Name), table.Columns.ToDictionary(column => column));
        foreach (var operation in operations)
            Apply(operation);
    }

    /// <summary>The first difference between what the versions show of the same rows; null if there is none.</summary>
    public string? Difference(Data old, Data @new)
    {
        foreach (var ((schema, table), (before, columns)) in _tables)
        {
            if (columns.Count == 0 || !old.Tables.TryGetValue($"{before.Schema}.{before.Table}", out var oldRows) || !@new.Tables.TryGetValue($"{schema}.{table}", out var newRows))
                continue;
            var names = columns.Where(pair => newRows.Columns.Contains(pair.Key)).ToList();
            var wanted = oldRows.Lines([.. names.Select(pair => pair.Value)]);
            var found = newRows.Lines([.. names.Select(pair => pair.Key)]);
            if (!wanted.SequenceEqual(found))
                return $"{oldRows.Schema}.{oldRows.Name} / {schema}.{table} ({string.Join(", ", names.Select(pair => pair.Key))}):\n- {string.Join("\n- ", wanted.Except(found))}\n+ {string.Join("\n+ ", found.Except(wanted))}";
        }

        return null;
    }

    void Apply(Operation operation)
    {
        switch (operation)
        {
            case RenameTable rename when _tables.Remove(Key(rename.Name), out var moved):
                _tables[Key(rename.NewName)] = moved;
                break;
            case DropTable drop:
                _tables.Remove(Key(drop.Name));
                break;
            case RenameColumn rename when Columns(rename.Table) is { } columns && columns.Remove(rename.Name.Value, out var old):
                columns[rename.NewName.Value] = old;
                break;
            case DropColumn drop:
                Columns(drop.Table)?.Remove(drop.Column.Value);
                break;
            case AlterColumn { Type: not null } or AlterColumn { IsNullable: not null } or AlterColumn { ValueSource: not null } or AlterColumn { Up: not null } or AlterColumn { Down: not null }:
                Columns(((AlterColumn)operation).Table)?.Remove(((AlterColumn)operation).Column.Value);
                break;
        }
    }

    Dictionary<string, string>? Columns(RelationName table) => _tables.TryGetValue(Key(table), out var found) ? found.Columns : null;

    static (string, string) Key(RelationName name) => (name.Schema?.Value ?? "public", name.Name.Value);
}
