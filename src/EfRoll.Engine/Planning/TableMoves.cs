using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>Gives tables other names and schemas, in an order in which each new name is free; those that are in each other's way go by passing names.</summary>
static class TableMoves
{
    public static IEnumerable<SqlText> Of(IEnumerable<(QualifiedName From, QualifiedName To)> moves)
    {
        var waiting = moves.Where(move => move.From != move.To).OrderBy(move => move.From).ToList();
        var passing = 0;
        while (waiting.Count > 0)
        {
            var index = Math.Max(0, waiting.FindIndex(move => !IsTaken(move.To)));
            var (name, to) = waiting[index];
            // On the way to another schema, its old name may be somebody's there.
            if (IsTaken(to) || name.Schema != to.Schema && name.Name != to.Name)
            {
                var between = name with { Name = HelperNames.Passing(++passing) };
                yield return $"ALTER TABLE {name} RENAME TO {between.Name}";
                name = between;
            }

            waiting[index] = (name, to);
            if (IsTaken(to))
                continue;
            waiting.RemoveAt(index);
            if (name.Schema != to.Schema)
                yield return $"ALTER TABLE {name} SET SCHEMA {to.Schema}";
            if (name.Name != to.Name)
                yield return $"ALTER TABLE {name with { Schema = to.Schema }} RENAME TO {to.Name}";
        }

        bool IsTaken(QualifiedName name) => waiting.Exists(other => other.From == name);
    }
}
