using System.Collections.Immutable;

namespace EfRoll.Rehearsal.Generated;

/// <summary>A model as data, so that changes of it can be made up; ids stay what they are when names change.</summary>
public sealed record ModelSpec(ImmutableList<TableSpec> Tables, int NextId)
{
    /// <summary>Nothing yet.</summary>
    public static ModelSpec Empty { get; } = new([], 1);

    /// <summary>Its sequences.</summary>
    public ImmutableList<SequenceSpec> Sequences { get; init; } = [];

    /// <summary>Its enumerations.</summary>
    public ImmutableList<EnumSpec> Enums { get; init; } = [];

    /// <summary>Views that raw SQL makes.</summary>
    public ImmutableList<ViewSpec> Views { get; init; } = [];

    /// <summary>Raw SQL besides, in order: what a change adds runs after it.</summary>
    public ImmutableList<SqlSpec> Sql { get; init; } = [];

    /// <summary>Columns that are, or were, bound by foreign keys or had to be unique: until complete the old version relies on that.</summary>
    public ImmutableHashSet<int> Bound { get; init; } = [];

    /// <summary>The model, knowing what binds its columns now.</summary>
    public ModelSpec Remembering() => this with
    {
        Bound = Bound.Union(Tables.SelectMany(table => table.ForeignKeys.SelectMany(key => key.Columns.Concat(key.Principal)).Concat(table.AlternateKeys.SelectMany(key => key))
            .Concat(table.Indexes.Where(index => index.IsUnique).SelectMany(index => index.Columns)))),
    };

    /// <summary>Finds a table.</summary>
    public TableSpec Table(int id) => Tables.First(table => table.Id == id);

    /// <summary>Returns the model with a table exchanged.</summary>
    public ModelSpec With(TableSpec table) => this with { Tables = Tables.Replace(Table(table.Id), table) };

    /// <summary>Returns the model without foreign keys to some keys of a table.</summary>
    public ModelSpec WithoutKeysTo(int target, Predicate<ImmutableList<int>> principal) =>
        this with { Tables = [.. Tables.Select(table => table with { ForeignKeys = table.ForeignKeys.RemoveAll(key => key.Target == target && principal(key.Principal)) })] };

    /// <summary>Returns the model without a column, and without what needs it.</summary>
    public ModelSpec Without(int tableId, ColumnSpec column)
    {
        var model = WithoutKeysTo(tableId, principal => principal.Contains(column.Id));
        var table = model.Table(tableId);
        return model.With(table with
        {
            Columns = table.Columns.RemoveAll(other => other.Id == column.Id),
            AlternateKeys = table.AlternateKeys.RemoveAll(key => key.Contains(column.Id)),
            Indexes = table.Indexes.RemoveAll(index => index.Columns.Contains(column.Id) || index.Includes == column.Id),
            ForeignKeys = table.ForeignKeys.RemoveAll(key => key.Columns.Contains(column.Id)),
            Checks = table.Checks.Remove(column.Id),
            RawIndexes = table.RawIndexes.Remove(column.Id),
        }) with
        {
            Views = model.Views.RemoveAll(view => view.Columns.Contains(column.Id)),
        };
    }

    /// <summary>Whether a column is part of a foreign key, on either side.</summary>
    public bool IsLinked(int table, int column) => Family(table, column).Count > 1;

    /// <summary>A column, and those whose values are the same by foreign keys.</summary>
    public ImmutableList<(int Table, int Column)> Family(int table, int column)
    {
        var links = Tables.SelectMany(own => own.ForeignKeys.SelectMany(key => key.Columns.Zip(key.Principal, (from, to) => (From: (own.Id, from), To: (key.Target, to))))).ToList();
        ImmutableList<(int Table, int Column)> family = [(table, column)];
        for (var i = 0; i < family.Count; i++)
            family = family.AddRange(links.Where(link => link.From == family[i] || link.To == family[i]).SelectMany(link => new[] { link.From, link.To }).Distinct().Except(family));
        return family;
    }
}

/// <summary>A table.</summary>
public sealed record TableSpec(int Id, string Name, string? Schema, ImmutableList<ColumnSpec> Columns, ImmutableList<int> PrimaryKey)
{
    /// <summary>Its comment.</summary>
    public string? Comment { get; init; }

    /// <summary>Its alternate keys.</summary>
    public ImmutableList<ImmutableList<int>> AlternateKeys { get; init; } = [];

    /// <summary>Its indexes.</summary>
    public ImmutableList<IndexSpec> Indexes { get; init; } = [];

    /// <summary>Its foreign keys.</summary>
    public ImmutableList<ForeignKeySpec> ForeignKeys { get; init; } = [];

    /// <summary>Columns that a check keeps from being negative.</summary>
    public ImmutableList<int> Checks { get; init; } = [];

    /// <summary>Indexes that raw SQL made, by a column they hold.</summary>
    public ImmutableList<int> RawIndexes { get; init; } = [];

    /// <summary>Finds a column.</summary>
    public ColumnSpec Column(int id) => Columns.First(column => column.Id == id);

    /// <summary>Returns the table with a column exchanged.</summary>
    public TableSpec With(ColumnSpec column) => this with { Columns = Columns.Replace(Column(column.Id), column) };
}

/// <summary>A column.</summary>
public sealed record ColumnSpec(int Id, string Name, TypeSpec Type, bool IsRequired)
{
    /// <summary>A default that is a value.</summary>
    public object? Default { get; init; }

    /// <summary>A default that is SQL.</summary>
    public string? DefaultSql { get; init; }

    /// <summary>Its comment.</summary>
    public string? Comment { get; init; }

    /// <summary>The enumeration that is its type.</summary>
    public int? Enum { get; init; }

    /// <summary>The sequence from which it takes its values: by itself, or in blocks where the strategy is HiLo.</summary>
    public int? Sequence { get; init; }

    /// <summary>Where its numbers come from.</summary>
    public Strategy Strategy { get; init; }

    /// <summary>The column from which it is computed.</summary>
    public int? ComputedFrom { get; init; }

    /// <summary>Without what gives it a value.</summary>
    public ColumnSpec WithoutDefault() => this with { Default = null, DefaultSql = null, Sequence = null };
}

/// <summary>Where the numbers of a column come from.</summary>
public enum Strategy
{
    /// <summary>As EF Core sees fit: an identity for integer keys.</summary>
    Usual,

    /// <summary>An identity that takes no other values.</summary>
    Always,

    /// <summary>A serial column.</summary>
    Serial,

    /// <summary>Only the application.</summary>
    None,

    /// <summary>Blocks of a sequence.</summary>
    HiLo,
}

/// <summary>A type, in .NET and in the database.</summary>
public sealed record TypeSpec(Type Clr, string Store, params string[] CastsTo);

/// <summary>An index.</summary>
public sealed record IndexSpec(int Id, ImmutableList<int> Columns, bool IsUnique)
{
    /// <summary>Its name; null for EF Core's.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it holds only rows in which its first column is not NULL.</summary>
    public bool IsFiltered { get; init; }

    /// <summary>Whether it descends.</summary>
    public bool IsDescending { get; init; }

    /// <summary>A column it carries along.</summary>
    public int? Includes { get; init; }
}

/// <summary>A foreign key to the primary key or an alternate key of a table.</summary>
public sealed record ForeignKeySpec(ImmutableList<int> Columns, int Target, ImmutableList<int> Principal, Microsoft.EntityFrameworkCore.DeleteBehavior OnDelete);

/// <summary>A sequence.</summary>
public sealed record SequenceSpec(int Id, string Name, string? Schema, int Increment)
{
    /// <summary>What SQL calls it.</summary>
    public string Sql => SqlSpec.Name(Schema, Name);
}

/// <summary>An enumeration.</summary>
public sealed record EnumSpec(int Id, string Name, string? Schema, ImmutableList<string> Labels)
{
    /// <summary>What SQL calls it.</summary>
    public string Sql => Schema is null ? SqlSpec.Quote(Name) : SqlSpec.Name(Schema, Name);
}
