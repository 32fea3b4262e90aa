using System.Globalization;
using System.Text;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>Writes a plan for people: phases, numbered steps, locks, SQL; no line over 80 characters unless a name or a literal is.</summary>
public static class PlanText
{
    const int Width = 80;
    const int LinesShown = 12;

    // Of EfRoll's own machinery, which looks alike in every plan.
    const int LinesShownOfOurs = 1;
    static readonly string[] Ours = ["CREATE FUNCTION \"efroll\".", "CREATE TRIGGER \"~efroll_", "CREATE TRIGGER \"!efroll_", "CREATE OR REPLACE TRIGGER \"~efroll_", "DO $efroll$"];

    // They look up at complete what hangs on the columns: hundreds of lines that say nothing about this plan.
    static readonly string[] SameInEveryPlan = ["DO $efroll$\n-- Takes away what hangs", "DO $efroll$\n-- Makes anew what was"];

    /// <summary>Writes the plan; unless asked for all SQL, long statements are cut.</summary>
    public static string Of(Plan plan, bool isSqlComplete = false) => new Writer(isSqlComplete).Write(plan);

    sealed class Writer(bool isSqlComplete)
    {
        readonly StringBuilder _text = new();

        public string Write(Plan plan)
        {
            Line(0, plan.ViewsOf is { } current ? $"The views of {current}" : $"From {plan.BaseMigration ?? "nothing"} to {plan.TargetMigration}");
            foreach (var migration in plan.Migrations)
                Line(2, $"{(plan.BackTo is null ? '+' : '-')} {migration}");
            foreach (var (schema, version) in plan.VersionSchemas)
                Line(0, $"{(plan.ViewsOf is null ? "The new" : "That")} version sees schema {schema.Value} through {version.Value}.");
            foreach (var note in plan.Notes)
                Line(0, $"Note: {note}", hanging: 6);

            Phase("start", "makes room for both versions", plan.Expand);
            Phase("complete", "ends the old version", plan.Contract);
            Rollback(plan);
            return _text.ToString();
        }

        void Phase(string name, string purpose, EquatableList<Step> steps)
        {
            _text.Append('\n');
            var title = string.Create(CultureInfo.InvariantCulture, $"== {name}: {purpose}, {(steps.Count == 1 ? "1 step" : $"{steps.Count} steps")} ");
            _text.Append(title).Append('=', Math.Max(0, Width - title.Length)).Append('\n');
            for (var i = 0; i < steps.Count; i++)
            {
                _text.Append('\n');
                Line(0, string.Create(CultureInfo.InvariantCulture, $"{i + 1,2}. {steps[i].Title}"), hanging: 4);
                Describe(steps[i]);
                foreach (var hazard in steps[i].Hazards)
                    Line(4, $"! {hazard}", hanging: 2);
            }
        }

        void Describe(Step step)
        {
            switch (step)
            {
                case TransactionStep transaction:
                    Field("runs", transaction.Locks.Count > 0 ? "in one transaction; locks first, under the lock timeout" : "in one transaction");
                    Locks(transaction.Locks);
                    Sql(transaction.Statements);
                    break;
                case CreateIndexConcurrently index:
                    Field("runs", index.IsPartitioned ? "outside a transaction, partition by partition" : "outside a transaction");
                    Locks([new RelationLock(index.Table, LockMode.ShareUpdateExclusive)]);
                    Sql([index.Statement]);
                    break;
                case DropIndexConcurrently index:
                    Field("runs", "outside a transaction; reads and writes pass");
                    Sql([index.Statement]);
                    break;
                case ValidateConstraint constraint:
                    Field("runs", "outside a transaction; reads all rows");
                    Locks([new RelationLock(constraint.Table, LockMode.ShareUpdateExclusive)]);
                    Sql([constraint.Statement]);
                    break;
                case CountViolations count:
                    Field("runs", "only reads; goes on if it finds nothing");
                    Sql([count.Query]);
                    break;
                case TryExpressions trial:
                    Field("runs", "only reads, page range by page range; refuses where a value cannot be computed, or a required one is NULL");
                    Sql([Values(trial)]);
                    break;
                case BackfillTable backfill:
                    Field("runs", "in short batches, page range by page range; locks rows only");
                    if (backfill.EstimatedRows >= 0)
                        Field("rows", string.Create(CultureInfo.InvariantCulture, $"about {backfill.EstimatedRows:N0}"));
                    Sql([Update(backfill)]);
                    break;
                case RunOutsideTransaction run:
                    Field("runs", "outside a transaction");
                    Sql([run.Statement]);
                    break;
                default:
                    throw new InvalidOperationException($"{step.GetType().Name} has no form in a plan's text.");
            }
        }

        void Rollback(Plan plan)
        {
            _text.Append('\n');
            const string title = "== rollback: ends the new version, in one transaction ";
            _text.Append(title).Append('=', Width - title.Length).Append("\n\n");
            var steps = plan.Expand.Reverse().Where(step => step.Undo.Count > 0).ToList();
            if (steps.Count == 0)
                Line(4, "Nothing is to be undone.");
            Locks(steps.SelectMany(step => step is TransactionStep transaction ? step.UndoLocks.Concat(transaction.Locks) : step.UndoLocks)
                .GroupBy(wanted => wanted.Relation).Select(group => group.MaxBy(wanted => wanted.Mode)!).ToList());
            Sql(steps.SelectMany(step => step.Undo));
        }

        static SqlText Update(BackfillTable backfill)
        {
            var assignments = backfill.Assignments.Select(assignment => (SqlText)$"{assignment.Column} = {assignment.Value}").Append((SqlText)$"{backfill.Marker} = 'o'");
            return $"UPDATE ONLY {backfill.Table} AS t\nSET\n    {SqlText.Join(",\n    ", assignments)}\nWHERE t.{backfill.Marker} = 'b'";
        }

        static SqlText Values(TryExpressions trial)
        {
            var values = trial.Assignments.Select(assignment => (SqlText)$"{assignment.Value} AS {assignment.Column}");
            return $"SELECT\n    {SqlText.Join(",\n    ", values)}\nFROM {trial.Table} AS t";
        }

        void Locks(IReadOnlyCollection<RelationLock> locks)
        {
            foreach (var group in locks.GroupBy(wanted => wanted.Mode).OrderByDescending(group => group.Key))
            {
                Field("lock", $"{Name(group.Key)} on {string.Join(", ", group.Select(wanted => wanted.Relation.Display))}");
            }
        }

        static string Name(LockMode mode) => mode switch
        {
            LockMode.AccessExclusive => "ACCESS EXCLUSIVE",
            LockMode.ShareRowExclusive => "SHARE ROW EXCLUSIVE (reads pass)",
            _ => "SHARE UPDATE EXCLUSIVE (reads and writes pass)",
        };

        void Field(string name, string value) => Line(4, $"{name}: {value}", hanging: name.Length + 2);

        void Sql(IEnumerable<SqlText> statements)
        {
            foreach (var statement in statements)
            {
                var sql = statement.ToString().Trim();
                // A comment at the end would swallow the semicolon.
                var end = sql.EndsWith(';') ? "" : sql[(sql.LastIndexOf('\n') + 1)..].Contains("--", StringComparison.Ordinal) ? "\n;" : ";";
                var lines = SqlLines.Of(sql + end, Width - 6).ToList();
                var most = Array.Exists(Ours, start => sql.StartsWith(start, StringComparison.Ordinal)) ? LinesShownOfOurs : LinesShown;
                var isFixed = Array.Exists(SameInEveryPlan, start => sql.StartsWith(start, StringComparison.Ordinal));
                var shown = isFixed ? LinesShownOfOurs : isSqlComplete || lines.Count <= most + 1 ? lines.Count : most;
                foreach (var line in lines.Take(shown))
                    _text.Append(line.Length == 0 ? "" : "      " + line).Append('\n');
                if (shown < lines.Count)
                    _text.Append(CultureInfo.InvariantCulture, $"      … {lines.Count - shown} more lines ({(isFixed ? "the same in every plan" : "--sql shows them")})\n");
            }
        }

        /// <summary>Writes a sentence, broken at spaces.</summary>
        void Line(int indent, string sentence, int hanging = 0)
        {
            var prefix = new string(' ', indent);
            var line = prefix;
            foreach (var word in sentence.Split(' '))
            {
                if (line.Length + word.Length > Width && line.Trim().Length > 0)
                {
                    _text.Append(line.TrimEnd()).Append('\n');
                    line = prefix + new string(' ', hanging);
                }

                line += word + " ";
            }

            _text.Append(line.TrimEnd()).Append('\n');
        }
    }
}
