using EfRoll.Engine.Planning;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Planning;

public class PlanMarkdownTests
{
    const string Ugly = "a|b\\|c `d` <b> @all #1 </details> ```\n| x | *y* _z_ [l](u) &amp; https://x.y $m$";

    [Fact]
    public void Every_kind_of_step_has_a_row()
    {
        var markdown = PlanMarkdown.Of(PlanTextTests.Plan());

        Approval.Text("every_kind", markdown, "md");
    }

    [Fact]
    public void All_sql_is_shown_on_request()
    {
        Assert.Contains("-- … 10 more lines (--sql shows them)", PlanMarkdown.Of(PlanTextTests.Plan()), StringComparison.Ordinal);
        Assert.Contains("-- line 20", PlanMarkdown.Of(PlanTextTests.Plan(), isSqlComplete: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_names_and_no_markup()
    {
        var step = new TransactionStep("expand-01", $"Make room in {Ugly}", [new(new("public", Ugly), LockMode.AccessExclusive)], [SqlText.Verbatim($"SELECT '{Ugly}'")])
        {
            Hazards = [$"From then on {Ugly} refuses equal values."],
            Undo = [SqlText.Verbatim("SELECT 1")],
        };
        var markdown = PlanMarkdown.Of(PlanTextTests.Plan() with
        {
            BaseMigration = Ugly,
            Migrations = [Ugly],
            VersionSchemas = [KeyValuePair.Create(new Identifier(Ugly), new Identifier(Ugly))],
            Notes = [Ugly],
            Expand = [step],
        });

        Approval.Text("ugly", markdown, "md");

        // What is left without code and blocks of code is EfRoll's own text.
        var prose = System.Text.RegularExpressions.Regex.Replace(markdown, "(`{3,})sql\n.*?\n\\1\n", "", System.Text.RegularExpressions.RegexOptions.Singleline);
        prose = System.Text.RegularExpressions.Regex.Replace(prose, "`[^`\n]*`|<code>[^<\n]*</code>", "");
        Assert.All(["`", "\\", "@", "#1", "[", "&", "://", "_", "$", "<b>"], markup => Assert.DoesNotContain(markup, prose, StringComparison.Ordinal));
        Assert.Equal(3, prose.Split("</details>").Length - 1);
        Assert.All(prose.Split('\n').Where(line => line.StartsWith('|')), row => Assert.Equal(5, row.Count(character => character == '|')));
    }

    [Theory]
    [InlineData("Drop public.users now.", "Drop public.users now.")]
    [InlineData("Build IX_a_b, then IX_c.", "Build `IX_a_b`, then `IX_c`.")]
    [InlineData("SELECT * FROM t", "SELECT `*` FROM t")]
    [InlineData("see www.x.y", "see `www.x.y`")]
    [InlineData("a\u202eb c", "`a\uFFFDb` c")]
    [InlineData("a `b` c", "a <code>&#96;b&#96;</code> c")]
    public void Plain_words_stay_as_they_are(string sentence, string expected) => Assert.Equal(expected, MarkdownText.Sentence(sentence));
}
