using System.Globalization;
using EfRoll.Soak.Model;

namespace EfRoll.Soak.Run;

/// <summary>Some changes from the catalogue, as the migration files of one release.</summary>
/// <param name="Changes">What changes, on the whole.</param>
/// <param name="Sql">The same as plain statements.</param>
/// <param name="Migrations">The ids of the migrations, in order, and their files' contents.</param>
sealed record RandomRollout(IReadOnlyDictionary<Slot, Change> Changes, IReadOnlyList<string> Sql, IReadOnlyList<(string Id, string Text)> Migrations)
{
    const int MostMigrations = 3;

    /// <summary>Chooses.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="number">The number of the rollout: no two migrations have the same name.</param>
    /// <param name="shapes">The forms in which everything is.</param>
    public static RandomRollout Of(Random random, int number, IReadOnlyDictionary<Slot, Shape> shapes)
    {
        var now = shapes.ToDictionary();
        var changes = new Dictionary<Slot, Change>();
        var sql = new List<string>();
        var migrations = new List<(string, string)>();
        for (var migration = random.Next(1, MostMigrations + 1); migration > 0; migration--)
        {
            var operations = new List<string>();
            foreach (var slot in Catalogue.All.OrderBy(_ => random.Next()).Take(random.Next(1, 4)).Where(slot => slot.IsComposable || !changes.ContainsKey(slot)))
            {
                var lines = now[Catalogue.LinesName].Name;
                var change = slot.Changes.Single(change => change.From == now[slot]);
                operations.AddRange(change.Operations.Select(operation => operation.Replace("$lines", lines, StringComparison.Ordinal)));
                sql.Add(change.Sql.Replace("$lines", $"\"{lines}\"", StringComparison.Ordinal));
                changes[slot] = changes.TryGetValue(slot, out var earlier) ? earlier.Then(change) : change;
                now[slot] = change.To;
            }

            if (operations.Count > 0)
                migrations.Add((string.Create(CultureInfo.InvariantCulture, $"{number:00000}_{migrations.Count + 1}"), $"{{ \"operations\": [\n{string.Join(",\n", operations)}\n] }}\n"));
        }

        return new RandomRollout(changes, sql, migrations);
    }

    /// <summary>The forms afterwards.</summary>
    public IReadOnlyDictionary<Slot, Shape> After(IReadOnlyDictionary<Slot, Shape> shapes) =>
        shapes.ToDictionary(pair => pair.Key, pair => Changes.TryGetValue(pair.Key, out var change) ? change.To : pair.Value);

    /// <summary>What it is, for people.</summary>
    public override string ToString() => string.Join(", ", Changes.Select(pair => $"{pair.Key.Table} {pair.Value.From.Name} to {pair.Value.To.Name}"));
}
