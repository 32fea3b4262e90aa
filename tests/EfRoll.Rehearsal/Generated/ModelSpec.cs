using System.Collections.Immutable;

namespace EfRoll.Rehearsal.Generated;

/// <summary>A model as data, so that changes of it can be made up; ids stay what they are when names change.</summary>
public sealed record ModelSpec(ImmutableList<TableSpec> Tables, int NextId)
{
    /// <summary>Nothing yet.</summary>
    public static ModelSpec Empty { get; } = new([], 1);

    /// <summary>Finds a table.</summary>
    public TableSpec Table(int id) => Tables.First(table => table.Id == id);

    /// <summary>Returns the model with a table exchanged.</summary>
    public ModelSpec With(TableSpec table) => this with { Tables = Tables.Replace(Table(table.Id), table) };
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

/// <summary>A foreign key of one column to the primary key of a table.</summary>
public sealed record ForeignKeySpec(int Column, int Target, Microsoft.EntityFrameworkCore.DeleteBehavior OnDelete);
