namespace EfRoll.Rehearsal.Generated;

/// <summary>Changes of sequences and enumerations.</summary>
static class ObjectChanges
{
    static readonly string[] SequenceNames = ["Numbers", "order numbers", "seq"];
    static readonly string[] EnumNames = ["mood", "Order State"];
    static readonly string[] Labels = ["fine", "So so", "bad", "it's", "unknown"];

    public static ModelSpec? AddSequence(ModelSpec model, Random random)
    {
        var schema = random.Pick(TableChanges.Schemas);
        return FreeName(model, schema, random) is { } name
            ? model with { Sequences = model.Sequences.Add(new SequenceSpec(model.NextId, name, schema, random.Pick([1, 1, 10]))), NextId = model.NextId + 1 }
            : null;
    }

    public static ModelSpec? DropSequence(ModelSpec model, Random random)
    {
        if (random.PickOrNull(model.Sequences) is not { } sequence)
            return null;
        foreach (var (table, column) in model.Tables.SelectMany(table => table.Columns.Where(column => column.Sequence == sequence.Id).Select(column => (table.Id, column))))
            model = model.With(model.Table(table).With(column with { Sequence = null, Strategy = column.Strategy == Strategy.HiLo ? Strategy.None : column.Strategy }));
        return model with { Sequences = model.Sequences.Remove(sequence) };
    }

    public static ModelSpec? RenameSequence(ModelSpec model, Random random) =>
        random.PickOrNull(model.Sequences) is { } sequence && FreeName(model, sequence.Schema, random) is { } name
            ? model with { Sequences = model.Sequences.Replace(sequence, sequence with { Name = name }) }
            : null;

    public static ModelSpec? ChangeIncrement(ModelSpec model, Random random) =>
        random.PickOrNull(model.Sequences) is { } sequence ? model with { Sequences = model.Sequences.Replace(sequence, sequence with { Increment = sequence.Increment == 1 ? 10 : 1 }) } : null;

    public static ModelSpec? AddEnum(ModelSpec model, Random random)
    {
        var schema = random.Pick(TableChanges.Schemas);
        return random.PickOrNull(EnumNames.Where(name => !model.Enums.Exists(type => type.Name == name))) is { } name
            ? model with { Enums = model.Enums.Add(new EnumSpec(model.NextId, name, schema, [.. Labels.OrderBy(_ => random.Next()).Take(2)])), NextId = model.NextId + 1 }
            : null;
    }

    public static ModelSpec? DropEnum(ModelSpec model, Random random) =>
        random.PickOrNull(model.Enums) is { } type && !model.Tables.Exists(table => table.Columns.Exists(column => column.Enum == type.Id)) ? model with { Enums = model.Enums.Remove(type) } : null;

    public static ModelSpec? AddLabel(ModelSpec model, Random random) =>
        random.PickOrNull(model.Enums) is { } type && random.PickOrNull(Labels.Except(type.Labels)) is { } label
            ? model with { Enums = model.Enums.Replace(type, type with { Labels = type.Labels.Insert(random.Next(type.Labels.Count + 1), label) }) }
            : null;

    static string? FreeName(ModelSpec model, string? schema, Random random) =>
        random.PickOrNull(SequenceNames.Where(name => !model.Sequences.Exists(sequence => sequence.Schema == schema && sequence.Name == name)));
}
