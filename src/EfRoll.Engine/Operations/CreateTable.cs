using System.Collections.Immutable;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Makes a table. The old version does not know it; both may see it at once.</summary>
public sealed record CreateTable(RelationName Name, EquatableList<ColumnDefinition> Columns) : Operation
{
    /// <summary>Its primary key; null for none.</summary>
    public KeyDefinition? PrimaryKey { get; init; }

    /// <summary>Its unique constraints.</summary>
    public EquatableList<KeyDefinition> UniqueConstraints { get; init; } = [];

    /// <summary>Its checks.</summary>
    public EquatableList<CheckDefinition> Checks { get; init; } = [];

    /// <summary>Its foreign keys.</summary>
    public EquatableList<ForeignKeyDefinition> ForeignKeys { get; init; } = [];

    /// <summary>Its comment.</summary>
    public string? Comment { get; init; }

    /// <summary>Whether it is <c>UNLOGGED</c>.</summary>
    public bool IsUnlogged { get; init; }

    /// <summary>Storage parameters by name, the values as SQL.</summary>
    public EquatableList<KeyValuePair<string, string>> StorageParameters { get; init; } = [];

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var name = Name.In(schema.BaseSchema);
        schema.RefuseTakenName(name, this);
        schema.RequireSchema(name.Schema, this);

        schema = schema.TakeId(out var id);
        var columns = ImmutableList.CreateBuilder<LogicalColumn>();
        foreach (var definition in Columns)
        {
            if (columns.Any(column => column.Name == definition.Name))
                throw Mistakes.ColumnExists(name, definition.Name, Source);
            columns.Add(schema.NewColumn(definition, this, out schema).WithNotNullName(schema, name, columns).WithSequenceName(schema, name));
        }

        // A generated column reads any other, but none that is generated.
        var plain = new Scope(name.Name, columns.Where(column => column.Generated is null).ToImmutableSortedDictionary(column => column.Name, column => column.Slot));
        var table = new LogicalTable(id, name)
        {
            Columns = columns.Select(column => column.Generated is null
                ? column
                : column with { Generation = new NewGeneration(new Expression(column.Default!), plain, Source) }).ToImmutableList(),
            IsUnlogged = IsUnlogged,
            StorageParameters = StorageParameters.ToImmutableSortedDictionary(pair => pair.Key, pair => (string?)pair.Value),
            Comment = Comment,
            Source = Source,
        };
        table = table with { ColumnsBefore = table.Columns };
        schema = schema.With(table);

        if (PrimaryKey is { } primaryKey)
            schema = new AddPrimaryKey(Name, primaryKey) { Source = Source }.Apply(schema);
        foreach (var unique in UniqueConstraints)
            schema = new AddUniqueConstraint(Name, unique) { Source = Source }.Apply(schema);
        foreach (var check in Checks)
            schema = new AddCheckConstraint(Name, check) { Source = Source }.Apply(schema);
        foreach (var foreignKey in ForeignKeys)
            schema = new AddForeignKey(Name, foreignKey) { Source = Source }.Apply(schema);
        return schema;
    }
}

/// <summary>A primary key or unique constraint.</summary>
/// <param name="Name">Its name; null lets EfRoll choose the one PostgreSQL would.</param>
/// <param name="Columns">Its columns in order.</param>
public sealed record KeyDefinition(Identifier? Name, EquatableList<Identifier> Columns)
{
    /// <summary>Whether it is <c>DEFERRABLE</c>.</summary>
    public bool IsDeferrable { get; init; }

    /// <summary>Whether it is <c>INITIALLY DEFERRED</c>.</summary>
    public bool IsDeferred { get; init; }

    /// <summary>Whether two NULLs count as equal (PostgreSQL 15).</summary>
    public bool AreNullsEqual { get; init; }

    /// <summary>Columns that its index carries along.</summary>
    public EquatableList<Identifier> Include { get; init; } = [];

    /// <summary>Storage parameters of its index by name, the values as SQL.</summary>
    public EquatableList<KeyValuePair<Identifier, string>> StorageParameters { get; init; } = [];
}

/// <summary>A check.</summary>
/// <param name="Name">Its name; null lets EfRoll choose.</param>
/// <param name="Condition">What must not be false.</param>
public sealed record CheckDefinition(Identifier? Name, Expression Condition)
{
    /// <summary>Whether child tables do not inherit it.</summary>
    public bool IsNoInherit { get; init; }
}

/// <summary>A foreign key.</summary>
/// <param name="Name">Its name; null lets EfRoll choose the one PostgreSQL would.</param>
/// <param name="Columns">The referencing columns.</param>
/// <param name="ReferencedTable">The referenced table.</param>
/// <param name="ReferencedColumns">The referenced columns; empty for the primary key.</param>
public sealed record ForeignKeyDefinition(
    Identifier? Name,
    EquatableList<Identifier> Columns,
    RelationName ReferencedTable,
    EquatableList<Identifier> ReferencedColumns)
{
    /// <summary>As in SQL: <c>NO ACTION</c>, <c>RESTRICT</c>, <c>CASCADE</c>, <c>SET NULL</c>, <c>SET DEFAULT</c>.</summary>
    public string OnDelete { get; init; } = "NO ACTION";

    /// <summary>As in SQL.</summary>
    public string OnUpdate { get; init; } = "NO ACTION";

    /// <summary>The columns that <c>ON DELETE SET NULL (…)</c> names (PostgreSQL 15).</summary>
    public EquatableList<Identifier> SetColumns { get; init; } = [];

    /// <summary>Whether it is <c>MATCH FULL</c>.</summary>
    public bool IsMatchFull { get; init; }

    /// <summary>Whether it is <c>DEFERRABLE</c>.</summary>
    public bool IsDeferrable { get; init; }

    /// <summary>Whether it is <c>INITIALLY DEFERRED</c>.</summary>
    public bool IsDeferred { get; init; }
}
