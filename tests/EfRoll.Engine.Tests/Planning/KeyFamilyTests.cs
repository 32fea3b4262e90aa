using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Operations;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>Keys that change together with the foreign keys that refer to them.</summary>
public sealed class KeyFamilyTests
{
    // The last eight digits are the number.
    static Expression ToUuid(string column) => new($"lpad(to_hex({column}), 32, '0')::uuid");

    static Expression ToNumber(string column) => new($"('x' || right({column}::text, 8))::bit(32)::int");

    static AlterColumn ToBigint(string table, string column) => new(new RelationName(table), new Identifier(column)) { Type = "bigint" };

    [Fact]
    public Task Serial_key_becomes_uuid_with_its_children() => new OperationLife
    {
        Setup = """
            CREATE TABLE parents (id serial PRIMARY KEY, name text);
            CREATE TABLE children (id int PRIMARY KEY, parent_id int NOT NULL REFERENCES parents (id) ON DELETE CASCADE);
            INSERT INTO parents (name) VALUES ('a'), ('b');
            INSERT INTO children VALUES (1, 1), (2, 2), (3, 2);
            """,
        Operations =
        [
            new AlterColumn(new RelationName("parents"), new Identifier("id")) { Type = "uuid", Up = ToUuid("id"), Down = ToNumber("id"), Default = new Setting("gen_random_uuid()") },
            new AlterColumn(new RelationName("children"), new Identifier("parent_id")) { Type = "uuid", Up = ToUuid("parent_id"), Down = ToNumber("parent_id") },
        ],
        Sql = """
            ALTER TABLE children DROP CONSTRAINT children_parent_id_fkey;
            ALTER TABLE parents ALTER COLUMN id DROP DEFAULT;
            DROP SEQUENCE parents_id_seq;
            ALTER TABLE parents ALTER COLUMN id TYPE uuid USING lpad(to_hex(id), 32, '0')::uuid;
            ALTER TABLE parents ALTER COLUMN id SET DEFAULT gen_random_uuid();
            ALTER TABLE children ALTER COLUMN parent_id TYPE uuid USING lpad(to_hex(parent_id), 32, '0')::uuid;
            ALTER TABLE children ADD CONSTRAINT children_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE CASCADE;
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            var made = await newVersion.ScalarAsync<Guid>("INSERT INTO parents (name) VALUES ('n') RETURNING id");
            await newVersion.ExecuteAsync($"INSERT INTO children VALUES (10, '{made}')");
            await oldVersion.ReadsAsync("SELECT p.name FROM children AS c JOIN parents AS p ON p.id = c.parent_id WHERE c.id = 10", "n");
            var number = await oldVersion.ScalarAsync<int>("INSERT INTO parents (name) VALUES ('o') RETURNING id");
            await oldVersion.ExecuteAsync($"INSERT INTO children VALUES (11, {number})");
            await newVersion.ReadsAsync("SELECT p.name FROM children AS c JOIN parents AS p ON p.id = c.parent_id WHERE c.id = 11", "o");
            await oldVersion.ExecuteAsync($"UPDATE children SET parent_id = {number} WHERE id = 10");
            await newVersion.ExecuteAsync("DELETE FROM parents WHERE name IN ('n', 'o')");
            await oldVersion.ReadsAsync("SELECT count(*) FROM children WHERE id >= 10", 0L);
        },
        AfterComplete = async newVersion =>
        {
            await newVersion.ReadsAsync("SELECT string_agg(p.name, ',' ORDER BY c.id) FROM children AS c JOIN parents AS p ON p.id = c.parent_id", "a,b,b");
            await newVersion.ExecuteAsync("INSERT INTO parents (name) VALUES ('after')");
        },
    }.RunAsync();

    [Fact]
    public Task Composite_key_with_a_self_reference_and_an_alternate_key_becomes_bigint() => new OperationLife
    {
        Setup = """
            CREATE TABLE nodes (tree int, number int, parent int, code int NOT NULL, CONSTRAINT pk PRIMARY KEY (tree, number), CONSTRAINT ak UNIQUE (code) INCLUDE (parent),
                CONSTRAINT fk_self FOREIGN KEY (tree, parent) REFERENCES nodes (tree, number) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
            CREATE TABLE refs (code int REFERENCES nodes (code) ON UPDATE CASCADE ON DELETE SET NULL);
            INSERT INTO nodes VALUES (1, 1, NULL, 11), (1, 2, 1, 12), (1, 3, 2, 13);
            INSERT INTO refs VALUES (11), (13), (NULL);
            """,
        Operations =
        [
            ToBigint("nodes", "tree"), ToBigint("nodes", "number"), ToBigint("nodes", "parent"), ToBigint("nodes", "code"), ToBigint("refs", "code"),
        ],
        Sql = """
            ALTER TABLE nodes ALTER tree TYPE bigint, ALTER number TYPE bigint, ALTER parent TYPE bigint, ALTER code TYPE bigint;
            ALTER TABLE refs ALTER code TYPE bigint;
            """,
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync("INSERT INTO nodes VALUES (2, 2, 1, 22), (2, 1, NULL, 21); INSERT INTO refs VALUES (22)");
            await oldVersion.ReadsAsync("SELECT n.parent FROM nodes AS n JOIN nodes AS p ON (p.tree, p.number) = (n.tree, n.parent) JOIN refs AS r ON r.code = n.code WHERE n.tree = 2", 1);
            await oldVersion.ExecuteAsync("UPDATE nodes SET code = 23 WHERE code = 22");
            await newVersion.ReadsAsync("SELECT code FROM refs WHERE code > 20", 23L);
            await newVersion.ExecuteAsync("UPDATE nodes SET code = 24 WHERE code = 23");
            await oldVersion.ReadsAsync("SELECT code FROM refs WHERE code > 20", 24);
            await newVersion.ExecuteAsync("DELETE FROM nodes WHERE number = 1 AND tree = 2");
            await oldVersion.ReadsAsync("SELECT count(*), (SELECT count(*) FROM refs WHERE code IS NULL) FROM nodes WHERE tree = 2", 0L, 2L);
            await oldVersion.ExecuteAsync("DELETE FROM refs WHERE code IS NULL; INSERT INTO refs VALUES (NULL)");
        },
    }.RunAsync();
}
