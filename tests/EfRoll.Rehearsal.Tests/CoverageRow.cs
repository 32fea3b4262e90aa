using System.Text.RegularExpressions;
using EfRoll.Engine;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Steps;
using Npgsql;

namespace EfRoll.Rehearsal.Tests;

/// <summary>What becomes of an example, read from its plan.</summary>
static partial class CoverageRow
{
    /// <summary>A line of the table.</summary>
    public static async Task<string> OfAsync(CoverageExample example, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var manifest = example.Translate();
        if (manifest.Refusals is [var refusal, ..])
            return Line(example, "–", "–", "–", "–", ((ErrorCode)refusal.Code).ToText());
        try
        {
            var plan = await new RollEngine(dataSource, new RollOptions()).PlanAsync(new RolloutRequest([manifest.Migration]), cancellationToken);
            return Line(example, Start(plan!), Complete(plan!), Rollback(plan!), Cost(plan!), "");
        }
        catch (EfRollException exception)
        {
            return Line(example, "–", "–", "–", "–", exception.CodeText);
        }
    }

    static string Line(CoverageExample example, params string[] cells) => $"| {string.Join(" | ", cells.Prepend(example.With).Prepend(example.Operation))} |".Replace("|  |", "| |", StringComparison.Ordinal).Replace("|  |", "| |", StringComparison.Ordinal);

    static string Start(Plan plan) => List(plan.Expand.SelectMany(step => step switch
    {
        TransactionStep transaction => transaction.Statements.SelectMany(statement => Machinery(statement.ToString()) ?? Verb(statement.ToString())),
        CreateIndexConcurrently => ["`CREATE INDEX CONCURRENTLY`"],
        ValidateConstraint => ["`VALIDATE CONSTRAINT`"],
        CountViolations => ["looks for violations"],
        TryExpressions => ["tries the values"],
        BackfillTable => ["fills"],
        RunOutsideTransaction run => Verb(run.Statement.ToString()),
        _ => throw new InvalidOperationException($"{step.GetType().Name} has no words in the table."),
    }));

    static string Complete(Plan plan) => List(plan.Contract.SelectMany(step => step switch
    {
        TransactionStep transaction => transaction.Statements.Where(statement => Machinery(statement.ToString()) is null).SelectMany(statement => Verb(statement.ToString())),
        DropIndexConcurrently => ["`DROP INDEX CONCURRENTLY`"],
        CountViolations => [],
        _ => throw new InvalidOperationException($"{step.GetType().Name} has no words in the table."),
    }));

    static string Rollback(Plan plan) => List(plan.Expand.Reverse().SelectMany(step => step.Undo)
        .Where(statement => Machinery(statement.ToString()) is null).SelectMany(statement => Verb(statement.ToString())));

    static string Cost(Plan plan)
    {
        var costs = new List<string>();
        if (plan.Expand.Any(step => step is BackfillTable))
            costs.Add("backfill");
        if (plan.Expand.Any(step => step is CreateIndexConcurrently))
            costs.Add("index build");
        if (plan.Expand.Any(step => step is ValidateConstraint))
            costs.Add("validation");
        return costs.Count == 0 ? "metadata" : string.Join(", ", costs);
    }

    static string List(IEnumerable<string> words) => string.Join(", ", words.Distinct()) is { Length: > 0 } text ? text : "–";

    // What every rollout does, or what belongs to the two versions living together; named once, where it begins.
    static string[]? Machinery(string sql) =>
        sql.StartsWith("CREATE TRIGGER \"~efroll", StringComparison.Ordinal) ? ["triggers"]
        : sql.Contains("\"_efroll_origin\"", StringComparison.Ordinal) && sql.Contains("CREATE VIEW", StringComparison.Ordinal) ? ["view"]
        : Ours().IsMatch(sql) ? sql.StartsWith("CREATE VIEW", StringComparison.Ordinal) ? ["view"] : []
        : null;

    // The keywords that a statement begins with, without the names between them.
    static string[] Verb(string sql)
    {
        if (sql.Contains("ADD COLUMN \"_efroll_new_", StringComparison.Ordinal))
            return ["hidden column"];
        if (sql.Contains("\"_efroll_new_", StringComparison.Ordinal) && sql.Contains("DROP COLUMN", StringComparison.Ordinal))
            return ["`DROP COLUMN`"];
        var words = Names().Replace(sql.Trim(), " ").Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
            .TakeWhile(word => Keyword().IsMatch(word)).ToList();
        if (words is ["ALTER", "TABLE", .., _])
            words.RemoveRange(0, 2);
        if (words is ["SELECT", ..] && sql.Contains("set_config", StringComparison.Ordinal))
            return [];
        if (words is ["SELECT", ..] && sql.Contains("setval", StringComparison.Ordinal))
            return ["`setval`"];
        return words.Count == 0 ? ["SQL"] : [$"`{string.Join(' ', words.Take(6))}`"];
    }

    [GeneratedRegex("""_efroll_origin|_efroll_filled|_efroll_passing|~efroll_|"efroll"\.|\$efroll\$|public_20240101000000_Example|old_20240101000000_Example|empty_20240101000000_Example""")]
    private static partial Regex Ours();

    [GeneratedRegex("\"(?:[^\"]|\"\")*\"(\\.\"(?:[^\"]|\"\")*\")*,?")]
    private static partial Regex Names();

    [GeneratedRegex("^[A-Z]+$")]
    private static partial Regex Keyword();
}
