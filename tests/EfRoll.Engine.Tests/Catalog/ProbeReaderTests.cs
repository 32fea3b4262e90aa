using EfRoll.Engine.Catalog;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Catalog;

public sealed class ProbeReaderTests
{
    static readonly Identifier Table = new("we\"ird USING Table");

    static readonly SourceLocation Here = new("1_x", "Migrations/1_x.cs", 12, 3);

    static readonly EquatableList<ProbeColumn> Columns =
    [
        new(new Identifier("Fir st"), "text", null, new Identifier("se\"cond")),
        new(new Identifier("se\"cond"), "text", new QualifiedName("pg_catalog", "C"), new Identifier("Fir st")),
        new(new Identifier("select"), "integer", null, new Identifier("_efroll_select")),
    ];

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\"Fir st\" || \"select\"", "Fir st,select")]
    [InlineData("(SELECT max(n) FROM other WHERE o = \"we\"\"ird USING Table\".\"se\"\"cond\")", "se\"cond")]
    [InlineData("SELECT 'nothing'", "")]
    [InlineData("md5((\"we\"\"ird USING Table\")::text)", "Fir st,se\"cond,select")]
    [InlineData("\"se\"\"cond\" -- to the end", "se\"cond")]
    public async Task Expression_names_the_columns_it_reads(string expression, string expected)
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync("CREATE TABLE other (n text, o text)", Cancelled);

        var answer = await AskAsync(database, new ExpressionProbe("k", Table, Columns, Here, new Expression(expression), "varchar(100)") { What = "Up" });

        Assert.Equal(expected, string.Join(',', answer.Reads.Select(name => name.Value)));
    }

    [Theory]
    [InlineData("upper((")]
    [InlineData("1) AS a, (2")]
    public void What_would_end_the_question_is_not_asked(string expression) =>
        Assert.Equal(ErrorCode.NotContained, Assert.Throws<EfRollException>(() => new Expression(expression)).Code);

    [Theory]
    [InlineData("missing", "column \"missing\" does not exist")]
    [InlineData("\"Fir st\"", "but expression is of type text")]
    [InlineData("count(*)", "aggregate functions are not allowed")]
    public async Task Wrong_expression_is_an_error_at_its_place(string expression, string message)
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(
            () => AskAsync(database, new ExpressionProbe("k", Table, Columns, Here, new Expression(expression), "integer") { What = "Up of users.email" }));

        Assert.Equal((ErrorCode.InvalidExpression, Here), (error.Code, error.Location));
        Assert.Contains("Up of users.email", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_comes_back_in_other_names_even_where_two_columns_swap_theirs()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);

        var answer = await AskAsync(database, new CheckProbe("k", Table, Columns, Here, $"CHECK ({Table}.{Columns[0].Name} < {Columns[1].Name} AND length({Columns[0].Name}) > 3)") { What = "check" });

        Assert.Equal([Columns[0].Name, Columns[1].Name], answer.Reads);
        Assert.Equal("CHECK (((\"se\"\"cond\" < \"Fir st\") AND (length(\"se\"\"cond\") > 3)))", answer.Definition?.ToString());
    }

    [Fact]
    public async Task Index_comes_back_in_other_names()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);

        var answer = await AskAsync(
            database, new IndexProbe("k", Table, Columns, Here, $"USING btree (lower({Columns[0].Name}) DESC) INCLUDE ({Columns[1].Name}) WHERE {Columns[2].Name} > 0", true) { What = "index" });

        Assert.Equal(Columns.Select(column => column.Name), answer.Reads);
        Assert.Equal("USING btree (lower(\"se\"\"cond\") DESC) INCLUDE (\"Fir st\") WHERE (_efroll_select > 0)", answer.Definition?.ToString());
    }

    [Fact]
    public async Task Definition_that_does_not_fit_is_an_error()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(
            () => AskAsync(database, new CheckProbe("k", Table, Columns, Here, $"CHECK ({Columns[2].Name} ~ 'x')") { What = "Check c" }));

        Assert.Equal((ErrorCode.InvalidDefinition, Here), (error.Code, error.Location));
    }

    [Fact]
    public async Task Many_questions_each_get_their_own_answer_or_refusal()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);
        List<Probe> probes = [.. Enumerable.Range(0, 120).Select(Question)];

        var answers = await new ProbeReader(session).AskAsync(probes, [], Cancelled);

        for (var i = 0; i < probes.Count; i++)
        {
            Assert.Equal([Columns[i % 3].Name], answers[$"{i}"].Reads);
            Assert.Equal(i % 2 == 1, answers[$"{i}"].Definition is not null);
        }

        probes[70] = new ExpressionProbe("70", Table, Columns, Here, new Expression("missing"), "text") { What = "Question 70" };
        var error = await Assert.ThrowsAsync<EfRollException>(() => new ProbeReader(session).AskAsync(probes, [], Cancelled));
        Assert.Contains("Question 70", error.Message, StringComparison.Ordinal);
        Assert.Contains("column \"missing\" does not exist", error.Message, StringComparison.Ordinal);

        static Probe Question(int number)
        {
            var column = Columns[number % 3].Name;
            return number % 2 == 0
                ? new ExpressionProbe($"{number}", Table, Columns, Here, new Expression($"{column}::text"), "text") { What = $"Question {number}" }
                : new CheckProbe($"{number}", Table, Columns, Here, $"CHECK ({column} IS NOT NULL)") { What = $"Question {number}" };
        }
    }

    [Fact]
    public async Task Nothing_is_left_in_the_database()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        const string Relations = "SELECT count(*) FROM pg_class";
        var before = await database.ScalarAsync<long>(Relations, Cancelled);

        await AskAsync(database, new ExpressionProbe("k", Table, Columns, Here, new Expression("1"), "integer") { What = "Up" });

        Assert.Equal(before, await database.ScalarAsync<long>(Relations, Cancelled));
    }

    static async Task<ProbeAnswer> AskAsync(TestDatabase database, Probe probe)
    {
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);
        return (await new ProbeReader(session).AskAsync([probe], [], Cancelled))[probe.Key];
    }
}
