using System.Globalization;
using System.Text;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>Writes a plan as markdown for a comment on a pull request: a table of steps for each phase, the SQL folded away below it.</summary>
public static class PlanMarkdown
{
    /// <summary>Writes the plan; unless asked for all SQL, long statements are cut.</summary>
    public static string Of(Plan plan, bool isSqlComplete = false) => new Writer(isSqlComplete).Write(plan);

    sealed class Writer(bool isSqlComplete)
    {
        readonly StringBuilder _text = new();
        readonly SqlExcerpt _sql = new(Width: 100, isSqlComplete) { Ellipsis = "-- …" };

        public string Write(Plan plan)
        {
            Line(plan.ViewsOf is { } current
                ? $"## The views of {MarkdownText.Code(current)}"
                : $"## Rollout from {(plan.BaseMigration is { } from ? MarkdownText.Code(from) : "nothing")} to {MarkdownText.Code(plan.TargetMigration)}");
            Line();
            foreach (var migration in plan.Migrations)
                Line($"- {(plan.BackTo is null ? "does" : "takes back")} {MarkdownText.Code(migration)}");
            foreach (var (schema, version) in plan.VersionSchemas)
                Line($"- the {(plan.ViewsOf is null ? "new version" : "version")} sees schema {MarkdownText.Code(schema.Value)} through {MarkdownText.Code(version.Value)}");
            foreach (var note in plan.Notes)
                Line($"- **Note:** {MarkdownText.Sentence(note)}");

            Phase("start", "makes room for both versions", plan.Expand);
            Phase("complete", "ends the old version", plan.Contract);
            Rollback(plan);
            return _text.ToString();
        }

        void Phase(string name, string purpose, EquatableList<Step> steps)
        {
            Line();
            Line(string.Create(CultureInfo.InvariantCulture, $"### {name}: {purpose}, {(steps.Count == 1 ? "1 step" : $"{steps.Count} steps")}"));
            if (steps.Count == 0)
                return;
            Line();
            Line("| | Step | Lock | Runs |");
            Line("|-:|---|---|---|");
            var sql = new List<string>();
            for (var i = 0; i < steps.Count; i++)
            {
                var step = StepText.Of(steps[i]);
                var rows = step.Rows is { } count ? string.Create(CultureInfo.InvariantCulture, $"; about {count:N0} rows") : "";
                Line(string.Create(CultureInfo.InvariantCulture,
                    $"| {i + 1} | {MarkdownText.Sentence(steps[i].Title)}{Hazards(steps[i])} | {Locks(step)} | {step.Runs}{rows} |"));
                sql.Add(string.Create(CultureInfo.InvariantCulture, $"-- {i + 1}. {steps[i].Title.ReplaceLineEndings(" ")}"));
                sql.AddRange(_sql.Lines(step.Statements));
            }

            Folded($"SQL of {name}", sql);
        }

        void Rollback(Plan plan)
        {
            var undo = StepText.OfRollback(plan);
            Line();
            Line("### rollback: ends the new version, in one transaction");
            Line();
            if (undo.Statements.Count == 0)
            {
                Line("Nothing is to be undone.");
                return;
            }

            Line(undo.Locks.Count == 0 ? "It locks no table." : $"Locks: {Locks(undo)}.");
            Folded("SQL of rollback", _sql.Lines(undo.Statements));
        }

        static string Hazards(Step step) => string.Concat(step.Hazards.Select(hazard => $"<br>**!** {MarkdownText.Sentence(hazard)}"));

        static string Locks(StepText step) => step.Locks.Count == 0
            ? "none"
            : string.Join("<br>", step.LocksByMode.Select(group =>
                $"{StepText.NameOf(group.Key)} on {string.Join(", ", group.Select(wanted => MarkdownText.Code(wanted.Relation.Display)))}"));

        void Folded(string summary, IEnumerable<string> sql)
        {
            Line();
            Line($"<details><summary>{summary}</summary>");
            Line();
            _text.Append(MarkdownText.Block("sql", string.Join('\n', sql)));
            Line();
            Line("</details>");
        }

        void Line(string line = "") => _text.Append(line).Append('\n');
    }
}
