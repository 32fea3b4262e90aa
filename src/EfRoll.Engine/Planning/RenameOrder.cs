using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Puts renames in an order in which each new name is free; names that are exchanged go by way of a passing one.</summary>
static class RenameOrder
{
    public static IEnumerable<(Identifier From, Identifier To)> Of(IEnumerable<(Identifier From, Identifier To)> renames)
    {
        var waiting = renames.Where(rename => rename.From != rename.To).OrderBy(rename => rename.From).ToList();
        var passing = 0;
        while (waiting.Count > 0)
        {
            var index = waiting.FindIndex(rename => !waiting.Exists(other => other.From == rename.To));
            if (index >= 0)
            {
                yield return waiting[index];
                waiting.RemoveAt(index);
                continue;
            }

            var (from, to) = waiting[0];
            var between = HelperNames.Passing(++passing);
            yield return (from, between);
            waiting[0] = (between, to);
        }
    }
}
