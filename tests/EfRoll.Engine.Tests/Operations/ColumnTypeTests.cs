using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Tests.Operations;

/// <summary>Every type that the provider maps: added with a default, changed to text and back. All in one table, since a life takes seconds.</summary>
public sealed class ColumnTypeTests
{
    // A type and two of its values as PostgreSQL prints them.
    static readonly (string Type, string First, string Second)[] Types =
    [
        ("text[]", "{a,b}", "{}"),
        ("integer[]", "{1,2}", "{{3,4},{5,6}}"),
        ("\"Mo\"\"od\"", "so so", "it's fine"),
        ("int4range", "[1,5)", "empty"),
        ("int4multirange", "{[1,3),[5,8)}", "{}"),
        ("tstzrange", "empty", "(,)"),
        ("jsonb", "{}", "{\"a\": [1, null]}"),
        ("json", "{}", "[1,  2]"),
        ("citext", "Abc", "aBC"),
        ("hstore", "\"a\"=>\"1\"", "\"a\"=>NULL"),
        ("tsvector", "'cat' 'dog'", "'cat':1A"),
        ("bit(3)", "101", "000"),
        ("bit varying(5)", "1", "11111"),
        ("inet", "10.0.0.0/8", "::1/128"),
        ("cidr", "10.0.0.0/8", "192.168.0.0/16"),
        ("macaddr", "08:00:2b:01:02:03", "00:00:00:00:00:00"),
        ("uuid", "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-00000000000a"),
        ("bytea", "\\x01ff", "\\x"),
        ("interval", "1 day 02:00:00", "-00:00:01"),
        ("numeric", "1.50", "-12345678901234567890.123"),
        ("double precision", "0.1", "NaN"),
        ("boolean", "true", "false"),
        ("date", "2024-02-29", "infinity"),
        ("time without time zone", "01:02:03", "23:59:59.999999"),
        ("timestamp without time zone", "2024-01-02 03:04:05", "-infinity"),
        ("point", "(1,2)", "(0,0)"),
    ];

    const string Before = """
        CREATE EXTENSION citext;
        CREATE EXTENSION hstore;
        CREATE TYPE "Mo""od" AS ENUM ('so so', 'it''s fine');
        """;

    static readonly RelationName Table = new("t");

    [Fact]
    public Task A_required_column_of_every_type_is_added() => new OperationLife
    {
        Setup = $"{Before} CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2);",
        Operations = Each((type, first, _, number) => new AddColumn(Table, new ColumnDefinition(Name(number), type) { IsNullable = false, Default = $"('{Quoted(first)}')" })),
        Ef = migration =>
        {
            foreach (var ((type, first, _), number) in Types.Select((each, number) => (each, number)))
                migration.AddColumn<string>(Name(number).Value, "t", type, nullable: false, defaultValueSql: $"'{Quoted(first)}'");
        },
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync("INSERT INTO t (id) VALUES (3)");
            foreach (var ((_, first, _), number) in Types.Select((each, number) => (each, number)))
                await newVersion.ReadsAsync($"SELECT {Name(number)}::text FROM t WHERE id = 3", first);
        },
    }.RunAsync();

    [Fact]
    public Task Every_type_becomes_text() => new OperationLife
    {
        Setup = $"{Before} CREATE TABLE t (id int PRIMARY KEY, {Columns(each => each.Type)}); INSERT INTO t VALUES (1, {Values(each => each.First)});",
        Operations = Each((type, _, _, number) => new AlterColumn(Table, Name(number)) { Type = "text", Down = new Expression($"{Name(number)}::{type}") }),
        Ef = migration =>
        {
            foreach (var ((type, _, _), number) in Types.Select((each, number) => (each, number)))
                migration.AlterColumn<string>(Name(number).Value, "t", "text", nullable: false, oldClrType: typeof(object), oldType: type);
        },
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync($"INSERT INTO t VALUES (2, {Values(each => each.Second)})");
            await AssertAsync(oldVersion, newVersion);
        },
    }.RunAsync();

    [Fact]
    public Task Text_becomes_every_type() => new OperationLife
    {
        Setup = $"{Before} CREATE TABLE t (id int PRIMARY KEY, {Columns(_ => "text")}); INSERT INTO t VALUES (1, {Values(each => each.First)});",
        Operations = Each((type, _, _, number) => new AlterColumn(Table, Name(number)) { Type = type, Up = new Expression($"{Name(number)}::{type}"), Down = new Expression($"{Name(number)}::text") }),
        Sql = string.Concat(Types.Select((each, number) => $"ALTER TABLE t ALTER COLUMN {Name(number)} TYPE {each.Type} USING {Name(number)}::{each.Type};\n")),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ExecuteAsync($"INSERT INTO t VALUES (2, {Values(each => each.Second)})");
            await AssertAsync(oldVersion, newVersion);
        },
    }.RunAsync();

    static async Task AssertAsync(Version oldVersion, Version newVersion)
    {
        foreach (var ((_, first, second), number) in Types.Select((each, number) => (each, number)))
        {
            foreach (var version in new[] { oldVersion, newVersion })
            {
                await version.ReadsAsync($"SELECT {Name(number)}::text FROM t WHERE id = 1", first);
                await version.ReadsAsync($"SELECT {Name(number)}::text FROM t WHERE id = 2", second);
            }
        }
    }

    static EquatableList<Operation> Each(Func<string, string, string, int, Operation> make) =>
        Types.Select((each, number) => make(each.Type, each.First, each.Second, number)).ToEquatableList();

    static string Columns(Func<(string Type, string First, string Second), string> type) =>
        string.Join(", ", Types.Select((each, number) => $"{Name(number)} {type(each)} NOT NULL"));

    static string Values(Func<(string Type, string First, string Second), string> value) => string.Join(", ", Types.Select(each => $"'{Quoted(value(each))}'"));

    static string Quoted(string value) => value.Replace("'", "''", StringComparison.Ordinal);

    static Identifier Name(int number) => new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"C{number}"));
}
