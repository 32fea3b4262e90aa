using System.Text;
using System.Text.Json.Nodes;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>
/// Manifests are untrusted: a name is a name whatever is in it, and no text of a field reaches what it is not part of. Only an <c>sql</c> operation runs
/// statements. <c>EFROLL_HOSTILE_RUNS</c> sets how many sets of names, and how many attacks for each text, are tried.
/// </summary>
public sealed class HostileNamesTests
{
    static readonly string[] Attacks =
    [
        "x\"); COMMIT; DROP TABLE canary; --", "integer); COMMIT; DROP TABLE canary; SELECT (1", "'); COMMIT; DROP TABLE canary; --", "1)); COMMIT; DELETE FROM canary; --",
        "$$; COMMIT; DROP TABLE canary; --", "$efroll$; COMMIT; DROP TABLE canary; --", "\\'; COMMIT; DROP TABLE canary; --", "1, DROP COLUMN IF EXISTS kept, ADD COLUMN y integer DEFAULT (1",
        "1), DROP COLUMN IF EXISTS kept, ADD COLUMN z integer DEFAULT (2", "*/ ; COMMIT; DROP TABLE canary; /*", "integer /* ", "0; DROP TABLE canary", "U&'\\0027); DROP TABLE canary; --'",
    ];

    static readonly string[] Pieces =
    [
        "\"", "'", "\\", "$$", "$efroll$", "$1", "--", "/*", "*/", ";", "%", "%I", "%s", "{", "}", "{0}", "\n", "\t", " ", ".", "é", "ß", "名", "🙂", "@p0", ":x", "?", "\u202e", "\u00a0", "A", "z", "0",
        "DROP TABLE canary", "NEW", "OLD", "t", "select", "_efroll_", "~efroll_", "pg_temp", "public", "\\'", "E'", "U&\"", "COMMIT",
    ];

    static int Runs => int.TryParse(Environment.GetEnvironmentVariable("EFROLL_HOSTILE_RUNS"), out var runs) ? runs : 2;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_of_any_characters_is_that_name_and_nothing_else()
    {
        for (var seed = 0; seed < Runs; seed++)
        {
            var names = new Names(seed);
            await using var database = await TestDatabase.CreateAsync(Cancelled);
            await database.ExecuteAsync(Setup(names), Cancelled);
            var canary = await CanaryAsync(database);
            var before = await SchemaDump.ReadAsync(database, Cancelled);
            var request = new RolloutRequest([new Migration($"20260101000000_{names["migration"]}", Operations(names).ToEquatableList())]);
            var engine = new RollEngine(database.DataSource, new RollOptions { Verification = RowVerification.Full });

            await engine.ExpandAsync(request, Cancelled);
            Assert.Empty((await engine.StatusAsync(Cancelled)).Open!.Drift);
            await AssertNamesAsync(database, names, isNew: false);
            await engine.RollbackAsync(Cancelled);
            SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Cancelled), $"after rollback of seed {seed}");

            await engine.ExpandAsync(request, Cancelled);
            await engine.ContractAsync(Cancelled);
            await AssertNamesAsync(database, names, isNew: true);
            Assert.Equal(canary, await CanaryAsync(database));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_name_that_postgresql_cannot_have_is_refused(string name) =>
        Assert.Equal(ErrorCode.InvalidName, Assert.Throws<EfRollException>(() => new Identifier(name)).Code);

    [Fact]
    public async Task No_text_of_a_manifest_reaches_what_it_is_not_part_of()
    {
        var names = Names.Plain;
        var manifest = JsonNode.Parse(ManifestWriter.Write(new MigrationManifest(new Migration("20260101000000_Attack", Operations(names).ToEquatableList()))))!;
        // An attacker would write a checksum that fits, or none.
        manifest.AsObject().Remove("checksum");
        var texts = Leaves(manifest).Select((leaf, position) => (leaf, position)).Where(pair => pair.leaf.Name is not "name" || pair.leaf.Depth > 1).ToList();
        Assert.InRange(texts.Count, 80, 1000);
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync(Setup(names), Cancelled);
        var canary = await CanaryAsync(database);
        var before = await SchemaDump.ReadAsync(database, Cancelled);
        var outcomes = new Dictionary<string, int>();
        var late = new List<string>();
        var random = new Random(1);
        // Each text takes a while: some of them by default, all of them several times where more runs are asked for.
        foreach (var (_, position) in Runs > 2 ? texts : texts.Where((_, index) => index % 4 == 0))
        {
            for (var run = 0; run < Math.Max(1, Runs / 4); run++)
            {
                var attack = Attacks[random.Next(Attacks.Length)];
                var attacked = manifest.DeepClone();
                var leaf = Leaves(attacked).ElementAt(position);
                leaf.Replace(random.Next(2) == 0 ? attack : leaf.Text + attack);
                var outcome = await AttackAsync(database, attacked.ToJsonString());
                if (outcome == nameof(ErrorCode.StepFailed))
                    late.Add($"{leaf.Name} {leaf.Text}: {attack}");
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                Assert.True(canary == await CanaryAsync(database), $"{leaf.Name}: {attack}");
            }
        }

        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Cancelled), "after all attacks");
        // Some are names after all, and some texts.
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", outcomes));
        Assert.True(outcomes.Count > 3 && outcomes.ContainsKey("started"), string.Join(", ", outcomes));
        Assert.Empty(late);
    }

    static async Task<string> AttackAsync(TestDatabase database, string migration)
    {
        var engine = new RollEngine(database.DataSource, new RollOptions());
        try
        {
            var context = ManifestReader.ReadContext($$"""{"format":{{ManifestFormat.Version}},"context":"c","migrations":[{{migration}}]}""");
            await engine.ExpandAsync(new RolloutRequest([context.Migrations[0].Migration]), Cancelled);
        }
        catch (EfRollException refused)
        {
            if ((await engine.StatusAsync(Cancelled)).Open is not null)
                await engine.RollbackAsync(Cancelled);
            return refused.Code.ToString();
        }

        await engine.RollbackAsync(Cancelled);
        return "started";
    }

    static string Setup(Names names) => $"""
        CREATE TABLE canary (id integer PRIMARY KEY, value text); INSERT INTO canary VALUES (1, 'sings');
        CREATE SCHEMA {names.Sql("schema")};
        CREATE SEQUENCE {names.Sql("old sequence")};
        CREATE SEQUENCE {names.Sql("going sequence")};
        CREATE COLLATION {names.Sql("going collation")} (LOCALE = 'C', PROVIDER = 'libc');
        CREATE TABLE {names.Sql("table")} ({names.Sql("id")} integer CONSTRAINT {names.Sql("key")} PRIMARY KEY, {names.Sql("number")} integer NOT NULL DEFAULT 1, {names.Sql("old column")} text,
            {names.Sql("going column")} text, kept integer, CONSTRAINT {names.Sql("old check")} CHECK ({names.Sql("number")} > 0), CONSTRAINT {names.Sql("going check")} CHECK (kept > 0));
        CREATE INDEX {names.Sql("old index")} ON {names.Sql("table")} ({names.Sql("number")});
        CREATE INDEX {names.Sql("going index")} ON {names.Sql("table")} (kept);
        CREATE TABLE {names.Sql("old table")} ({names.Sql("reference")} integer CONSTRAINT {names.Sql("old reference")} REFERENCES {names.Sql("table")});
        CREATE TABLE {names.Sql("going table")} (id integer);
        COMMENT ON TABLE {names.Sql("table")} IS {names.Text("old comment")};
        INSERT INTO {names.Sql("table")} SELECT n, n, 'o', 'g', 1 FROM generate_series(1, 5) AS n;
        """;

    static IEnumerable<Operation> Operations(Names names)
    {
        var table = names.Relation("table");
        yield return new CreateSchema(names.Id("new schema"));
        yield return new CreateEnumType(names.Relation("new enum"), [names["label"], names["other label"]]);
        yield return new CreateCollation(names.Relation("collation"), "C", "C") { Provider = "libc" };
        yield return new DropCollation(names.Relation("going collation"));
        yield return new CreateRange(names.Relation("range"), "int8") { OperatorClass = "int8_ops" };
        yield return new CreateSequence(names.Relation("new sequence")) { Type = "integer" };
        yield return new RenameSequence(names.Relation("old sequence"), names.Relation("renamed sequence"));
        yield return new AlterSequence(names.Relation("renamed sequence")) { Increment = 2 };
        yield return new DropSequence(names.Relation("going sequence"));
        yield return new CreateTable(new RelationName(names["schema"], names["new table"]), [
            new ColumnDefinition(names.Id("first"), "integer") { Identity = IdentityKind.ByDefault, IdentityOptions = "START WITH 5", IsNullable = false, Comment = names["comment"] },
            new ColumnDefinition(names.Id("second"), "numeric(10, 2)") { Default = "1", IsNullable = false },
            new ColumnDefinition(names.Id("third"), "text") { Generated = GeneratedKind.Stored, GenerationExpression = "'x'::text" },
        ])
        {
            PrimaryKey = new KeyDefinition(names.Id("new key"), [names.Id("first")]),
            UniqueConstraints = [new KeyDefinition(names.Id("new unique"), [names.Id("second")]) { StorageParameters = [KeyValuePair.Create(new Identifier("fillfactor"), "70")] }],
            Checks = [new CheckDefinition(names.Id("new check"), new Expression($"{names.Sql("second")} > 0"))],
            ForeignKeys = [new ForeignKeyDefinition(names.Id("new reference"), [names.Id("first")], table, [names.Id("id")]) { OnDelete = "CASCADE" }],
            Comment = names["comment"],
            StorageParameters = [KeyValuePair.Create("fillfactor", "70")],
        };
        yield return new AddColumn(table, new ColumnDefinition(names.Id("new column"), "text") { Default = names.Text("default"), IsNullable = false, Comment = names["comment"] });
        yield return new AddColumn(table, new ColumnDefinition(names.Id("filled column"), "text") { IsNullable = false }) { Up = new Expression($"{names.Sql("number")} || {names.Text("default")}") };
        yield return new AlterColumn(table, names.Id("number")) { Type = "bigint", Default = new Setting("2"), Up = new Expression(names.Sql("number")), Down = new Expression(names.Sql("number")) };
        yield return new RenameColumn(table, names.Id("old column"), names.Id("renamed column"));
        yield return new DropColumn(table, names.Id("going column")) { Down = new Expression(names.Text("default")) };
        yield return new DropConstraint(table, names.Id("going check"));
        yield return new RenameConstraint(table, names.Id("old check"), names.Id("renamed check"));
        yield return new AddCheckConstraint(table, new CheckDefinition(names.Id("added check"), new Expression($"{names.Sql("number")} < 100")));
        yield return new AddUniqueConstraint(table, new KeyDefinition(names.Id("added unique"), [names.Id("id"), names.Id("number")]));
        yield return new CreateIndex(table, names.Id("new index"), [IndexKey.On(names.Id("renamed column")) with { OperatorClass = "text_ops" }])
        {
            Filter = new Expression($"{names.Sql("number")} > 1"),
            Method = new Identifier("btree"),
            StorageParameters = [KeyValuePair.Create(new Identifier("fillfactor"), "70")],
        };
        yield return new RenameIndex(names.Relation("old index"), names.Id("renamed index"));
        yield return new DropIndex(names.Relation("going index"));
        yield return new AddForeignKey(names.Relation("old table"), new ForeignKeyDefinition(names.Id("added reference"), [names.Id("reference")], table, [names.Id("id")]) { OnDelete = "CASCADE", OnUpdate = "CASCADE" });
        yield return new RenameTable(names.Relation("old table"), names.Relation("renamed table"));
        yield return new DropTable(names.Relation("going table"));
        yield return new CommentTable(table, names["comment"]);
        yield return new AlterTable(table) { StorageParameters = [KeyValuePair.Create("fillfactor", (string?)"80")] };
    }

    static async Task AssertNamesAsync(TestDatabase database, Names names, bool isNew)
    {
        var found = (await database.QueryAsync("""
            SELECT 'relation ' || relname FROM pg_class UNION ALL SELECT 'column ' || attname FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid WHERE NOT attisdropped AND c.relkind = 'r' UNION ALL SELECT 'constraint ' || conname FROM pg_constraint
            UNION ALL SELECT 'type ' || typname FROM pg_type UNION ALL SELECT 'schema ' || nspname FROM pg_namespace UNION ALL SELECT 'label ' || enumlabel FROM pg_enum
            UNION ALL SELECT 'collation ' || collname FROM pg_collation UNION ALL SELECT 'comment ' || description FROM pg_description
            """, Cancelled)).Select(row => (string)row[0]!).ToHashSet();
        foreach (var (kind, name) in new[]
        {
            ("relation", "table"), ("relation", "new table"), ("relation", "new index"), ("relation", "new sequence"), ("column", "new column"), ("column", "filled column"), ("column", "number"),
            ("constraint", "key"), ("constraint", "new key"), ("constraint", "new unique"), ("constraint", "new check"), ("constraint", "new reference"), ("constraint", "added check"),
            ("constraint", "added reference"), ("type", "new enum"), ("type", "range"), ("schema", "new schema"), ("label", "other label"), ("collation", "collation"), ("comment", "comment"),
        })
        {
            Assert.Contains($"{kind} {names[name]}", found);
        }

        foreach (var (kind, former, name) in new[]
        {
            ("relation", "old table", "renamed table"), ("column", "old column", "renamed column"), ("relation", "old index", "renamed index"), ("constraint", "old check", "renamed check"),
            ("relation", "old sequence", "renamed sequence"), ("relation", "going table", "table"), ("column", "going column", "number"), ("constraint", "going check", "key"), ("relation", "going index", "table"),
        })
        {
            Assert.Equal(!isNew, found.Contains($"{kind} {names[former]}"));
            Assert.True(!isNew || found.Contains($"{kind} {names[name]}"), $"{kind} {names[name]}");
        }
    }

    static async Task<string> CanaryAsync(TestDatabase database) =>
        await database.ScalarAsync<string>("SELECT string_agg(c::text, ';') || (SELECT count(*) FROM pg_class WHERE relname IN ('x', 'y', 'z')) FROM canary AS c", Cancelled) ?? "dead";

    static IEnumerable<Leaf> Leaves(JsonNode? node, int depth = 0) => node switch
    {
        JsonObject fields => fields.ToList().SelectMany(field => field.Value is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.String
            ? [new Leaf(field.Key, depth, value.GetValue<string>(), text => fields[field.Key] = text)]
            : Leaves(field.Value, depth + 1)),
        JsonArray items => Enumerable.Range(0, items.Count).SelectMany(at => items[at] is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.String
            ? [new Leaf($"[{at}]", depth, value.GetValue<string>(), text => items[at] = text)]
            : Leaves(items[at], depth + 1)),
        _ => [],
    };

    sealed record Leaf(string Name, int Depth, string Text, Action<string> Replace);

    /// <summary>Names by what they are for: made up from a seed, each up to 63 bytes long, some of exactly that, all different.</summary>
    sealed class Names(int? seed)
    {
        readonly Dictionary<string, string> _names = [];
        readonly Random _random = new(seed ?? 0);

        public static Names Plain => new(null);

        public string this[string what]
        {
            get
            {
                if (!_names.TryGetValue(what, out var name))
                    _names[what] = name = seed is null ? what.Replace(' ', '_') : Next();
                return name;
            }
        }

        public Identifier Id(string what) => new(this[what]);

        public RelationName Relation(string what) => new(this[what]);

        public string Sql(string what) => Id(what).ToString();

        public string Text(string what) => $"E'{this[what].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

        string Next()
        {
            while (true)
            {
                var length = _random.Next(3) == 0 ? Identifier.MaxBytes : _random.Next(1, 40);
                var name = new StringBuilder();
                while (Encoding.UTF8.GetByteCount(name.ToString()) is var bytes && bytes < length)
                {
                    var piece = Pieces[_random.Next(Pieces.Length)];
                    name.Append(bytes + Encoding.UTF8.GetByteCount(piece) <= length ? piece : "x");
                }

                // What is made up here must not be one of ours, nor begin with what only the server may begin with.
                var made = name.ToString();
                if (!_names.ContainsValue(made) && !made.StartsWith("_efroll_", StringComparison.Ordinal) && !made.StartsWith("~efroll_", StringComparison.Ordinal) && !made.StartsWith("pg_", StringComparison.Ordinal) && made is not "public" and not "canary")
                    return made;
            }
        }
    }
}
