namespace EfRoll.Rehearsal.Generated;

/// <summary>Makes up changes of a model, as developers do between two migrations.</summary>
static class ModelChanges
{
    static readonly (int Weight, Func<ModelSpec, Random, ModelSpec?> Change)[] Changes =
    [
        (6, TableChanges.Add), (1, TableChanges.Drop), (3, TableChanges.Rename), (1, TableChanges.Move), (2, TableChanges.Comment), (2, TableChanges.Join),
        (10, ColumnChanges.Add), (4, ColumnChanges.Drop), (5, ColumnChanges.Rename), (6, ColumnChanges.ChangeType), (5, ColumnChanges.ToggleRequired),
        (4, ColumnChanges.ChangeDefault), (2, ColumnChanges.Comment), (1, ColumnChanges.Swap), (2, ColumnChanges.Compute), (2, ColumnChanges.TakeFromSequence),
        (5, KeyChanges.AddIndex), (2, KeyChanges.DropIndex), (2, KeyChanges.RenameIndex), (6, KeyChanges.AddForeignKey), (2, KeyChanges.DropForeignKey), (1, KeyChanges.ChangeDelete),
        (3, KeyChanges.AddAlternate), (1, KeyChanges.DropAlternate), (2, KeyChanges.AddCheck), (1, KeyChanges.DropCheck), (2, KeyChanges.ChangeType), (2, KeyChanges.ChangeStrategy),
        (2, ObjectChanges.AddSequence), (1, ObjectChanges.DropSequence), (1, ObjectChanges.RenameSequence), (1, ObjectChanges.ChangeIncrement),
        (2, ObjectChanges.AddEnum), (1, ObjectChanges.DropEnum), (2, ObjectChanges.AddLabel),
        (2, SqlChanges.AddView), (1, SqlChanges.DropView), (3, SqlChanges.UpdateRows), (2, SqlChanges.AddIndex), (1, SqlChanges.DropIndex),
    ];

    /// <summary>One change; the same number makes the same one. The model itself where the change that comes up does not apply.</summary>
    public static ModelSpec Apply(ModelSpec model, int number)
    {
        var random = new Random(number);
        if (model.Tables.Count == 0)
            return TableChanges.Add(model, random)!;
        var place = random.Next(Changes.Sum(change => change.Weight));
        foreach (var (weight, change) in Changes)
        {
            if ((place -= weight) < 0)
                return change(model, random)?.Remembering() ?? model;
        }

        return model;
    }

    /// <summary>One of several.</summary>
    public static T Pick<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>One of those that fit; null if none does.</summary>
    public static T? PickOrNull<T>(this Random random, IEnumerable<T> items)
        where T : class
    {
        var fitting = items.ToList();
        return fitting.Count == 0 ? null : random.Pick(fitting);
    }
}
