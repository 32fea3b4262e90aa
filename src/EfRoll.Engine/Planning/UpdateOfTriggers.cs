using System.Text.Json;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>
/// Users' triggers with <c>UPDATE OF</c> a column that gets a shadow: while both versions run they name the shadow as well, so that they fire for
/// the new version's updates, too. Under the same name, for a trigger that fires once must not fire twice.
/// </summary>
static class UpdateOfTriggers
{
    static readonly SqlText Statement = EmbeddedSql.Read("UpdateOfTriggers.sql");

    /// <summary>Adds the shadows, or takes them away again. ACCESS EXCLUSIVE on the table.</summary>
    public static IEnumerable<SqlText> Change(LogicalTable table, bool adds)
    {
        var shadows = table.Columns
            .Where(column => column.Slot.Original is null && column.Original is { } original && original.Dependents.Any(dependent => dependent.Kind == DependentKind.Trigger))
            .Select(column => new[] { column.Original!.Name.Value, Layout.NameOf(table, column).Value }).ToList();
        if (shadows.Count == 0)
            yield break;
        var json = JsonSerializer.Serialize(new { table = table.Original!.Name.ToString(), adds, columns = shadows });
        yield return $"SELECT pg_catalog.set_config('efroll.update_of', {Literal.Text(json)}, true)";
        yield return Statement;
    }
}
