using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>
/// The order in which tables are locked: referencing before referenced, as the statements of applications do. The other way round each would
/// wait for the other until the timeout.
/// </summary>
sealed class LockOrder
{
    readonly Dictionary<QualifiedName, int> _positions = [];

    public LockOrder(DatabaseSchema database)
    {
        var visiting = new HashSet<QualifiedName>();
        var referencing = database.Tables.Values
            .SelectMany(table => table.Constraints.Where(constraint => constraint.Target is not null).Select(constraint => (table.Name, constraint.Target!.Table)))
            .ToLookup(pair => pair.Table, pair => pair.Name);
        foreach (var name in database.Tables.Keys)
            Visit(name);

        void Visit(QualifiedName name)
        {
            if (_positions.ContainsKey(name) || !visiting.Add(name))
                return;
            foreach (var other in referencing[name].Order())
                Visit(other);
            _positions[name] = _positions.Count;
        }
    }

    /// <summary>Sorts tables; those that the database does not know yet come first, since nothing refers to them yet.</summary>
    public IEnumerable<T> Sort<T>(IEnumerable<T> items, Func<T, QualifiedName> table) =>
        items.OrderBy(item => _positions.GetValueOrDefault(table(item), -1)).ThenBy(table);
}
