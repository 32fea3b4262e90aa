using System.Data;
using EfRoll.Soak.Model;
using Npgsql;

namespace EfRoll.Soak.Load;

/// <summary>A version of the application: its connections, and what it calls things.</summary>
sealed class Side : IAsyncDisposable
{
    readonly IReadOnlyDictionary<Slot, Shape> _shapes;

    /// <param name="connectionString">The database.</param>
    /// <param name="searchPath">How <c>UseEfRoll</c> binds a connection to its version.</param>
    /// <param name="mark">What it puts behind the application's name.</param>
    /// <param name="shapes">The forms that its migrations have brought.</param>
    /// <param name="isNew">Whether it is the one that the open rollout brings.</param>
    public Side(string connectionString, string searchPath, string mark, IReadOnlyDictionary<Slot, Shape> shapes, bool isNew)
    {
        _shapes = shapes;
        IsNew = isNew;
        DataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
        {
            SearchPath = searchPath,
            ApplicationName = $"soak {mark}",
            MaxAutoPrepare = 60,
            AutoPrepareMinUsages = 2,
            CommandTimeout = 300,
            Timeout = 120,
            IncludeErrorDetail = true,
        });
    }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>Changes when a rollout is complete: the version that came is then the one that runs.</summary>
    public bool IsNew { get; set; }

    public IReadOnlyDictionary<Slot, Shape> Shapes => _shapes;

    public Shape this[Slot slot] => _shapes[slot];

    /// <summary>A table's name as SQL.</summary>
    public string Table(string table) => Quote(table == Catalogue.Lines ? this[Catalogue.LinesName].Name : table);

    /// <summary>The column that says to whom a row belongs.</summary>
    public static string Parent(string table) => table == Catalogue.Items ? "owner" : "item_id";

    /// <summary>The columns of a row's parts, with the part and the place in it.</summary>
    public IEnumerable<(int Slot, int Place, Column Column, string Name)> Columns(string table)
    {
        var slots = Catalogue.InRows[table];
        for (var slot = 0; slot < slots.Length; slot++)
        {
            var columns = this[slots[slot]].Columns;
            for (var place = 0; place < columns.Length; place++)
                yield return (slot, place, columns[place], Quote(columns[place].Name));
        }
    }

    /// <summary>Reads rows with all that this version sees of them: key, parent, version, tag, and the columns.</summary>
    public string Select(string table) => $"SELECT id, {Parent(table)}, ver, tag{string.Concat(Columns(table).Select(column => $", {column.Name}"))} FROM {Table(table)}";

    /// <summary>What a reader of <see cref="Select"/> finds, by parts.</summary>
    public object?[][] Values(string table, IDataRecord record)
    {
        object?[][] values = [.. Catalogue.InRows[table].Select(slot => new object?[this[slot].Columns.Length])];
        var field = 4;
        foreach (var (slot, place, _, _) in Columns(table))
        {
            values[slot][place] = record.IsDBNull(field) ? null : record.GetValue(field);
            field++;
        }

        return values;
    }

    public ValueTask DisposeAsync() => DataSource.DisposeAsync();

    static string Quote(string name) => $"\"{name}\"";
}
