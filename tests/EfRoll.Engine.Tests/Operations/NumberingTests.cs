using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;
using AlterColumnOperation = Microsoft.EntityFrameworkCore.Migrations.Operations.AlterColumnOperation;

namespace EfRoll.Engine.Tests.Operations;

/// <summary>Columns that get a sequence, lose it, or number their rows in another way.</summary>
public sealed class NumberingTests
{
    // EF Core writes these names into a literal; an apostrophe would end it.
    const string Table = "Ta\"ble Of";
    const string TableSql = "\"Ta\"\"ble Of\"";
    const string Key = "k\"ey Of";
    const string KeySql = "\"k\"\"ey Of\"";

    public static TheoryData<string, Numbering, Numbering> Changes => new()
    {
        { "integer", Numbering.None, Numbering.ByDefault },
        { "integer", Numbering.None, Numbering.Always },
        { "bigint", Numbering.None, Numbering.Serial },
        { "smallint", Numbering.None, Numbering.Serial },
        { "integer", Numbering.Serial, Numbering.None },
        { "integer", Numbering.Serial, Numbering.ByDefault },
        { "smallint", Numbering.Serial, Numbering.Always },
        { "bigint", Numbering.Serial, Numbering.ByDefault },
        { "integer", Numbering.ByDefault, Numbering.None },
        { "integer", Numbering.ByDefault, Numbering.Always },
        { "integer", Numbering.Always, Numbering.ByDefault },
        { "bigint", Numbering.Always, Numbering.None },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public Task Each_version_numbers_rows_in_its_own_way(string type, Numbering before, Numbering after) => new OperationLife
    {
        Setup = Setup(type, before),
        Operations = [new AlterColumn(new RelationName(Table), new Identifier(Key)) { ValueSource = new ValueSource { Numbering = after } }],
        Ef = migration => Alter(migration, type, type, before, after),
        WhileBothRun = (oldVersion, newVersion) => BothInsertAsync(oldVersion, newVersion, before, after),
        AfterComplete = newVersion => OneInsertsAsync(newVersion, after),
    }.RunAsync();

    [Theory]
    [InlineData(Numbering.None, Numbering.ByDefault)]
    [InlineData(Numbering.Serial, Numbering.Always)]
    [InlineData(Numbering.Serial, Numbering.None)]
    [InlineData(Numbering.ByDefault, Numbering.Always)]
    [InlineData(Numbering.Always, Numbering.None)]
    public Task The_type_may_change_with_it(Numbering before, Numbering after) => new OperationLife
    {
        Setup = Setup("integer", before),
        Operations = [new AlterColumn(new RelationName(Table), new Identifier(Key)) { Type = "bigint", ValueSource = new ValueSource { Numbering = after } }],
        Ef = migration => Alter(migration, "integer", "bigint", before, after),
        WhileBothRun = (oldVersion, newVersion) => BothInsertAsync(oldVersion, newVersion, before, after),
        AfterComplete = newVersion => OneInsertsAsync(newVersion, after),
    }.RunAsync();

    [Fact]
    public Task Identity_goes_back_to_serial_which_EF_Core_cannot() => new OperationLife
    {
        Setup = Setup("integer", Numbering.ByDefault),
        Operations = [new AlterColumn(new RelationName(Table), new Identifier(Key)) { ValueSource = new ValueSource { Numbering = Numbering.Serial } }],
        Sql = $"""
            ALTER TABLE {TableSql} ALTER COLUMN {KeySql} DROP IDENTITY;
            CREATE SEQUENCE "{SequenceOf}" AS integer OWNED BY {TableSql}.{KeySql};
            ALTER TABLE {TableSql} ALTER COLUMN {KeySql} SET DEFAULT nextval('"{SequenceOf}"');
            """,
        WhileBothRun = (oldVersion, newVersion) => BothInsertAsync(oldVersion, newVersion, Numbering.ByDefault, Numbering.Serial),
        AfterComplete = newVersion => OneInsertsAsync(newVersion, Numbering.Serial),
    }.RunAsync();

    [Theory]
    [InlineData("integer", Numbering.ByDefault)]
    [InlineData("bigint", Numbering.Always)]
    [InlineData("smallint", Numbering.Serial)]
    public Task Added_column_numbers_every_row(string type, Numbering numbering) => new OperationLife
    {
        Setup = Setup("integer", Numbering.None),
        Operations =
        [
            new AddColumn(new RelationName(Table), new ColumnDefinition(new Identifier("No"), numbering == Numbering.Serial ? "smallserial" : type)
            {
                IsNullable = false,
                Identity = numbering switch { Numbering.ByDefault => IdentityKind.ByDefault, Numbering.Always => IdentityKind.Always, _ => null },
            }),
        ],
        Ef = migration => migration.AddColumn<int>("No", Table, type, nullable: false, defaultValue: 0).Annotation("Npgsql:ValueGenerationStrategy", Strategy(numbering)),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync($"INSERT INTO {TableSql} ({KeySql}) VALUES (10)");
            await newVersion.ReadsAsync($"INSERT INTO {TableSql} ({KeySql}) VALUES (11) RETURNING \"No\"::bigint", 5L);
            await newVersion.ReadsAsync($"SELECT count(DISTINCT \"No\"), count(*) FROM {TableSql}", 5L, 5L);
        },
        AfterComplete = newVersion => newVersion.ReadsAsync($"INSERT INTO {TableSql} ({KeySql}) VALUES (12) RETURNING \"No\"::bigint", 6L),
    }.RunAsync();

    [Fact]
    public Task Options_of_the_sequence_change_and_it_never_goes_back() => new OperationLife
    {
        Setup = Setup("integer", Numbering.ByDefault),
        Operations = [new AlterColumn(new RelationName(Table), new Identifier(Key)) { SequenceChanges = "RESTART WITH 2 SET INCREMENT BY 10 SET MAXVALUE 5000 SET CYCLE SET CACHE 3" }],
        Ef = migration => Alter(migration, "integer", "integer", Numbering.ByDefault, Numbering.ByDefault)
            .Annotation("Npgsql:IdentitySequenceOptions", "'2', '10', '', '5000', 'True', '3'"),
        WhileBothRun = (oldVersion, newVersion) => BothInsertAsync(oldVersion, newVersion, Numbering.ByDefault, Numbering.ByDefault),
        AfterComplete = newVersion => newVersion.ReadsAsync($"INSERT INTO {TableSql} DEFAULT VALUES RETURNING {KeySql}", 15),
    }.RunAsync();

    [Fact]
    public Task A_sequence_may_begin_elsewhere() => new OperationLife
    {
        Setup = Setup("integer", Numbering.None),
        Operations = [new AlterColumn(new RelationName(Table), new Identifier(Key)) { ValueSource = new ValueSource { Numbering = Numbering.ByDefault, SequenceOptions = "START WITH 1000 INCREMENT BY 10" } }],
        Ef = migration => Alter(migration, "integer", "integer", Numbering.None, Numbering.ByDefault)
            .Annotation("Npgsql:IdentitySequenceOptions", "'1000', '10', '', '', 'False', '1'"),
        WhileBothRun = (_, newVersion) => newVersion.ReadsAsync($"INSERT INTO {TableSql} DEFAULT VALUES RETURNING {KeySql}", 1000),
        AfterComplete = newVersion => newVersion.ReadsAsync($"INSERT INTO {TableSql} DEFAULT VALUES RETURNING {KeySql}", 1010),
    }.RunAsync();

    [Fact]
    public Task The_name_of_the_sequence_follows_the_table_as_it_was_called() => new OperationLife
    {
        Setup = "CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE u (a int);",
        Migrations =
        [
            [new RenameTable(new RelationName("t"), new RelationName("things"))],
            [new AddColumn(new RelationName("u"), new ColumnDefinition(new Identifier("id"), "integer") { Identity = IdentityKind.ByDefault }), new RenameTable(new RelationName("u"), new RelationName("v"))],
        ],
        Ef = migration =>
        {
            migration.RenameTable("t", newName: "things");
            migration.AddColumn<int>("id", "u", "integer", nullable: false).Annotation("Npgsql:ValueGenerationStrategy", Strategy(Numbering.ByDefault));
            migration.RenameTable("u", newName: "v");
        },
    }.RunAsync();

    const string SequenceOf = "Ta\"\"ble Of_k\"\"ey Of_seq";

    static string Setup(string type, Numbering numbering) => $"""
        CREATE TABLE {TableSql} ({KeySql} {numbering switch
    {
        Numbering.Serial => type switch { "bigint" => "bigserial", "smallint" => "smallserial", _ => "serial" },
        Numbering.ByDefault => $"{type} GENERATED BY DEFAULT AS IDENTITY",
        Numbering.Always => $"{type} GENERATED ALWAYS AS IDENTITY",
        _ => type,
    }} NOT NULL, a text, CONSTRAINT "PK x" PRIMARY KEY ({KeySql}));
        INSERT INTO {TableSql} ({KeySql}, a) {(numbering == Numbering.Always ? "OVERRIDING SYSTEM VALUE" : "")} VALUES (1, 'x'), (2, 'y'), (3, 'z');
        {(numbering == Numbering.None ? "" : $"SELECT setval(pg_get_serial_sequence('{TableSql}', '{Key}'), 3);")}
        """;

    // What is given runs ahead of what was drawn, and must not be drawn again.
    static async Task BothInsertAsync(Version oldVersion, Version newVersion, Numbering before, Numbering after)
    {
        await InsertAsync(oldVersion, before, 4);
        await InsertAsync(newVersion, after, 5);
        if (after == Numbering.None != (before == Numbering.None))
        {
            var (giver, drawer) = before == Numbering.None ? (oldVersion, newVersion) : (newVersion, oldVersion);
            await giver.ExecuteAsync($"INSERT INTO {TableSql} ({KeySql}) VALUES (6), (7), (3000)");
            await drawer.ReadsAsync($"INSERT INTO {TableSql} (a) VALUES ('drawn') RETURNING {KeySql}::bigint", 3001L);
            await giver.ExecuteAsync($"DELETE FROM {TableSql} WHERE {KeySql} BETWEEN 4 AND 5");
        }

        await newVersion.ReadsAsync($"SELECT count(*) - count(DISTINCT {KeySql}) FROM {TableSql}", 0L);
    }

    static async Task InsertAsync(Version version, Numbering numbering, int number)
    {
        if (numbering == Numbering.None)
            await version.ExecuteAsync($"INSERT INTO {TableSql} ({KeySql}, a) VALUES ({number}, 'given')");
        else
            await version.ReadsAsync($"INSERT INTO {TableSql} (a) VALUES ('drawn') RETURNING {KeySql}::bigint", (long)number);
    }

    static async Task OneInsertsAsync(Version version, Numbering numbering)
    {
        if (numbering == Numbering.None)
            await version.FailsAsync($"INSERT INTO {TableSql} (a) VALUES ('none')", "23502");
        else
            await version.ReadsAsync($"INSERT INTO {TableSql} (a) VALUES ('drawn') RETURNING {KeySql} = (SELECT max({KeySql}) + 1 FROM {TableSql})", true);
    }

    static AlterOperationBuilder<AlterColumnOperation> Alter(MigrationBuilder migration, string from, string to, Numbering before, Numbering after)
    {
        var builder = to switch
        {
            "bigint" => migration.AlterColumn<long>(Key, Table, to, nullable: false, oldClrType: typeof(int), oldType: from),
            "smallint" => migration.AlterColumn<short>(Key, Table, to, nullable: false, oldClrType: typeof(short), oldType: from),
            _ => migration.AlterColumn<int>(Key, Table, to, nullable: false, oldClrType: typeof(int), oldType: from),
        };
        if (Strategy(after) is { } strategy)
            builder.Annotation("Npgsql:ValueGenerationStrategy", strategy);
        return Strategy(before) is { } oldStrategy ? builder.OldAnnotation("Npgsql:ValueGenerationStrategy", oldStrategy) : builder;
    }

    static NpgsqlValueGenerationStrategy? Strategy(Numbering numbering) => numbering switch
    {
        Numbering.Serial => NpgsqlValueGenerationStrategy.SerialColumn,
        Numbering.ByDefault => NpgsqlValueGenerationStrategy.IdentityByDefaultColumn,
        Numbering.Always => NpgsqlValueGenerationStrategy.IdentityAlwaysColumn,
        _ => null,
    };
}
