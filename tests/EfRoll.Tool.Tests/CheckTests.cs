using System.Text.Json;
using System.Xml.Linq;
using EfRoll.TestSupport;

namespace EfRoll.Tool.Tests;

/// <summary>A build server is told what of the migrations cannot be rolled out, in the forms that it reads.</summary>
public sealed class CheckTests : IDisposable
{
    const string NoWayBack = "20240103000000_NoWayBack";
    const string RequireNameFile = "tests/Fixtures/SmallApp/Migrations/20240102000000_RequireName.cs";
    const string NoWayBackFile = "tests/Fixtures/SmallApp/Migrations/20240103000000_NoWayBack.cs";

    static readonly string[] SmallApp =
        ["--assembly", RepositoryRoot.File("artifacts", "bin", "SmallApp", Application.Configuration, "SmallApp.dll"), "--context", "ShopContext"];

    readonly MigrationFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_database_it_says_what_cannot_be_translated_as_compilers_do()
    {
        var check = (await InRepositoryAsync(SmallApp)).Expect(ExitCode.Failed);

        Assert.Equal(
            $"""
            {RequireNameFile}(12,9): note EFR4101: Start writes every row of Customers once, to fill Name; until complete, each of its rows has room for both versions' values.
            {RequireNameFile}(22,9): warning EFR4135: One statement for all rows, in one transaction: UPDATE "Customers" SET "Name" = upper("Name").
                Give the column .Up("…"), which is filled in small steps, or let a job of its own do it in small steps; or .Accept("EFR4135", "why").
            {NoWayBackFile}(13,9): error EFR2009: .RunAt on raw SQL: 'noon' is neither start nor complete.
                Take the hint away, or correct it.
            {NoWayBack}: note EFR2011: The migration's Down throws NotSupportedException: There is no way back.
                Correct Down; it is run to read the migration.

            """,
            check.Output.ReplaceLineEndings("\n"));
        Assert.Contains("3 migrations checked: 1 error, 1 warning, 2 notes.", check.Errors, StringComparison.Ordinal);
        Assert.Contains("--connection", check.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--to", "RequireName", 2, ExitCode.Success)]
    [InlineData("--from", "RequireName", 1, ExitCode.Failed)]
    [InlineData("--from", NoWayBack, 0, ExitCode.Success)]
    public async Task Migrations_outside_the_range_do_not_count(string option, string migration, int count, object expected)
    {
        var check = (await InRepositoryAsync([.. SmallApp, option, migration])).Expect((ExitCode)expected);

        Assert.Contains(count == 1 ? "1 migration checked" : $"{count} migrations checked", check.Errors, StringComparison.Ordinal);
        Assert.Equal((ExitCode)expected != ExitCode.Success, check.Output.Contains(": error ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_range_that_is_none_is_refused() =>
        Assert.Contains("There is no migration Nothing", (await InRepositoryAsync([.. SmallApp, "--from", "Nothing"])).Expect(ExitCode.Failed).Errors, StringComparison.Ordinal);

    [Fact]
    public async Task Json_is_one_object_for_each_finding()
    {
        using var json = JsonDocument.Parse((await InRepositoryAsync([.. SmallApp, "--format", "json"])).Expect(ExitCode.Failed).Output);

        Assert.Equal(4, json.RootElement.GetArrayLength());
        var (error, note) = (json.RootElement[2], json.RootElement[3]);
        Assert.Equal(("error", "EFR2009", NoWayBack, NoWayBackFile), (Text(error, "severity"), Text(error, "code"), Text(error, "migration"), Text(error, "file")));
        Assert.Equal((13, 9), (error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32()));
        Assert.Equal(("note", "EFR2011"), (Text(note, "severity"), Text(note, "code")));
        Assert.False(note.TryGetProperty("file", out _));
    }

    [Fact]
    public async Task Sarif_has_what_code_scanning_demands()
    {
        using var json = JsonDocument.Parse((await InRepositoryAsync([.. SmallApp, "--format", "sarif"])).Expect(ExitCode.Failed).Output);

        AssertSarif(json.RootElement,
            ("EFR4101", "note", RequireNameFile, 12),
            ("EFR4135", "warning", RequireNameFile, 22),
            ("EFR2009", "error", NoWayBackFile, 13),
            // The way back has no line of its own; its migration's file stands for it.
            ("EFR2011", "note", NoWayBackFile, 1));
    }

    [Fact]
    public async Task Junit_has_a_test_for_each_migration_and_a_failure_for_each_error()
    {
        var xml = XDocument.Parse((await InRepositoryAsync([.. SmallApp, "--format", "junit"])).Expect(ExitCode.Failed).Output);

        var suite = Assert.Single(xml.Element("testsuites")!.Elements("testsuite"));
        Assert.Equal(("3", "1"), (suite.Attribute("tests")?.Value, suite.Attribute("failures")?.Value));
        var tests = suite.Elements("testcase").ToList();
        Assert.Equal(["20240101000000_Create", "20240102000000_RequireName", NoWayBack], tests.Select(test => test.Attribute("name")?.Value));
        Assert.All(tests, test => Assert.Equal("SmallApp.ShopContext", test.Attribute("classname")?.Value));
        Assert.Empty(tests[0].Elements());
        Assert.Equal("system-out", Assert.Single(tests[1].Elements()).Name);
        Assert.Equal("EFR2009", Assert.Single(tests[2].Elements("failure")).Attribute("type")?.Value);
        Assert.Contains("note EFR2011", tests[2].Element("system-out")?.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_its_author_accepts_is_a_note_with_the_reason()
    {
        _folder.Write("01_users.yaml", "operations:\n  - create_table: {name: users, columns: [{name: id, type: int, pk: true}, {name: mail, type: text}]}\n");
        _folder.Write("02_unique.yaml", "operations:\n  - create_index: {name: ux, table: users, columns: {mail: {}}, unique: true}\n    accept: {EFR4111: mails are unique since 2.1}\n");

        var text = (await ToolProcess.RunInAsync(_folder.Path, connection: null, ["check", ".", "--warnings-as-errors"])).Expect(ExitCode.Success);
        using var sarif = JsonDocument.Parse((await ToolProcess.RunInAsync(_folder.Path, connection: null, ["check", ".", "--format", "sarif"])).Expect(ExitCode.Success).Output);

        Assert.Contains("02_unique.yaml(2,5): note EFR4111: ", text.Output, StringComparison.Ordinal);
        Assert.Contains("\n    Accepted: mails are unique since 2.1\n", text.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        var suppressed = sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Single(result => Text(result, "ruleId") == "EFR4111");
        Assert.Equal("mails are unique since 2.1", Text(suppressed.GetProperty("suppressions")[0], "justification"));
    }

    [Fact]
    public async Task What_a_database_has_already_does_not_count_and_an_empty_one_needs_no_translation()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        var empty = (await InRepositoryAsync([.. SmallApp], database)).Expect(ExitCode.Success);
        Assert.Contains("(13,9): warning EFR2009: ", empty.Output, StringComparison.Ordinal);
        Assert.Contains("note EFR5102: The database is empty", empty.Output, StringComparison.Ordinal);

        (await ToolProcess.RunInAsync(Path.GetTempPath(), database.ConnectionString, ["start", .. SmallApp, "--to", "RequireName", "--complete"])).Expect(ExitCode.Success);
        var before = await SchemaDump.ReadAsync(database, Token);
        var pending = (await InRepositoryAsync([.. SmallApp], database)).Expect(ExitCode.Failed);
        Assert.Contains("(13,9): error EFR2009: ", pending.Output, StringComparison.Ordinal);
        Assert.Contains("1 migration checked: 1 error", pending.Errors, StringComparison.Ordinal);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after check", columnOrderMatters: true);

        await database.ExecuteAsync($"INSERT INTO \"__EFMigrationsHistory\" VALUES ('{NoWayBack}', '10.0.0')", Token);
        var applied = (await InRepositoryAsync([.. SmallApp], database)).Expect(ExitCode.Success);
        Assert.Empty(applied.Output);
        Assert.Contains("0 migrations checked", applied.Errors, StringComparison.Ordinal);

        // On the way back it is the other refusal that counts.
        var back = (await InRepositoryAsync([.. SmallApp, "--to", "RequireName"], database)).Expect(ExitCode.Failed);
        Assert.StartsWith($"{NoWayBack}: error EFR2011: ", back.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("EFR2009", back.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_database_it_says_what_the_plan_costs()
    {
        await using var database = await UsersAsync();
        _folder.Write("01_mails.yaml", """
            operations:
              - add_column: {table: users, column: {name: mail, type: text, nullable: true}}
              - create_index:
                  name: ix_name
                  table: users
                  columns: [{column: name}]
                  unique: true
            """);
        _folder.Write("02_required.yaml", "operations:\n  - alter_column: {table: users, column: name, nullable: false, up: \"coalesce(name, '')\", down: name}\n");
        var before = await SchemaDump.ReadAsync(database, Token);

        var check = (await RunAsync(database, "check", ".")).Expect(ExitCode.Success);

        Assert.Contains("2 migrations checked: 0 errors, 1 warning, ", check.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("No database was asked", check.Errors, StringComparison.Ordinal);
        // The plan says what the server's version cannot do; one of them is approved.
        if (database.ServerMajorVersion is 15 or 16)
            Approval.Text("costs", check.Output);
        var strict = (await RunAsync(database, "check", ".", "--warnings-as-errors")).Expect(ExitCode.Failed);
        Assert.Equal(check.Output.Replace(": warning ", ": error ", StringComparison.Ordinal), strict.Output);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after check", columnOrderMatters: true);

        // A rollout that is open has the same to say of it; another one is an error.
        (await RunAsync(database, "start", ".")).Expect(ExitCode.Success);
        Assert.Equal(check.Output, (await RunAsync(database, "check", ".")).Expect(ExitCode.Success).Output);
        Assert.Contains("error EFR14", (await RunAsync(database, "check", "02_required.yaml")).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);

        await database.ExecuteAsync("UPDATE pg_class SET reltuples = -1 WHERE oid = 'users'::regclass", Token);
        Assert.Contains("public.users has rows that ANALYZE has never counted, in 1 MB", (await RunAsync(database, "check", ".")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add_column: {table: users, column: {name: a, type: int}}", "EFR1201")]
    [InlineData("alter_column: {table: users, column: name, nullable: false, up: 'upper(name) ||'}", "EFR1003")]
    [InlineData("drop_colum: {table: users, column: name}", "EFR1707")]
    public async Task What_a_plan_refuses_is_an_error_at_its_line(string operation, string code)
    {
        await using var database = await UsersAsync();
        _folder.Write("01 a#b.yaml", $"operations:\n  - {operation}\n");

        Assert.StartsWith($"01 a#b.yaml(2,5): error {code}: ", (await RunAsync(database, "check", ".")).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
        using var sarif = JsonDocument.Parse((await RunAsync(database, "check", ".", "--format", "sarif")).Expect(ExitCode.Failed).Output);
        AssertSarif(sarif.RootElement, (code, "error", "01%20a%23b.yaml", 2));
    }

    [Fact]
    public async Task A_name_that_xml_cannot_hold_does_not_break_it()
    {
        await using var database = await UsersAsync();
        _folder.Write("01 <&\".yaml", "operations:\n  - drop_table: {name: \"us\\x01|`<&]]>ers\"}\n");

        var junit = XDocument.Parse((await RunAsync(database, "check", ".", "--format", "junit")).Expect(ExitCode.Failed).Output);

        var test = Assert.Single(junit.Descendants("testcase"));
        Assert.Equal("01 <&\"", test.Attribute("name")?.Value);
        Assert.Contains("us\uFFFD|`<&]]>ers", Assert.Single(test.Elements("failure")).Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_files_of_one_name_are_refused()
    {
        _folder.Write("01_same.yaml", "operations: [{sql: {up: SELECT 1}}]");
        _folder.Write("01_Same.json", """{"operations": [{"sql": {"up": "SELECT 2"}}]}""");

        var check = (await ToolProcess.RunInAsync(_folder.Path, null, "check", "01_same.yaml", "01_Same.json")).Expect(ExitCode.Failed);

        Assert.StartsWith("01_Same.json: error EFR5017: 01_same.yaml and 01_Same.json ", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_output_leaves_the_text_to_people()
    {
        _folder.Write("01_bad.yaml", "operations:\n  - drop_colum: {table: users, column: name}\n");
        var file = Path.Combine(_folder.Path, "check.sarif");

        var check = (await ToolProcess.RunInAsync(_folder.Path, null, "check", "01_bad.yaml", "--format", "sarif", "--output", file)).Expect(ExitCode.Failed);
        Assert.Empty(check.Output);
        Assert.StartsWith("01_bad.yaml(2,5): error EFR1707: ", check.Errors, StringComparison.Ordinal);
        using var sarif = JsonDocument.Parse(await File.ReadAllTextAsync(file, Token));
        AssertSarif(sarif.RootElement, ("EFR1707", "error", "01_bad.yaml", 2));

        var nowhere = (await ToolProcess.RunInAsync(_folder.Path, null, "check", "01_bad.yaml", "--output", "no/such/folder.txt")).Expect(ExitCode.Usage);
        Assert.Contains("error EFR5016: no/such/folder.txt cannot be written", nowhere.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cannot_be_asked_is_no_finding()
    {
        _folder.Write("01_fine.yaml", "operations: [{sql: {up: SELECT 1}}]");

        var check = (await ToolProcess.RunInAsync(_folder.Path, "Host=127.0.0.1;Port=1", "check", "01_fine.yaml", "--format", "json")).Expect(ExitCode.CannotConnect);

        Assert.Empty(check.Output);
        Assert.StartsWith("error EFR1301: ", check.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_as_markdown_fits_a_pull_request()
    {
        await using var database = await UsersAsync();
        _folder.Write("01_mails.yaml", """
            operations:
              - create_index:
                  name: "ix`|<b>"
                  table: users
                  columns: [{column: name}]
                  unique: true
              - alter_column: {table: users, column: name, nullable: false, up: "coalesce(name, '```')", down: name}
            """);

        var plan = (await RunAsync(database, "plan", ".", "--format", "markdown")).Expect(ExitCode.Success);

        Assert.Empty(plan.Errors);
        Assert.StartsWith("## Rollout from nothing to `01_mails`\n\n- does `01_mails`\n", plan.Output, StringComparison.Ordinal);
        Assert.Contains("<br>**!** From then on public.users refuses equal values in <code>ix&#96;&#124;&#60;b&#62;</code> from both versions. | SHARE UPDATE", plan.Output, StringComparison.Ordinal);
        Assert.All(["start", "complete", "rollback"], phase => Assert.Contains($"<details><summary>SQL of {phase}</summary>", plan.Output, StringComparison.Ordinal));
        // The author's backticks do not end the block of SQL.
        Assert.Contains("\n````sql\n-- 1. ", plan.Output, StringComparison.Ordinal);
        (await RunAsync(database, "start", ".", "--complete")).Expect(ExitCode.Success);
        Assert.StartsWith("Nothing to do", (await RunAsync(database, "plan", ".", "--format", "markdown")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    // What GitHub's code scanning documents as required of a run, its rules and its results.
    static void AssertSarif(JsonElement root, params (string Code, string Level, string File, int Line)[] expected)
    {
        Assert.Equal("2.1.0", Text(root, "version"));
        Assert.EndsWith("sarif-2.1.0.json", Text(root, "$schema"), StringComparison.Ordinal);
        var run = Assert.Single(root.GetProperty("runs").EnumerateArray());
        var driver = run.GetProperty("tool").GetProperty("driver");
        Assert.Equal("EfRoll", Text(driver, "name"));
        Assert.Matches(@"^\d+\.\d+\.\d+$", Text(driver, "version"));
        var rules = driver.GetProperty("rules").EnumerateArray().ToList();
        Assert.Equal(expected.Select(finding => finding.Code).Distinct().Order(StringComparer.Ordinal), rules.Select(rule => Text(rule, "id")));
        foreach (var rule in rules)
        {
            foreach (var text in (string[])["shortDescription", "fullDescription", "help"])
                Assert.True(Text(rule.GetProperty(text), "text").Length > 10, $"{rule}");
            Assert.Contains(Text(rule.GetProperty("defaultConfiguration"), "level"), (string[])["error", "warning", "note"]);
        }

        var results = run.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(expected.Length, results.Count);
        foreach (var (result, finding) in results.Zip(expected))
        {
            Assert.Equal(finding.Code, Text(result, "ruleId"));
            Assert.Equal(finding.Code, Text(rules[result.GetProperty("ruleIndex").GetInt32()], "id"));
            Assert.Equal(finding.Level, Text(result, "level"));
            Assert.NotEmpty(Text(result.GetProperty("message"), "text"));
            var place = Assert.Single(result.GetProperty("locations").EnumerateArray()).GetProperty("physicalLocation");
            Assert.Equal(finding.File, Text(place.GetProperty("artifactLocation"), "uri"));
            Assert.Equal(finding.Line, place.GetProperty("region").GetProperty("startLine").GetInt32());
        }
    }

    static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    static async Task<TestDatabase> UsersAsync()
    {
        var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync("CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users SELECT i, i::text FROM generate_series(1, 10) i; ANALYZE users", Token);
        return database;
    }

    static Task<ToolProcess> InRepositoryAsync(string[] arguments, TestDatabase? database = null) =>
        ToolProcess.RunInAsync(RepositoryRoot.Path, database?.ConnectionString, ["check", .. arguments]);

    Task<ToolProcess> RunAsync(TestDatabase database, params string[] arguments) => ToolProcess.RunInAsync(_folder.Path, database.ConnectionString, arguments);
}
