using System.Globalization;
using System.Text;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>Writes a plan for people: phases, numbered steps, locks, SQL; no line over 80 characters unless a name or a literal is.</summary>
public static class PlanText
{
    const int Width = 80;

    /// <summary>Writes the plan; unless asked for all SQL, long statements are cut.</summary>
    public static string Of(Plan plan, bool isSqlComplete = false) => new Writer(isSqlComplete).Write(plan);

    sealed class Writer(bool isSqlComplete)
    {
        readonly StringBuilder _text = new();
        readonly SqlExcerpt _sql = new(Width - 6, isSqlComplete);

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
                Describe(StepText.Of(steps[i]));
                foreach (var hazard in steps[i].Hazards)
                    Line(4, $"! {hazard}", hanging: 2);
            }
        }

        void Describe(StepText step)
        {
            Field("runs", step.Runs);
            if (step.Rows is { } rows)
                Field("rows", string.Create(CultureInfo.InvariantCulture, $"about {rows:N0}"));
            Locks(step);
            Sql(step);
        }

        void Rollback(Plan plan)
        {
            _text.Append('\n');
            const string title = "== rollback: ends the new version, in one transaction ";
            _text.Append(title).Append('=', Width - title.Length).Append("\n\n");
            var undo = StepText.OfRollback(plan);
            if (undo.Statements.Count == 0)
                Line(4, "Nothing is to be undone.");
            Locks(undo);
            Sql(undo);
        }

        void Locks(StepText step)
        {
            foreach (var group in step.LocksByMode)
                Field("lock", $"{StepText.NameOf(group.Key)} on {string.Join(", ", group.Select(wanted => wanted.Relation.Display))}");
        }

        void Field(string name, string value) => Line(4, $"{name}: {value}", hanging: name.Length + 2);

        void Sql(StepText step)
        {
            foreach (var line in _sql.Lines(step.Statements))
                _text.Append(line.Length == 0 ? "" : "      " + line).Append('\n');
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
