using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using static EfRoll.Engine.Manifests.SchemaParts;

namespace EfRoll.Engine.Manifests;

/// <summary>
/// Says as a JSON Schema (draft 7) which migration files <see cref="ManifestReader"/> takes, so that editors complete and check them. A test asks the
/// reader about every field of it, and with every kind of value.
/// </summary>
public static class ManifestSchema
{
    static readonly JsonSerializerOptions Options = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema.</summary>
    public static string Text { get; } = Root().ToJsonString(Options) + "\n";

    static Field Table => new("table", Ref("relation"), "The table.", IsRequired: true);
    static Field Name => new("name", RequiredText, IsRequired: true);

    static JsonObject Root()
    {
        var root = Object(
            new("$schema", OptionalText, "Where this schema is, for editors."),
            new("name", OptionalText, "The migration's name. Default: the file's, without its ending."),
            new("version_schema", Never, "Not supported: the version schema is named after the migration."),
            new("operations", List(Ref("operation")), "The changes, in order.", IsRequired: true));
        root.Insert(0, "$schema", "http://json-schema.org/draft-07/schema#");
        root.Insert(1, "title", "A migration that EfRoll rolls out, in pgroll's format");
        root.Add("definitions", Definitions());
        return root;
    }

    static JsonObject Definitions()
    {
        var bodies = Bodies();
        var definitions = new JsonObject
        {
            ["operation"] = Operation(bodies.Keys),
            ["relation"] = AnyOf(RequiredText, RelationObject()),
            ["optional_relation"] = AnyOf(OptionalText, RelationObject()),
            ["source"] = Object(
                new("migration", OptionalText), new("file", OptionalText), new("line", OptionalNumber), new("column", OptionalNumber)),
            ["column"] = Object([Name, new("type", RequiredText, "Its type, as in SQL.", IsRequired: true), .. ColumnFields(), .. ColumnConstraints()]),
            ["column_check"] = Object(new("name", OptionalText), new("constraint", RequiredText, "What must not be false, as SQL.", IsRequired: true), new("no_inherit", Flag)),
            ["column_reference"] = Object(
                [new("name", OptionalText), Table, new("column", OptionalText, "Default: the table's primary key."), .. Reference(), new("deferrable", Flag), new("initially_deferred", Flag)]),
            ["constraint"] = Constraint([]),
            ["index_key"] = Object([.. IndexKey()]),
            ["storage_parameters"] = AnyOf(
                Map(AnyText), Nothing, new JsonObject { ["description"] = "fillfactor = 70, …", ["type"] = "string", ["pattern"] = @"^(\s*[^,=\s][^,=]*=\s*[^,\s][^,]*(,|$))*\s*$" }),
        };
        foreach (var (name, (description, body)) in bodies)
        {
            body.Insert(0, "description", description);
            definitions.Add(name, body);
        }

        return definitions;
    }

    static JsonObject Operation(IReadOnlyCollection<string> verbs)
    {
        var operation = Object([
            .. verbs.Select(name => new Field(name, Ref(name))),
            new("accept", Map(AnyText), "Findings of check that are known and wanted: their codes, each with the reason."),
            new("source", Ref("source"), "Where it comes from. Default: this place.")]);
        operation.Add("oneOf", new JsonArray([.. verbs.Select(name => new JsonObject { ["required"] = new JsonArray(name) })]));
        return operation;
    }

    static Dictionary<string, (string Description, JsonObject Body)> Bodies() => new()
    {
        ["create_table"] = ("Makes a table.", Object(
            new("name", Ref("relation"), IsRequired: true),
            new("columns", List(Ref("column")), IsRequired: true),
            new("constraints", OptionalList(Ref("constraint"))),
            new("comment", OptionalText),
            new("unlogged", Flag),
            StorageParameters)),
        ["drop_table"] = ("Drops a table, once the old version is gone.", Object(new Field("name", Ref("relation"), IsRequired: true))),
        ["rename_table"] = ("Renames a table; each version sees its own name.", Renaming(Ref("relation"))),
        ["comment_table"] = ("Sets the comment of a table, or takes it away.", Object(Table, new("comment", OptionalText))),
        ["alter_table"] = ("Switches a table between logged and UNLOGGED, and sets storage parameters.", Object(Table, new("unlogged", Flag), StorageParameters, InPlace)),
        ["add_column"] = ("Adds a column.", Object(
            Table,
            new("column", Ref("column"), IsRequired: true),
            new("up", OptionalText, "Its value in rows that the old version writes, as SQL over their columns. Default: the column's default."),
            InPlace)),
        ["drop_column"] = ("Drops a column, once the old version is gone.", Object(
            Table,
            new("column", RequiredText, IsRequired: true),
            new("down", OptionalText, "What the old version sees in rows that the new one writes, as SQL."),
            DownFill)),
        ["alter_column"] = ("Changes a column; what is left out stays as it is.", Object([
            Table,
            new("column", RequiredText, IsRequired: true),
            new("name", OptionalText, "Its new name."),
            new("type", OptionalText, "Its new type."),
            new("sequence_changes", OptionalText, "What changes of the sequence that numbers it, as in ALTER SEQUENCE."),
            new("up", OptionalText, "The new version's value, as SQL over the old one's row."),
            new("down", OptionalText, "The old version's value, as SQL over the new one's row."),
            new("up_fill", OptionalText, "What stands for NULL on the way up, as SQL."),
            DownFill,
            InPlace,
            new("generated", Generated(mayBeSerial: true), "Where its values come from."),
            .. ColumnFields().Where(field => field.Name != "generated"),
            .. ColumnConstraints().Where(field => field.Name is not ("pk" or "unique")),
            new("unique", AnyOf(Nothing, Object(new Field("name", OptionalText))), "Makes it unique."),
        ])),
        ["rename_column"] = ("Renames a column; each version sees its own name.", Renaming(RequiredText, Table)),
        ["create_index"] = ("Builds an index, concurrently.", Object(
            Name,
            Table,
            new("columns", AnyOf(List(AnyOf(RequiredText, Key())), Map(AnyOf(Nothing, Object([.. KeySettings()])))), "Its keys: names, or objects; or an object with settings by name.", IsRequired: true),
            new("unique", Flag),
            new("method", OptionalText, "btree, gin, … Default: btree."),
            new("include", OptionalList(RequiredText), "Columns that it carries along."),
            new("predicate", OptionalText, "Which rows it covers, as SQL."),
            new("nulls_not_distinct", Flag),
            new("storage_parameters", Ref("storage_parameters")))),
        ["drop_index"] = ("Drops an index, once the old version is gone.", Object(new Field("name", Ref("relation"), IsRequired: true))),
        ["rename_index"] = ("Renames an index.", Object(new Field("from", Ref("relation"), IsRequired: true), new Field("to", RequiredText, IsRequired: true))),
        ["create_constraint"] = ("Adds a constraint.", Constraint([Table, new("up", Values, "By column: its value, so that the constraint holds."), new("down", Values)])),
        ["drop_constraint"] = ("Drops a constraint, once the old version is gone.", Object(
            Table, Name, new("type", Choice([.. ConstraintTypes, ManifestFormat.Exclusion])), new("up", OptionalText), new("down", OptionalText))),
        ["drop_multicolumn_constraint"] = ("Drops a constraint of several columns.", Object(Table, Name, new("up", Values), new("down", Values))),
        ["rename_constraint"] = ("Renames a constraint.", Renaming(RequiredText, Table)),
        ["sql"] = ("Runs SQL.", Object(
            new("up", AnyText, "What runs.", IsRequired: true),
            new("down", OptionalText, "What undoes it at rollback. Default: nothing."),
            new("keepRows", Flag, "Instead of down: rollback restores the rows that it changes."),
            new("onComplete", Flag, "Runs while completing. Default: while starting."),
            new("anyTime", Flag, "Runs when it suits: what takes something from the old version, while completing."),
            new("transaction", Flag, "false runs it outside of a transaction."))),
        ["create_schema"] = ("Makes a schema.", Object(Name)),
        ["drop_schema"] = ("Drops a schema.", Object(Name)),
        ["create_extension"] = ("Installs an extension.", Object(Name, new("schema", OptionalText), new("version", OptionalText))),
        ["create_enum"] = ("Makes an enum type.", Enum()),
        ["alter_enum"] = ("Adds labels to an enum type.", Enum()),
        ["create_range"] = ("Makes a range type.", Object(
            new("name", Ref("relation"), IsRequired: true), new("subtype", RequiredText, IsRequired: true), new("canonical", OptionalText), new("operator_class", OptionalText),
            new("collation", OptionalText), new("difference", OptionalText))),
        ["drop_type"] = ("Drops a type.", Object(new Field("name", Ref("relation"), IsRequired: true))),
        ["create_collation"] = ("Makes a collation.", Object(
            new("name", Ref("relation"), IsRequired: true), new("collate", RequiredText, IsRequired: true), new("ctype", RequiredText, IsRequired: true), new("provider", OptionalText),
            new("deterministic", Flag))),
        ["drop_collation"] = ("Drops a collation.", Object(new Field("name", Ref("relation"), IsRequired: true))),
        ["create_sequence"] = ("Makes a sequence.", Object([new("name", Ref("relation"), IsRequired: true), new("type", OptionalText), new("start", OptionalNumber), .. SequenceFields()])),
        ["alter_sequence"] = ("Changes a sequence; what is left out stays as it is.", Object([new("name", Ref("relation"), IsRequired: true), .. SequenceFields()])),
        ["restart_sequence"] = ("Lets a sequence begin anew.", Object(new("name", Ref("relation"), IsRequired: true), new("start", OptionalNumber))),
        ["rename_sequence"] = ("Renames a sequence.", Renaming(Ref("relation"))),
        ["drop_sequence"] = ("Drops a sequence.", Object(new Field("name", Ref("relation"), IsRequired: true))),
    };

    static Field InPlace => new("in_place", Flag, "Changes it for both versions at once.");

    static Field DownFill => new("down_fill", OptionalText, "What stands for NULL on the way down, as SQL.");

    static Field StorageParameters => new("storage_parameters", AnyOf(Nothing, Map(OptionalText)), "By name; null resets one.");

    static JsonObject Values => AnyOf(Map(AnyText), Nothing, Empty);

    static JsonObject RelationObject() => Object(new Field("schema", OptionalText), new Field("name", RequiredText, IsRequired: true));

    static JsonObject Renaming(JsonObject name, params IEnumerable<Field> more) =>
        Object([.. more, new("from", name, IsRequired: true), new("to", name, IsRequired: true)]);

    static JsonObject Enum() => Object(new("name", Ref("relation"), IsRequired: true), new("labels", OptionalList(AnyText), "All labels, in order."));

    static IEnumerable<Field> SequenceFields() =>
        [new("increment", OptionalNumber), new("minimum", OptionalNumber), new("maximum", OptionalNumber), new("cache", OptionalNumber), new("cycle", Flag)];

    static IEnumerable<Field> ColumnFields() =>
    [
        new("nullable", Flag, "Whether it takes NULL. Default of a new column: false."),
        new("default", OptionalText, "Its default, as SQL."),
        new("collation", Ref("optional_relation")),
        new("compression", OptionalText),
        new("comment", OptionalText),
        new("generated", Generated(mayBeSerial: false), "Where its values come from."),
    ];

    static IEnumerable<Field> ColumnConstraints() =>
    [
        new("pk", Flag, "Whether it is the primary key, or part of it."),
        new("unique", Flag),
        new("check", AnyOf(Nothing, Ref("column_check"))),
        new("references", AnyOf(Nothing, Ref("column_reference")), "Makes it a foreign key."),
    ];

    static JsonObject Generated(bool mayBeSerial)
    {
        var fields = new List<Field>
        {
            new("expression", OptionalText, "What it is computed from, as SQL."),
            new("virtual", Flag, "Computed when it is read (PostgreSQL 18). Default: stored."),
            new("identity", AnyOf(Nothing, Object(
                new("user_specified_values", Choice([ManifestFormat.Always, ManifestFormat.ByDefault])), new("sequence_options", OptionalText, "As in SQL: START WITH 100.")))),
        };
        if (mayBeSerial)
            fields.Add(new("serial", Flag));
        return AnyOf(Nothing, Object([.. fields]));
    }

    static IEnumerable<Field> Reference() =>
    [
        new("match_type", Choice(["SIMPLE", "FULL"])),
        new("on_delete", Choice(ManifestFormat.Actions)),
        new("on_update", Choice(ManifestFormat.Actions)),
    ];

    static JsonObject Key()
    {
        var key = Ref("index_key");
        return new JsonObject { ["allOf"] = new JsonArray(key), ["oneOf"] = new JsonArray(new JsonObject { ["required"] = new JsonArray("column") }, new JsonObject { ["required"] = new JsonArray("expression") }) };
    }

    static IEnumerable<Field> IndexKey() => [new("column", RequiredText), new("expression", RequiredText, "As SQL."), .. KeySettings()];

    static IEnumerable<Field> KeySettings() =>
    [
        new("collate", Ref("optional_relation")),
        new("opclass", AnyOf(OptionalText, Object(new Field("name", OptionalText), new Field("params", OptionalList(AnyText))))),
        new("sort", Choice(["ASC", "DESC"])),
        new("nulls", Choice(["FIRST", "LAST"])),
    ];

    static string[] ConstraintTypes => [ManifestFormat.PrimaryKey, ManifestFormat.Unique, ManifestFormat.Check, ManifestFormat.ForeignKey];

    // What else a constraint has depends on its type.
    static JsonObject Constraint(IReadOnlyList<Field> more) => new()
    {
        ["oneOf"] = new JsonArray(
            Object([new("type", Choose([ManifestFormat.PrimaryKey, ManifestFormat.Unique]), IsRequired: true), new("name", OptionalText), Columns, .. Deferring, .. more,
                new("nulls_not_distinct", Flag), new("index_parameters", AnyOf(Nothing, Object(
                    new("include_columns", OptionalList(RequiredText)), new("storage_parameters", Ref("storage_parameters")), new("tablespace", Never, "Not supported."))))]),
            Object([new("type", Choose([ManifestFormat.Check]), IsRequired: true), new("name", OptionalText), new("columns", OptionalList(RequiredText)), .. more,
                new("check", RequiredText, "What must not be false, as SQL.", IsRequired: true), new("no_inherit", Flag)]),
            Object([new("type", Choose([ManifestFormat.ForeignKey]), IsRequired: true), new("name", OptionalText), Columns, .. Deferring, .. more,
                new("references", Object([Table, new("columns", OptionalList(RequiredText), "Default: its primary key."), .. Reference(),
                    new("on_delete_set_columns", OptionalList(RequiredText))]), IsRequired: true)])),
    };

    static Field Columns => new("columns", new JsonObject { ["type"] = "array", ["items"] = RequiredText, ["minItems"] = 1 }, IsRequired: true);

    static IEnumerable<Field> Deferring => [new("deferrable", Flag), new("initially_deferred", Flag)];
}
