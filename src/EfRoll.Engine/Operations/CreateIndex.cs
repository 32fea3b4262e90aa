using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Makes an index, concurrently, while the rollout starts.</summary>
public sealed record CreateIndex(RelationName Table, Identifier Name, EquatableList<IndexKey> Keys) : Operation
{
    /// <summary>Whether it is unique.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Its access method; null for <c>btree</c>.</summary>
    public Identifier? Method { get; init; }

    /// <summary>Columns that it carries along.</summary>
    public EquatableList<Identifier> Include { get; init; } = [];

    /// <summary>The condition of a partial index.</summary>
    public Expression? Filter { get; init; }

    /// <summary>Whether two NULLs count as equal (PostgreSQL 15).</summary>
    public bool AreNullsEqual { get; init; }

    /// <summary>Storage parameters by name, the values as SQL.</summary>
    public EquatableList<KeyValuePair<Identifier, string>> StorageParameters { get; init; } = [];

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Table, this);
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, this);
        schema.RefuseTakenIndexName(table.Name.Schema, Name, this);
        var slots = Keys.Select(key => key.Column).OfType<Identifier>().Concat(Include)
            .Select(name => table.Require(name, this).Slot).ToEquatableList();
        if (IsUnique && Filter is null && Keys.All(key => key.Column is not null))
        {
            var keys = slots.Take(Keys.Count).ToList();
            table = RawUpdate.Derive(schema, table, keys, Source);
            if (table.RefusesOldInserts(keys) is { } same)
                throw Mistakes.OldInsertsAreEqual(table.Name, Name, same, Source);
        }

        return schema.With(table with
        {
            Indexes = table.Indexes.Add(new LogicalIndex(Name)
            {
                Slots = slots,
                New = new NewIndex(Tail(), IsUnique, table.ScopeNow, Source),
            }),
        });
    }

    SqlText Tail()
    {
        SqlText sql = $"USING {Method ?? new Identifier("btree")} ({Keys.Select(key => key.ToSql())})";
        if (Include.Count > 0)
            sql = $"{sql} INCLUDE ({Include})";
        if (AreNullsEqual)
            sql = $"{sql} NULLS NOT DISTINCT";
        if (StorageParameters.Count > 0)
            sql = $"{sql} WITH ({StorageParameters.Select(parameter => (SqlText)$"{parameter.Key} = {SqlText.Verbatim(parameter.Value)}")})";
        return Filter is null ? sql : $"{sql} WHERE {Filter}";
    }
}

/// <summary>One key of an index: a column or an expression, and how it is ordered.</summary>
public sealed record IndexKey
{
    /// <summary>The column; null for an expression.</summary>
    public Identifier? Column { get; init; }

    /// <summary>The expression, where there is no column.</summary>
    public Expression? Expression { get; init; }

    /// <summary>Its collation.</summary>
    public RelationName? Collation { get; init; }

    /// <summary>Its operator class, perhaps with parameters, as SQL.</summary>
    public string? OperatorClass { get; init; }

    /// <summary>Whether it runs from high to low.</summary>
    public bool IsDescending { get; init; }

    /// <summary>Whether NULLs come first; null for the method's own order.</summary>
    public bool? AreNullsFirst { get; init; }

    /// <summary>A key on a column.</summary>
    public static IndexKey On(Identifier column) => new() { Column = column };

    /// <summary>Writes the key as SQL.</summary>
    public SqlText ToSql()
    {
        var sql = Column is { } column ? (SqlText)$"{column}" : $"{Expression!}";
        if (Collation is { Schema: { } schema } qualified)
            sql = $"{sql} COLLATE {schema}.{qualified.Name}";
        else if (Collation is { } collation)
            sql = $"{sql} COLLATE {collation.Name}";
        if (OperatorClass is { } operatorClass)
            sql = $"{sql} {SqlText.Verbatim(operatorClass)}";
        if (IsDescending)
            sql = $"{sql} DESC";
        return AreNullsFirst switch
        {
            true => (SqlText)$"{sql} NULLS FIRST",
            false => $"{sql} NULLS LAST",
            null => sql,
        };
    }
}
