using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Finds what an operation names, or says what is there instead.</summary>
static class Lookup
{
    public static LogicalTable Require(this LogicalSchema schema, RelationName name, Operation operation)
    {
        var full = name.In(schema.BaseSchema);
        return schema.Find(full) ?? throw (schema.IsMadeByRawSql(full.Name) ? Mistakes.MadeByRawSql(full, operation.Source) : Mistakes.TableNotFound(full, schema.Tables.Values.Select(table => table.Name), operation.Source));
    }

    public static LogicalColumn Require(this LogicalTable table, Identifier name, Operation operation) =>
        table.Find(name) ?? throw Mistakes.ColumnNotFound(table.Name, name, table.Columns.Select(column => column.Name), operation.Source);

    public static (LogicalTable Table, LogicalIndex Index) RequireIndex(this LogicalSchema schema, RelationName name, Operation operation)
    {
        var full = name.In(schema.BaseSchema);
        foreach (var table in schema.Tables.Values.Where(table => table.Name.Schema == full.Schema))
        {
            if (table.Indexes.Find(index => index.Name == full.Name) is not { } index)
                continue;
            if (table.Original is { } original)
                Supported.RequireOwnTable(original, operation);
            return (table, index);
        }

        throw schema.IsMadeByRawSql(full.Name) ? Mistakes.MadeByRawSql(full, operation.Source) : Mistakes.IndexNotFound(full, operation.Source);
    }

    static bool IsMadeByRawSql(this LogicalSchema schema, Identifier name) =>
        schema.SqlRuns.Exists(run => run.Names(name) && SqlTokens.Statements(run.Operation.Sql).Any(statement => statement.Begins("create") || statement.Begins("alter")));

    public static TypeFacts RequireType(this LogicalSchema schema, string type, Operation operation) =>
        schema.Database.Types.GetValueOrDefault(type) ?? throw Mistakes.TypeNotFound(type, operation.Source);

    /// <summary>Finds a collation as PostgreSQL would: its own come first. Null for <c>default</c>, which is the type's own.</summary>
    public static QualifiedName? RequireCollation(this LogicalSchema schema, RelationName name, Operation operation)
    {
        if (name is { Schema: null, Name.Value: "default" })
            return null;
        var candidates = name.Schema is null ? new[] { name.In(new Identifier("pg_catalog")), name.In(schema.BaseSchema) } : [name.In(schema.BaseSchema)];
        foreach (var candidate in candidates)
        {
            if (schema.Database.Collations.Contains(candidate) || schema.FindObject(ObjectKind.Collation, candidate) is not null)
                return candidate;
        }

        throw Mistakes.CollationNotFound(name, operation.Source);
    }

    /// <summary>Whether a schema is there at this point; not one that raw SQL makes.</summary>
    public static bool HasSchema(this LogicalSchema schema, Identifier name) =>
        schema.Database.Schemas.ContainsKey(name) && !schema.IsDropped(name) || schema.NewSchemas.Contains(name);

    public static void RequireSchema(this LogicalSchema schema, Identifier name, Operation operation)
    {
        if (!schema.HasSchema(name))
            throw Mistakes.SchemaNotFound(name, operation.Source);
    }

    public static void RefuseTakenName(this LogicalSchema schema, QualifiedName name, Operation operation)
    {
        if (schema.Find(name) is not null)
            throw Mistakes.RelationExists(name, "a table", operation.Source);
        if (schema.FindSequence(name) is not null)
            throw Mistakes.RelationExists(name, "a sequence", operation.Source);
        if (schema.Database.OtherRelations.TryGetValue(name, out var kind))
            throw Mistakes.RelationExists(name, kind, operation.Source);
    }

    public static void RefuseTakenIndexName(this LogicalSchema schema, Identifier schemaName, Identifier name, Operation operation)
    {
        schema.RefuseTakenName(new QualifiedName(schemaName, name), operation);
        var owner = schema.Tables.Values.FirstOrDefault(table => table.Name.Schema == schemaName
            && (table.Indexes.Exists(index => index.Name == name) || table.Constraints.Exists(constraint => constraint.HasIndex && constraint.Name == name)));
        if (owner is not null)
            throw Mistakes.RelationExists(new QualifiedName(schemaName, name), $"an index of {owner.Name.Display}", operation.Source);
    }

    public static void RefuseTakenConstraintName(this LogicalTable table, Identifier name, Operation operation)
    {
        if (table.Constraints.Exists(constraint => constraint.Name == name))
            throw Mistakes.ConstraintExists(table.Name, name, operation.Source);
    }

    /// <summary>Chooses a constraint's name as PostgreSQL does: table, columns, suffix, and a number where that is taken.</summary>
    public static Identifier ChooseName(this LogicalSchema schema, LogicalTable table, IEnumerable<Identifier> columns, string suffix)
    {
        var names = string.Join('_', columns.Select(column => column.Value));
        return ChosenName.Of(table.Name.Name.Value, names, suffix, name =>
            table.Constraints.Exists(constraint => constraint.Name == name)
            || schema.Tables.Values.Any(other => other.Name.Schema == table.Name.Schema
                && (other.Indexes.Exists(index => index.Name == name) || other.Constraints.Exists(constraint => constraint.HasIndex && constraint.Name == name))));
    }

    /// <summary>
    /// Chooses the name of a column's sequence as PostgreSQL does. The sequence is made beside the table as it stands in the database; the one
    /// that the column has now gives its name away.
    /// </summary>
    public static QualifiedName ChooseSequenceName(this LogicalSchema schema, LogicalTable table, LogicalColumn column)
    {
        var place = (table.Original?.Name ?? table.Name).Schema;
        return new QualifiedName(place, ChosenName.Of(table.Name.Name.Value, column.Name.Value, "seq", name =>
        {
            var full = new QualifiedName(place, name);
            return full != column.Original?.Sequence?.Name
                && (schema.Database.OtherRelations.ContainsKey(full) || schema.Database.Tables.ContainsKey(full) || schema.Find(full) is not null || schema.FindSequence(full) is { Original: null }
                    || schema.Tables.Values.Any(other => other.Columns.Exists(numbered => numbered.NewSequence == full && numbered.Slot != column.Slot)
                        || other.Name.Schema == place && other.Indexes.Exists(index => index.Name == name)));
        }));
    }

    /// <summary>Returns the column with the name that its NOT NULL constraint gets now; servers before 18 have no such names.</summary>
    /// <param name="column">The column.</param>
    /// <param name="schema">The schema at this point.</param>
    /// <param name="table">Its table.</param>
    /// <param name="beside">Columns of a table that is being made, which the schema does not have yet.</param>
    public static LogicalColumn WithNotNullName(this LogicalColumn column, LogicalSchema schema, QualifiedName table, IEnumerable<LogicalColumn>? beside = null)
    {
        if (!column.IsNotNull || schema.Database.ServerVersion < 180000)
            return column with { NotNullName = null };
        return column.NotNullName is not null
            ? column
            : column with { NotNullName = ChosenName.Of(table.Name.Value, column.Name.Value, "not_null", IsTaken) };

        // Such names are chosen to be unique in the whole schema; long ones, which are cut, may be the same.
        bool IsTaken(Identifier name) => beside?.Any(other => other.NotNullName == name) is true
            || schema.Tables.Values.Any(other => other.Name.Schema == table.Schema
                && (other.Columns.Exists(each => each.NotNullName == name) || other.Constraints.Exists(constraint => constraint.Name == name)));
    }

    /// <summary>Returns the column with the name that its sequence gets now, if it gets one.</summary>
    public static LogicalColumn WithSequenceName(this LogicalColumn column, LogicalSchema schema, QualifiedName table) =>
        column.Identity is null && !column.IsSerial
            ? column
            : column with
            {
                SequenceName = ChosenName.Of(table.Name.Value, column.Name.Value, "seq", name =>
                    schema.IsKept(new QualifiedName(table.Schema, name))
                    || schema.Tables.Values.Any(other => other.Name.Schema == table.Schema && other.Columns.Exists(each => each.SequenceName == name))),
            };

    // A sequence goes with the column that owns it.
    static bool IsKept(this LogicalSchema schema, QualifiedName relation) =>
        schema.Database.OtherRelations.ContainsKey(relation)
        && (schema.Tables.Values.Any(table => table.Columns.Exists(column => column.Original?.Sequence?.Name == relation))
            || !schema.Database.Tables.Values.Any(table => table.Columns.Any(column => column.Sequence?.Name == relation)));

    /// <summary>Makes a column of a definition; its slot is new.</summary>
    public static LogicalColumn NewColumn(this LogicalSchema schema, ColumnDefinition definition, Operation operation, out LogicalSchema after)
    {
        after = schema.TakeId(out var id);
        var serial = SerialType(definition.Type);
        var type = serial ?? schema.RequireType(definition.Type, operation).Name;
        return new LogicalColumn(definition.Name, new Slot(id, type)
        {
            Collation = definition.Collation is { } collation ? schema.RequireCollation(collation, operation) : null,
        })
        {
            IsNotNull = !definition.IsNullable || definition.Identity is not null || serial is not null,
            Default = definition.Generated is null ? definition.Default : definition.GenerationExpression,
            AddedDefault = definition.Default,
            Identity = definition.Identity,
            IdentityOptions = definition.IdentityOptions is { } options ? SqlText.Verbatim(options) : null,
            Generated = definition.Generated,
            Comment = string.IsNullOrEmpty(definition.Comment) ? null : definition.Comment,
            IsSerial = serial is not null,
            Compression = definition.Compression,
        };
    }

    /// <summary>A column of a unique key all of whose columns are the same in every row that the old version inserts, so that the second insert would fail; null if some tell rows apart.</summary>
    public static Identifier? RefusesOldInserts(this LogicalTable table, IReadOnlyCollection<Slot> slots)
    {
        var columns = slots.Select(slot => table.Columns.Find(column => column.Slot == slot)!).ToList();
        return columns.TrueForAll(column => RawUpdate.IsSameInOldRows(table, column) && !string.Equals(column.Default, "NULL", StringComparison.OrdinalIgnoreCase)) ? columns[0].Name : null;
    }

    static string? SerialType(string type) => type.Trim().ToUpperInvariant() switch
    {
        "SERIAL" or "SERIAL4" => "integer",
        "BIGSERIAL" or "SERIAL8" => "bigint",
        "SMALLSERIAL" or "SERIAL2" => "smallint",
        _ => null,
    };
}
