using System.Text.Json.Nodes;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Manifests;

/// <summary>The schema says what the reader takes: every field, every kind of value, and nothing else.</summary>
public sealed class ManifestSchemaTests
{
    static readonly JsonObject Schema = JsonNode.Parse(ManifestSchema.Text)!.AsObject();
    internal static readonly SchemaValidator Validator = new(Schema);

    // What a user may put at a place: each of these is right at some and wrong at others.
    static readonly string[] Probes =
        ["null", "true", "12", "1.5", "\"\"", "\"text\"", "\"check\"", "\"unique\"", "\"exclude\"", "\"CASCADE\"", "\"cascade\"", "\"desc\"", "\"full\"", "\"partial\"", "\"last\"", "\"by default\"",
            "[]", "[\"text\"]", "[\"\"]", "[12]", "[null]", "[{}]", "{}", "{\"name\": \"text\"}", "{\"text\": \"text\"}", "{\"text\": null}", "{\"text\": 12}", "{\"text\": {}}"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 50)];

    [Fact]
    public void The_schema_in_docs_is_this_one()
    {
        var file = RepositoryRoot.File("docs", "manifest.schema.json");
        if (Environment.GetEnvironmentVariable("EFROLL_APPROVE") == "1")
            File.WriteAllText(file, ManifestSchema.Text);
        Assert.Equal(ManifestSchema.Text, File.ReadAllText(file), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void It_has_every_operation()
    {
        var error = Assert.Throws<EfRollException>(() => ManifestReader.ReadText("m.json", """{"operations": [{"no_such": {}}]}"""));

        Assert.Equal(Listed(error), Properties(Definition("operation")).Keys.Except(["source", "accept"]).Order());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_the_writer_writes_is_valid(int seed)
    {
        var random = new RandomOperations(seed);
        var written = ManifestWriter.Write(new MigrationManifest(new Migration("1", [.. RandomOperations.Kinds.Select(random.Next)])));

        foreach (var operation in JsonNode.Parse(written)!["operations"]!.AsArray())
            Assert.True(Validator.IsValid(new JsonObject { ["operations"] = new JsonArray(operation!.DeepClone()) }), operation.ToJsonString());
    }

    [Fact]
    public void Every_object_has_the_fields_that_the_reader_knows()
    {
        foreach (var (fields, embed) in Sites())
        {
            var example = Example(fields);
            Assert.True(Validator.IsValid(embed(example)), embed(example).ToJsonString());
            Assert.Null(Refusal(embed(example)));

            example["no such field"] = "x";
            var error = Refusal(embed(example));
            Assert.Equal(ErrorCode.ManifestUnknownField, error?.Code);
            Assert.Equal(Listed(error!), Properties(fields).Keys.Order());
            Assert.False(Validator.IsValid(embed(example)), embed(example).ToJsonString());
        }
    }

    [Fact]
    public void Every_field_takes_and_refuses_what_the_reader_does()
    {
        var differences = new List<string>();
        var compared = 0;
        foreach (var (fields, embed) in Sites())
        {
            foreach (var (name, schema) in Properties(fields))
            {
                foreach (var probe in Probes)
                {
                    var document = embed(ExampleWith(fields, name, JsonNode.Parse(probe)));
                    compared++;
                    // Whether an expression is the name of a column is beyond a schema.
                    if (Refusal(document) is var refusal && Validator.IsValid(document) != refusal is null or { Code: ErrorCode.ManifestColumnNotNamed })
                        differences.Add($"{document.ToJsonString()}\n    {refusal?.Message ?? "The reader takes it, the schema does not."}");
                }

                var valid = Probes.Select(probe => JsonNode.Parse(probe)).Append(Sample(schema)).Where(value => Validator.IsValid(embed(ExampleWith(fields, name, value))));
                Assert.True(valid.Any(), $"Nothing is right for {name}: {embed(Example(fields)).ToJsonString()}");
                var without = Example(fields);
                without.Remove(name);
                Assert.True(Validator.IsValid(embed(without)) == Refusal(embed(without)) is null, $"Without {name}: {embed(without).ToJsonString()}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.InRange(compared, 5_000, 50_000);
    }

    // Every object that can stand in a file, with the way to put it there.
    static List<(JsonObject Fields, Func<JsonObject, JsonObject> Embed)> Sites()
    {
        var sites = new List<(JsonObject, Func<JsonObject, JsonObject>)>();
        Visit(Schema, document => document);
        return sites;

        void Visit(JsonObject fields, Func<JsonObject, JsonObject> embed)
        {
            // An operation's own fields are those of one of all the operations.
            if (fields != Definition("operation"))
                sites.Add((fields, embed));
            foreach (var (name, schema) in Properties(fields))
            {
                var isOperation = fields == Definition("operation") && name != "source";
                foreach (var (inner, wrap) in Objects(schema))
                    Visit(inner, value => embed(With(isOperation ? [] : Example(fields), name, wrap(value.DeepClone().AsObject()))));
            }
        }
    }

    // The objects that a value can be or hold.
    static IEnumerable<(JsonObject Fields, Func<JsonObject, JsonNode> Wrap)> Objects(JsonObject schema)
    {
        schema = Validator.Resolve(schema);
        if (schema["properties"] is not null)
            yield return (schema, value => value);
        if (schema["items"] is JsonObject items)
        {
            foreach (var (fields, wrap) in Objects(items))
                yield return (fields, value => new JsonArray(wrap(value)));
        }

        if (schema["additionalProperties"] is JsonObject values)
        {
            foreach (var (fields, wrap) in Objects(values))
                yield return (fields, value => new JsonObject { ["x"] = wrap(value) });
        }

        foreach (var part in Parts(schema).SelectMany(Objects))
            yield return part;
    }

    static IEnumerable<JsonObject> Parts(JsonObject schema) =>
        schema.Where(word => word.Key is "allOf" or "anyOf" or "oneOf").SelectMany(word => word.Value!.AsArray()).Select(part => part!.AsObject());

    static JsonObject Example(JsonObject fields)
    {
        var example = new JsonObject();
        foreach (var name in fields["required"]?.AsArray() ?? [])
            example[name!.GetValue<string>()] = Sample(Properties(fields)[name.GetValue<string>()]);
        if (fields == Definition("operation"))
            return new JsonObject { ["drop_schema"] = new JsonObject { ["name"] = "x" } };
        if (fields == Definition("index_key"))
            example["column"] = "x";
        return example;
    }

    static JsonNode? Sample(JsonObject schema)
    {
        schema = Validator.Resolve(schema);
        if (schema["properties"] is not null)
            return Example(schema);
        if (schema["enum"] is JsonArray allowed)
            return allowed[0]?.DeepClone();
        if (schema["type"] is not { } type)
            return Sample(Parts(schema).First());
        return (type is JsonArray types ? types[0]! : type).GetValue<string>() switch
        {
            "string" => "x",
            "integer" => 1,
            "boolean" => true,
            "array" => new JsonArray(Sample(schema["items"]!.AsObject())),
            "object" => new JsonObject(),
            _ => null,
        };
    }

    static JsonObject ExampleWith(JsonObject fields, string name, JsonNode? value)
    {
        var example = Example(fields);
        // A key of an index is one or the other.
        if (fields == Definition("index_key") && name == "expression")
            example.Remove("column");
        return With(example, name, value);
    }

    static JsonObject With(JsonObject fields, string name, JsonNode? value)
    {
        fields[name] = value;
        return fields;
    }

    static Dictionary<string, JsonObject> Properties(JsonObject fields) => fields["properties"]!.AsObject().ToDictionary(property => property.Key, property => property.Value!.AsObject());

    static JsonObject Definition(string name) => Schema["definitions"]![name]!.AsObject();

    static EfRollException? Refusal(JsonObject document)
    {
        try
        {
            ManifestReader.ReadText("m.json", document.ToJsonString());
            return null;
        }
        catch (EfRollException exception)
        {
            return exception;
        }
    }

    // "Its fields are: a, b, c."
    static IEnumerable<string> Listed(EfRollException error) => error.Remedy[(error.Remedy.IndexOf(':', StringComparison.Ordinal) + 2)..^1].Split(", ").Order();
}
