using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using Npgsql;
using Index = EfRoll.Engine.Schema.Index;

namespace EfRoll.Engine.Catalog;

/// <summary>Turns rows of the catalogue queries into records.</summary>
static class CatalogRows
{
    public static (uint Id, Table Table) Table(NpgsqlDataReader row) => (row.GetFieldValue<uint>(0), new Table(new QualifiedName(row.GetString(1), row.GetString(2)))
    {
        Kind = Enum.Parse<TableKind>(row.GetString(3)),
        Owner = new Identifier(row.GetString(4)),
        IsOwnedByUs = row.GetBoolean(5),
        Comment = Text(row, 6),
        EstimatedRows = row.GetInt64(7),
        Bytes = row.GetInt64(8),
        HasRowSecurity = row.GetBoolean(9),
        Triggers = row.GetFieldValue<string[]>(10).ToEquatableList(),
        Publications = row.GetFieldValue<string[]>(11).ToEquatableList(),
        Dependents = row.GetFieldValue<string[]>(12).ToEquatableList(),
        HasFullReplicaIdentity = row.GetBoolean(13),
        IsEmpty = row.GetBoolean(14),
        IsUnlogged = row.GetBoolean(15),
    });

    public static (uint Table, Column Column, TypeFacts Type) Column(NpgsqlDataReader row)
    {
        var type = new TypeFacts(row.GetString(3), row.GetFieldValue<uint>(4), row.GetInt32(5), row.GetString(6)[0]);
        return (row.GetFieldValue<uint>(0), new Column(row.GetInt16(1), new Identifier(row.GetString(2)), type.Name)
        {
            IsNotNull = row.GetBoolean(7),
            NotNullConstraint = Text(row, 20) is { } notNull ? new Identifier(notNull) : null,
            Default = Text(row, 8),
            Identity = row.GetString(9) switch { "a" => IdentityKind.Always, "d" => IdentityKind.ByDefault, _ => null },
            Generated = row.GetString(10) switch { "s" => GeneratedKind.Stored, "v" => GeneratedKind.Virtual, _ => null },
            Collation = Name(row, 11),
            Comment = Text(row, 13),
            StatisticsTarget = row.IsDBNull(14) ? null : row.GetInt32(14),
            Parameters = Text(row, 21),
            Storage = Text(row, 15),
            Compression = Text(row, 16),
            Sequence = Name(row, 17) is { } sequence ? new OwnedSequence(sequence, SqlText.Verbatim(row.GetString(19))) : null,
        }, type);
    }

    public static (uint Table, short Column, Dependent Dependent) Dependent(NpgsqlDataReader row) => (row.GetFieldValue<uint>(0), row.GetInt16(1), new Dependent(
        Enum.Parse<DependentKind>(row.GetString(2)), row.GetString(3))
    {
        IsOwnedByUs = row.GetBoolean(4),
        Relation = Name(row, 5),
        Level = row.GetInt32(7),
    });

    public static (uint Table, Index Index) Index(NpgsqlDataReader row) => (row.GetFieldValue<uint>(0), new Index(new Identifier(row.GetString(1)), row.GetString(4))
    {
        IsUnique = row.GetBoolean(2),
        IsValid = row.GetBoolean(3),
        Keys = row.GetFieldValue<short[]>(5).ToEquatableList(),
        Columns = row.GetFieldValue<short[]>(6).ToEquatableList(),
        Constraint = Text(row, 7) is { } constraint ? new Identifier(constraint) : null,
        Comment = Text(row, 8),
        IsReplicaIdentity = row.GetBoolean(9),
        IsClustered = row.GetBoolean(10),
        StatisticsTargets = row.GetFieldValue<short[]>(11).Zip(row.GetFieldValue<int[]>(12), KeyValuePair.Create).ToEquatableList(),
        Tablespace = Text(row, 13) is { } tablespace ? new Identifier(tablespace) : null,
    });

    public static (uint Table, Constraint Constraint) Constraint(NpgsqlDataReader row)
    {
        var kind = row.GetString(2) switch
        {
            "p" => ConstraintKind.PrimaryKey,
            "u" => ConstraintKind.Unique,
            "c" => ConstraintKind.Check,
            "f" => ConstraintKind.ForeignKey,
            _ => ConstraintKind.Exclusion,
        };
        return (row.GetFieldValue<uint>(0), new Constraint(new Identifier(row.GetString(1)), kind, row.GetString(3))
        {
            Columns = row.GetFieldValue<short[]>(4).ToEquatableList(),
            IsValidated = row.GetBoolean(5),
            IsDeferrable = row.GetBoolean(6),
            IsDeferred = row.GetBoolean(7),
            Comment = Text(row, 8),
            Target = Name(row, 9) is { } target
                ? new ForeignKeyTarget(target, row.GetFieldValue<short[]>(11).ToEquatableList(), row.GetString(12), row.GetString(13))
                {
                    IsMatchFull = row.GetBoolean(14),
                    SetColumns = row.GetFieldValue<short[]>(15).ToEquatableList(),
                }
                : null,
        });
    }

    public static (uint Table, short Column, Grant Grant) TableGrant(NpgsqlDataReader row) =>
        (row.GetFieldValue<uint>(0), row.GetInt16(1), Grant(row, 2));

    public static (Identifier Schema, Grant? Grant) SchemaGrant(NpgsqlDataReader row) =>
        (new Identifier(row.GetString(0)), row.GetBoolean(1) ? Grant(row, 2) : null);

    public static KeyValuePair<QualifiedName, string> OtherRelation(NpgsqlDataReader row) =>
        new(new QualifiedName(row.GetString(0), row.GetString(1)), row.GetString(2));

    public static QualifiedName Collation(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1));

    public static (uint Id, Sequence Sequence) Sequence(NpgsqlDataReader row)
    {
        var defaults = row.GetFieldValue<string[]>(15);
        return (row.GetFieldValue<uint>(0), new Sequence(
            new QualifiedName(row.GetString(1), row.GetString(2)), row.GetString(3),
            new SequenceOptions(row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetBoolean(9)))
        {
            Owner = new Identifier(row.GetString(10)),
            IsOwnedByUs = row.GetBoolean(11),
            OwnedBy = Name(row, 12) is { } owner ? new ColumnReference(owner, new Identifier(row.GetString(14))) : null,
            Defaults = defaults.Chunk(3).Select(part => new ColumnReference(new QualifiedName(part[0], part[1]), new Identifier(part[2]))).ToEquatableList(),
            Dependents = row.GetFieldValue<string[]>(16).ToEquatableList(),
        });
    }

    public static UserObject UserObject(NpgsqlDataReader row) => new(new QualifiedName(row.GetString(0), row.GetString(1)), row.GetString(2))
    {
        Owner = new Identifier(row.GetString(3)),
        IsOwnedByUs = row.GetBoolean(4),
        Dependents = row.GetFieldValue<string[]>(5).ToEquatableList(),
        Labels = row.IsDBNull(6) ? null : row.GetFieldValue<string[]>(6).ToEquatableList(),
    };

    public static KeyValuePair<string, Extension> Extension(NpgsqlDataReader row) =>
        KeyValuePair.Create(row.GetString(0), new Extension(row.GetBoolean(1), row.GetFieldValue<string[]>(2).ToEquatableList()));

    public static (Identifier Schema, string Description) SchemaContent(NpgsqlDataReader row) => (new Identifier(row.GetString(0)), row.GetString(1));

    static Grant Grant(NpgsqlDataReader row, int first) =>
        new(Text(row, first) is { } grantee ? new Identifier(grantee) : null, row.GetString(first + 1), row.GetBoolean(first + 2));

    static string? Text(NpgsqlDataReader row, int position) => row.IsDBNull(position) ? null : row.GetString(position);

    static QualifiedName? Name(NpgsqlDataReader row, int first) =>
        row.IsDBNull(first) ? null : new QualifiedName(row.GetString(first), row.GetString(first + 1));
}
