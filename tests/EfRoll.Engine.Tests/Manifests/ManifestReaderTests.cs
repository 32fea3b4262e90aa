using System.Text;
using System.Text.Json.Nodes;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Tests.Manifests;

public class ManifestReaderTests
{
    [Fact]
    public void Columns_are_NOT_NULL_unless_the_file_says_otherwise_and_carry_their_constraints()
    {
        var operation = Only("""
            operations:
              - create_table:
                  name: users
                  comment: people
                  columns:
                    - name: id
                      type: serial
                      pk: true
                    - name: name
                      type: varchar(255)
                      unique: true
                    - name: "age"
                      type: integer
                      nullable: true
                      default: '18'
                      check:
                        name: adult
                        constraint: age >= 18
                    - name: team
                      type: bigint
                      references:
                        name: fk_team
                        table: teams
                        column: id
                        on_delete: CASCADE
                    - name: number
                      type: bigint
                      generated:
                        identity:
                          user_specified_values: BY DEFAULT
                          sequence_options: START WITH 100
            """);

        Assert.Equal(
            new CreateTable(new("users"),
            [
                new(new("id"), "serial") { IsNullable = false },
                new(new("name"), "varchar(255)") { IsNullable = false },
                new(new("age"), "integer") { IsNullable = true, Default = "18" },
                new(new("team"), "bigint") { IsNullable = false },
                new(new("number"), "bigint") { IsNullable = false, Identity = IdentityKind.ByDefault, IdentityOptions = "START WITH 100" },
            ])
            {
                Comment = "people",
                PrimaryKey = new(null, [new("id")]),
                UniqueConstraints = [new(null, [new("name")])],
                Checks = [new(new("adult"), new("age >= 18"))],
                ForeignKeys = [new(new("fk_team"), [new("team")], new("teams"), [new("id")]) { OnDelete = "CASCADE" }],
            },
            operation);
    }

    [Fact]
    public void A_tables_constraints_are_read()
    {
        var table = Assert.IsType<CreateTable>(Only("""
            operations:
              - create_table:
                  name: phonebook
                  columns:
                    - {name: id, type: serial}
                    - {name: provider_id, type: integer}
                    - {name: phone, type: text}
                  constraints:
                    - {name: pk, type: primary_key, columns: [id]}
                    - {name: fk, type: foreign_key, columns: [provider_id], deferrable: true, initially_deferred: true,
                       references: {table: providers, columns: [id], match_type: FULL, on_delete: SET NULL, on_delete_set_columns: [provider_id]}}
                    - {name: u, type: unique, columns: [phone], nulls_not_distinct: true, index_parameters: {include_columns: [id]}}
                    - {name: c, type: check, check: length(phone) > 0, no_inherit: true}
            """));

        Assert.Equal(new KeyDefinition(new("pk"), [new("id")]), table.PrimaryKey);
        Assert.Equal([new(new("u"), [new("phone")]) { AreNullsEqual = true, Include = [new("id")] }], table.UniqueConstraints);
        Assert.Equal([new(new("c"), new("length(phone) > 0")) { IsNoInherit = true }], table.Checks);
        Assert.Equal(
            [new(new("fk"), [new("provider_id")], new("providers"), [new("id")])
            {
                OnDelete = "SET NULL",
                SetColumns = [new("provider_id")],
                IsMatchFull = true,
                IsDeferrable = true,
                IsDeferred = true,
            }],
            table.ForeignKeys);
    }

    [Fact]
    public void One_alter_column_can_be_several_operations()
    {
        var operations = Read("m.yaml", """
            operations:
              - alter_column:
                  table: events
                  column: name
                  type: text
                  default: '''unknown'''
                  comment: null
                  nullable: false
                  unique: {name: events_name_unique}
                  check: {name: name_length, constraint: length(name) > 3}
                  references: {name: fk, table: names, column: name}
                  up: SELECT coalesce(name, 'x')
                  down: name
            """);

        Assert.Equal(
            [
                new AlterColumn(new("events"), new("name"))
                {
                    Type = "text",
                    Default = new("'unknown'"),
                    Comment = new(null),
                    IsNullable = false,
                    Up = new("SELECT coalesce(name, 'x')"),
                    Down = new("name"),
                },
                new AddCheckConstraint(new("events"), new(new("name_length"), new("length(name) > 3"))),
                new AddUniqueConstraint(new("events"), new(new("events_name_unique"), [new("name")])),
                new AddForeignKey(new("events"), new(new("fk"), [new("name")], new("names"), [new("name")])),
            ],
            operations);
    }

    [Fact]
    public void Expressions_that_change_nothing_make_no_shadow_column()
    {
        Assert.Equal(
            [new AddCheckConstraint(new("t"), new(new("c"), new("x > 0")))],
            Read("m.yaml", "operations: [{alter_column: {table: t, column: x, check: {name: c, constraint: x > 0}, up: x, down: x}}]"));
        Assert.Equal(
            [
                new AlterColumn(new("t"), new("x")) { Up = new("abs(x)") },
                new AddCheckConstraint(new("t"), new(new("c"), new("x > 0"))),
            ],
            Read("m.yaml", "operations: [{alter_column: {table: t, column: x, check: {name: c, constraint: x > 0}, up: abs(x), down: x}}]"));
    }

    [Fact]
    public void An_older_files_alter_column_renames_too()
    {
        Assert.Equal(
            [
                new RenameColumn(new("events"), new("name"), new("title")),
                new AlterColumn(new("events"), new("title")) { IsNullable = false, Up = new("coalesce(name, '')"), Down = new("title") },
            ],
            Read("m.json", """
                {"name": "35_old", "operations": [{"alter_column": {
                  "table": "events", "column": "name", "name": "title", "nullable": false, "up": "coalesce(name, '')", "down": "title"}}]}
                """));
    }

    [Fact]
    public void Indexes_are_read_in_every_form()
    {
        CreateIndex expected = new(new("fruits"), new("idx"), [new() { Column = new("name"), Collation = new("C"), IsDescending = true, AreNullsFirst = false, OperatorClass = "text_ops (a=1, b=2)" }, IndexKey.On(new("id"))])
        {
            IsUnique = true,
            Method = new("btree"),
            Filter = new("id > 5"),
            StorageParameters = [KeyValuePair.Create(new Identifier("fillfactor"), "70"), KeyValuePair.Create(new Identifier("deduplicate_items"), "off")],
        };

        Assert.Equal(expected, Only("""
            operations:
              - create_index:
                  name: idx
                  table: fruits
                  columns:
                    name: {collate: C, sort: DESC, nulls: LAST, opclass: {name: text_ops, params: ["a=1", "b=2"]}}
                    id:
                  unique: true
                  method: btree
                  predicate: id > 5
                  storage_parameters: fillfactor = 70, deduplicate_items=off
            """));
        Assert.Equal(expected, Only("""
            operations:
              - create_index:
                  name: idx
                  table: fruits
                  columns:
                    - column: name
                      collate: C
                      sort: DESC
                      nulls: LAST
                      opclass: text_ops (a=1, b=2)
                    - id
                  unique: true
                  method: btree
                  predicate: id > 5
                  storage_parameters: {fillfactor: '70', deduplicate_items: 'off'}
            """));
    }

    [Fact]
    public void A_constraint_over_several_columns_changes_those_that_have_expressions()
    {
        Assert.Equal(
            [
                new AlterColumn(new("tickets"), new("zip")) { Up = new("coalesce(zip, 0)") },
                new AddUniqueConstraint(new("tickets"), new(new("u"), [new("name"), new("zip")])),
            ],
            Read("m.yaml", """
                operations:
                  - create_constraint:
                      type: unique
                      table: tickets
                      name: u
                      columns: [name, zip]
                      up: {name: name, zip: "coalesce(zip, 0)"}
                      down: {name: name, zip: zip}
                """));
    }

    [Fact]
    public void A_dropped_constraints_down_gives_the_old_version_values_that_fulfil_it()
    {
        Assert.Equal(
            [
                new AlterColumn(new("reviews"), new("review")) { Down = new("review || random()::text") },
                new DropConstraint(new("reviews"), new("u")),
            ],
            Read("m.yaml", "operations: [{drop_constraint: {table: reviews, name: u, up: review, down: 'review || random()::text'}}]"));
        Assert.Equal(
            [new DropConstraint(new("reviews"), new("u"))],
            Read("m.yaml", "operations: [{drop_multicolumn_constraint: {table: reviews, name: u, up: {a: a}, down: {a: a}}}]"));
        Refuses(ErrorCode.ManifestColumnNotNamed, "operations: [{drop_constraint: {table: reviews, name: u, up: lower(review), down: review}}]", "drop_multicolumn_constraint");
    }

    [Fact]
    public void Raw_sql_runs_at_start_or_at_complete()
    {
        Assert.Equal(new RunSql("CREATE VIEW v AS SELECT 1") { Down = "DROP VIEW v" }, Only("operations: [{sql: {up: CREATE VIEW v AS SELECT 1, down: DROP VIEW v}}]"));
        Assert.Equal(new RunSql("SELECT 1") { Down = "", Moment = SqlMoment.Complete }, Only("operations: [{sql: {up: SELECT 1, onComplete: true}}]"));
    }

    [Fact]
    public void The_name_is_the_files_unless_the_file_has_one()
    {
        Assert.Equal("02_x", ManifestReader.ReadText("folder/02_x.yaml", "operations: []").Id);
        Assert.Equal("01_old", ManifestReader.ReadText("02_x.json", """{"name": "01_old", "operations": []}""").Id);
    }

    [Theory]
    [InlineData("m.yaml", "# first\noperations:\n  - drop_table:\n      name: a\n  - drop_column:\n      table: t\n      column: c\n", 5, 5)]
    [InlineData("m.json", "{\"operations\": [\n  {\"drop_table\": {\"name\": \"ä\"}},\n  {\"drop_column\": {\"table\": \"t\", \"column\": \"c\"}}\n]}", 3, 3)]
    public void Every_operation_knows_its_place(string file, string text, int line, int column)
    {
        Assert.Equal(new SourceLocation("m", file, line, column), ManifestReader.ReadText(file, text).Operations[1].Source);
    }

    [Theory]
    [InlineData(ErrorCode.ManifestUnknownField, "operations:\n  - drop_column:\n      table: t\n      colum: c\n      column: c\n", "colum", 4)]
    [InlineData(ErrorCode.ManifestUnknownField, "operation: []\noperations: []", "operation", 1)]
    [InlineData(ErrorCode.ManifestMissingField, "operations:\n  - drop_column:\n      table: t\n", "column", 3)]
    [InlineData(ErrorCode.ManifestMissingField, "name: x", "operations", 1)]
    [InlineData(ErrorCode.ManifestMissingField, "operations:\n  - {}\n", "name", 2)]
    [InlineData(ErrorCode.ManifestWrongType, "operations:\n  - alter_column:\n      table: t\n      column: c\n      nullable: 'false'\n", "nullable", 5)]
    [InlineData(ErrorCode.ManifestWrongType, "operations:\n  - alter_column:\n      table: t\n      column: c\n      nullable: yes\n", "nullable", 5)]
    [InlineData(ErrorCode.ManifestWrongType, "operations:\n  - alter_column:\n      table: t\n      column: c\n      default: 0\n", "default", 5)]
    [InlineData(ErrorCode.ManifestWrongType, "operations:\n  drop_table:\n    name: t\n", "operations", 2)]
    [InlineData(ErrorCode.ManifestWrongType, "operations:\n  - create_constraint:\n      table: t\n      type: uniq\n", "uniq", 4)]
    [InlineData(ErrorCode.ManifestUnknownOperation, "operations:\n  - drop_colum:\n      table: t\n", "drop_colum", 2)]
    [InlineData(ErrorCode.ManifestNotSupported, "operations:\n  - set_replica_identity:\n      table: t\n", "set_replica_identity", 2)]
    [InlineData(ErrorCode.ManifestNotSupported, "operations:\n  - create_table:\n      name: t\n      columns: []\n      constraints:\n        - {name: x, type: exclude}\n", "exclusion", 6)]
    [InlineData(ErrorCode.ManifestNotSupported, "version_schema: v\noperations: []\n", "version_schema", 1)]
    [InlineData(ErrorCode.ManifestDuplicateField, "operations:\n  - drop_column:\n      table: t\n      column: c\n      column: d\n", "column", 5)]
    [InlineData(ErrorCode.ManifestSyntax, "operations:\n  - drop_column: [\n", "", 3)]
    [InlineData(ErrorCode.ManifestSyntax, "operations: []\n---\noperations: []\n", "second document", 2)]
    [InlineData(ErrorCode.ManifestSyntax, "operations: [*x]\n", "x", 1)]
    [InlineData(ErrorCode.ManifestSyntax, "operations: !!binary aa\n", "tag", 1)]
    [InlineData(ErrorCode.ManifestSyntax, "", "empty", 1)]
    [InlineData(ErrorCode.InvalidName, "operations:\n  - create_table:\n      name: t\n      columns: []\n      constraints: [{type: unique, columns: ['']}]\n", "name", 3)]
    [InlineData(ErrorCode.EmptyExpression, "operations:\n  - drop_column:\n      table: t\n      column: c\n      down: ' '\n", "", 3)]
    public void What_is_wrong_is_named_with_its_line(ErrorCode code, string yaml, string word, int line)
    {
        var error = Refuses(code, yaml, word);
        Assert.Equal(("m.yaml", line), (error.Location!.File, error.Location.Line));
    }

    [Theory]
    [InlineData("{\"operations\": [\n  {\"drop_table\": {\"name\": 5}}\n]}", ErrorCode.ManifestWrongType, 2)]
    [InlineData("{\"operations\": [\n  {\"drop_table\": \n}", ErrorCode.ManifestSyntax, 3)]
    [InlineData("{\"operations\": [],\n \"operations\": []}", ErrorCode.ManifestDuplicateField, 2)]
    [InlineData("{\"operations\": [\"\\ud800\"]}", ErrorCode.ManifestSyntax, null)]
    [InlineData("", ErrorCode.ManifestSyntax, 1)]
    public void Json_has_lines_too(string json, ErrorCode code, int? line)
    {
        var error = Assert.Throws<EfRollException>(() => ManifestReader.ReadText("m.json", json));
        Assert.Equal((code, "m.json", line), (error.Code, error.Location!.File, error.Location.Line));
    }

    [Theory]
    [InlineData("m.yaml")]
    [InlineData("m.json")]
    public void Nesting_without_end_is_refused(string file)
    {
        var error = Assert.Throws<EfRollException>(() => ManifestReader.ReadText(file, new string('[', 1_000_000)));
        Assert.Equal(ErrorCode.ManifestSyntax, error.Code);
    }

    [Fact]
    public void A_file_that_is_too_large_or_missing_or_no_migration_is_refused()
    {
        Assert.Equal(ErrorCode.ManifestTooLarge, Assert.Throws<EfRollException>(() => ManifestReader.ReadText("m.yaml", new string(' ', 5_000_000))).Code);
        Assert.Equal(ErrorCode.ManifestUnreadable, Assert.Throws<EfRollException>(() => ManifestReader.ReadFile("/does/not/exist.yaml")).Code);
        Assert.Equal(ErrorCode.ManifestUnreadable, Assert.Throws<EfRollException>(() => ManifestReader.ReadText("m.txt", "operations: []")).Code);
    }

    [Fact]
    public void A_manifest_of_another_format_is_refused()
    {
        var error = Assert.Throws<EfRollException>(() => ManifestReader.ReadContext("""{"format": 2, "context": "C", "migrations": []}"""));
        Assert.Equal(ErrorCode.ManifestFormatVersion, error.Code);
    }

    static EfRollException Refuses(ErrorCode code, string yaml, string word)
    {
        var error = Assert.Throws<EfRollException>(() => ManifestReader.ReadText("m.yaml", yaml));
        Assert.True(code == error.Code, $"{error.CodeText}: {error.Message}");
        Assert.Contains(word, error.Message + error.Remedy, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(error.Remedy);
        return error;
    }

    [Fact]
    public void Aliases_repeat_what_they_name_up_to_a_limit()
    {
        var operations = Read("m.yaml", """
            operations:
              - create_table:
                  name: a
                  columns: &columns
                    - name: id
                      type: &type int
                      pk: true
                    - name: more
                      type: *type
              - create_table:
                  name: b
                  columns: *columns
            """);
        Assert.Equal(((CreateTable)operations[0]).Columns, ((CreateTable)operations[1]).Columns);

        var bomb = string.Concat(Enumerable.Range(1, 30).Select(level => $"a{level}: &a{level}\n{string.Concat(Enumerable.Repeat(level == 1 ? "  - x\n" : $"  - *a{level - 1}\n", 10))}"));
        var error = Assert.Throws<EfRollException>(() => ManifestReader.ReadText("m.yaml", bomb));
        Assert.Equal(ErrorCode.ManifestTooLarge, error.Code);
        Assert.InRange(error.Location!.Line!.Value, 50, 70);
        Assert.Equal(ErrorCode.ManifestSyntax, Assert.Throws<EfRollException>(() => ManifestReader.ReadText("m.yaml", "operations: &all\n  - *all\n")).Code);
    }

    static Operation Only(string yaml) => Assert.Single(Read("m.yaml", yaml));

    // Whatever the reader takes here, the schema has to take too.
    static List<Operation> Read(string file, string text)
    {
        var operations = ManifestReader.ReadText(file, text).Operations.Select(operation => operation with { Source = null }).ToList();
        var (utf8, origin) = (Encoding.UTF8.GetBytes(text), new NodeOrigin("m", file));
        Assert.True(ManifestSchemaTests.Validator.IsValid(ToJson(file.EndsWith(".json", StringComparison.Ordinal) ? JsonNodes.Parse(utf8, origin) : YamlNodes.Parse(utf8, origin))));
        return operations;
    }

    static JsonNode? ToJson(ManifestNode node) => node.Kind switch
    {
        NodeKind.Object => new JsonObject(node.Fields.Select(field => KeyValuePair.Create(field.Key, ToJson(field.Value)))),
        NodeKind.List => new JsonArray([.. node.Items.Select(ToJson)]),
        NodeKind.Text => JsonValue.Create(node.Scalar),
        NodeKind.Null => null,
        _ => JsonNode.Parse(node.Scalar),
    };
}
