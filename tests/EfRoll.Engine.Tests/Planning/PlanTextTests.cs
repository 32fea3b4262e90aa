using EfRoll.Engine.Planning;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Planning;

public class PlanTextTests
{
    static readonly QualifiedName Users = new("public", "users");

    [Fact]
    public void Every_kind_of_step_is_readable_in_80_columns()
    {
        var text = PlanText.Of(Plan());

        Approval.Text("every_kind", text);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void All_sql_is_shown_on_request()
    {
        Assert.Contains("more lines (--sql shows them)", PlanText.Of(Plan()), StringComparison.Ordinal);
        var all = PlanText.Of(Plan(), isSqlComplete: true);
        Assert.DoesNotContain("more lines", all, StringComparison.Ordinal);
        Assert.Contains("-- line 20", all, StringComparison.Ordinal);
    }

    [Fact]
    public void The_machinery_that_every_plan_has_is_cut_to_its_first_line()
    {
        var step = new TransactionStep("expand-01", "Prepare", [], [SqlText.Verbatim("CREATE FUNCTION \"efroll\".\"f\"()\n-- 1\n-- 2\n-- 3")]);

        Assert.Contains("CREATE FUNCTION \"efroll\".\"f\"()\n      … 4 more lines", PlanText.Of(Plan() with { Expand = [step] }), StringComparison.Ordinal);
        Assert.Contains("-- 3", PlanText.Of(Plan() with { Expand = [step] }, isSqlComplete: true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT 'a literal that is very long and has spaces in it' AS one, 'it''s another' AS two, three FROM t")]
    [InlineData("SELECT \"a name with many spaces in it\", E'an escape\\' and a space' FROM t -- a comment that is long enough to be wrapped")]
    [InlineData("DO $body$BEGIN PERFORM 'a b c d e f g h i j k l m n o p q r s t u v w x y z'; END$body$ LANGUAGE plpgsql /* a long remark with spaces */")]
    public void Breaking_lines_changes_nothing_that_counts(string sql)
    {
        var lines = SqlLines.Of(sql, 30).ToList();

        Assert.True(lines.Count > 1);
        Assert.Equal(sql, string.Join(' ', lines.Select(line => line.TrimStart())));
        foreach (var whole in (string[])["'a literal that is very long and has spaces in it'", "\"a name with many spaces in it\"", "E'an escape\\' and a space'", "-- a comment that is long enough to be wrapped", "'a b c d e f g h i j k l m n o p q r s t u v w x y z'"])
            Assert.True(!sql.Contains(whole, StringComparison.Ordinal) || lines.Exists(line => line.Contains(whole, StringComparison.Ordinal)), whole);
    }

    internal static Plan Plan() => new()
    {
        BaseMigration = "20240101000000_Initial",
        Migrations = ["20240201000000_RequireEmail", "20240202000000_AddOrders"],
        VersionSchemas = [KeyValuePair.Create(new Identifier("public"), new Identifier("public_20240202000000_AddOrders"))],
        Notes = ["Rows of public.users are written by the backfill: an application that read one before and saves it after gets a concurrency error."],
        Expand =
        [
            new TransactionStep("expand-01", "Prepare public.users", [new(Users, LockMode.AccessExclusive), new(new("public", "orders"), LockMode.ShareRowExclusive)],
            [
                SqlText.Verbatim("ALTER TABLE \"public\".\"users\" ADD COLUMN \"_efroll_email\" text, ADD COLUMN \"_efroll_origin\" \"char\" NOT NULL DEFAULT 'b'"),
                SqlText.Verbatim("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$\n" + string.Concat(Enumerable.Range(1, 20).Select(i => $"  -- line {i}\n")) + "$$"),
            ])
            {
                Undo = [SqlText.Verbatim("ALTER TABLE \"public\".\"users\" DROP COLUMN \"_efroll_email\", DROP COLUMN \"_efroll_origin\"")],
                Hazards = ["The plain table gains a column: a prepared SELECT * fails once."],
            },
            new BackfillTable("expand-02", "Backfill public.users", Users, new("_efroll_origin"), [new(new("_efroll_email"), SqlText.Verbatim("COALESCE(t.email, '')"))]) { EstimatedRows = 200_000 },
            new CreateIndexConcurrently("expand-03", "Build index", Users, new("ix"), IsUnique: true, SqlText.Verbatim("USING btree (\"_efroll_email\")")),
            new CountViolations("expand-04", "Look for orphans", SqlText.Verbatim("SELECT id::text AS key FROM orders"), "an order has no user"),
            new ValidateConstraint("expand-05", "Check rows", Users, new("ck")),
        ],
        Contract =
        [
            new TransactionStep("contract-01", "Swap", [new(Users, LockMode.AccessExclusive)], [SqlText.Verbatim("ALTER TABLE users DROP COLUMN email")]),
            new DropIndexConcurrently("contract-02", "Drop the old index", new("public", "old_ix")),
            new RunOutsideTransaction("contract-03", "Run SQL", SqlText.Verbatim("VACUUM users")),
        ],
    };
}
