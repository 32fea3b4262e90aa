using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EfRoll.Engine;

namespace EfRoll.Tool.Output;

/// <summary>Says how a database stands, for people and for programs.</summary>
static class StatusText
{
    static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ForPeople(DatabaseStatus status, string database)
    {
        var text = new StringBuilder();
        Line(text, "database", database);
        Line(text, "version", status.CurrentMigration ?? "none that EfRoll knows of");
        if (!status.IsInitialized)
            Line(text, "state", "EfRoll was not used on it yet");
        if (status.Open is { } open)
            Rollout(text, open, "open rollout");
        else if (status.IsInitialized)
            Line(text, "open rollout", "none");
        if (status.Last is { } last)
            Line(text, "last rollout", $"{last.TargetMigration}, {Word(last.Phase)} {Time(last.UpdatedAt)}");
        var title = "sessions";
        foreach (var group in status.Sessions.GroupBy(session => (session.Version, session.Migration, session.Application, session.Role)).OrderBy(group => group.Key.Version))
        {
            var active = group.Any(session => session.IsActive is null) ? "" : string.Create(CultureInfo.InvariantCulture, $", {group.Count(session => session.IsActive == true)} active");
            var application = group.Key.Application.Length > 0 ? group.Key.Application : "without a name";
            Line(text, title, string.Create(CultureInfo.InvariantCulture, $"{group.Count()}{active}: {application}, role {group.Key.Role}, {Version(group.First(), status.Open is not null)}"));
            title = "";
        }

        return text.ToString();
    }

    public static string AsJson(DatabaseStatus status)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteBoolean("initialized", status.IsInitialized);
            json.WriteString("currentMigration", status.CurrentMigration);
            WriteRollout(json, "open", status.Open);
            WriteRollout(json, "last", status.Last);
            json.WriteStartArray("sessions");
            foreach (var session in status.Sessions)
            {
                json.WriteStartObject();
                json.WriteNumber("pid", session.ProcessId);
                json.WriteString("application", session.Application);
                json.WriteString("role", session.Role);
                json.WriteString("version", Word(session.Version));
                json.WriteString("migration", session.Migration);
                if (session.IsActive is { } isActive)
                    json.WriteBoolean("active", isActive);
                if (session.Since is { } since)
                    json.WriteString("since", since.ToUniversalTime());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static string Word(Phase phase) => phase switch
    {
        Phase.Expanding => "starting",
        Phase.Expanded => "started: both versions can work",
        Phase.Contracting => "completing",
        Phase.Completed => "completed",
        _ => "rolled back",
    };

    static void Rollout(StringBuilder text, RolloutStatus rollout, string title)
    {
        Line(text, title, rollout.TargetMigration);
        Line(text, "  from", rollout.BaseMigration ?? "nothing");
        foreach (var (number, migration) in rollout.Migrations.Index())
            Line(text, number > 0 ? "" : rollout.BackTo is null ? "  migrations" : "  undoes", migration);
        Line(text, "  phase", Word(rollout.Phase));
        if (rollout.Steps > 0)
            Line(text, "  steps", string.Create(CultureInfo.InvariantCulture, $"{rollout.StepsDone} of {rollout.Steps} done"));
        if (rollout.VersionSchemas.Count > 0)
            Line(text, "  new version", string.Join(", ", rollout.VersionSchemas));
        foreach (var backfill in rollout.Backfills)
        {
            Line(text, "  backfill", string.Create(CultureInfo.InvariantCulture,
                $"{backfill.Table}: {(backfill.IsDone ? "done" : $"{Megabytes(backfill.PagesDone, backfill)} of {Megabytes(backfill.Pages, backfill)} MB")}, {backfill.Rows:N0} rows"));
            if (!backfill.IsDone && backfill.Remaining is { } remaining)
                Line(text, "", string.Create(CultureInfo.InvariantCulture, $"{backfill.RowsPerSecond:N0} rows/s, {PlainProgress.Left(remaining)} left"));
            foreach (var reason in backfill.IsDone ? [] : backfill.HeldBy)
                Line(text, "  held", reason);
        }

        foreach (var (number, drift) in rollout.Drift.Index())
            Line(text, number > 0 ? "" : "  drift", drift.Consequence is null ? drift.Text : $"{drift.Text}: 'complete' refuses, since {drift.Consequence}");
        if (rollout.Locks.MaxBy(use => use.Held) is { } held)
            Line(text, "  locks", Milliseconds($"held for {held.Held.TotalMilliseconds:0.#} ms at most ({held.Relation}: {held.Title})"));
        if (rollout.Locks.MaxBy(use => use.Waited) is { } waited)
            Line(text, "", Milliseconds($"waited for {waited.Waited.TotalMilliseconds:0.#} ms at most ({waited.Relation}: {waited.Title})"));
        if (rollout.PausedAt is { } paused && rollout.Phase == Phase.Expanding)
            Line(text, "  paused", $"{Time(paused)}; 'resume' lets the backfills go on");
        Line(text, "  since", Time(rollout.StartedAt));
        Line(text, "  next", rollout.Phase switch
        {
            Phase.Expanded => "complete, or rollback",
            Phase.Expanding => "start again to go on, or rollback",
            _ => "complete again to go on",
        });
    }

    static void WriteRollout(Utf8JsonWriter json, string name, RolloutStatus? rollout)
    {
        if (rollout is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("id", rollout.Id);
        json.WriteString("baseMigration", rollout.BaseMigration);
        json.WriteString("targetMigration", rollout.TargetMigration);
        json.WriteBoolean("goesBack", rollout.BackTo is not null);
        WriteStrings(json, "migrations", rollout.Migrations);
        json.WriteString("phase", rollout.Phase switch
        {
            Phase.Expanding => "expanding",
            Phase.Expanded => "expanded",
            Phase.Contracting => "contracting",
            Phase.Completed => "completed",
            _ => "rolledBack",
        });
        WriteStrings(json, "versionSchemas", rollout.VersionSchemas);
        json.WriteNumber("stepsDone", rollout.StepsDone);
        json.WriteNumber("steps", rollout.Steps);
        json.WriteStartArray("backfills");
        foreach (var backfill in rollout.Backfills)
        {
            json.WriteStartObject();
            json.WriteString("table", backfill.Table);
            json.WriteNumber("pagesDone", backfill.PagesDone);
            json.WriteNumber("pages", backfill.Pages);
            json.WriteNumber("pageSize", backfill.PageSize);
            json.WriteNumber("rows", backfill.Rows);
            json.WriteNumber("rowsPerSecond", Math.Round(backfill.RowsPerSecond));
            if (backfill.Remaining is { } remaining)
                json.WriteNumber("secondsLeft", Math.Round(remaining.TotalSeconds, 1));
            WriteStrings(json, "heldBy", backfill.HeldBy);
            json.WriteBoolean("done", backfill.IsDone);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("locks");
        foreach (var use in rollout.Locks)
        {
            json.WriteStartObject();
            json.WriteString("title", use.Title);
            json.WriteString("relation", use.Relation);
            json.WriteString("mode", use.Mode);
            json.WriteNumber("waitedMs", Math.Round(use.Waited.TotalMilliseconds, 1));
            json.WriteNumber("heldMs", Math.Round(use.Held.TotalMilliseconds, 1));
            json.WriteNumber("attempts", use.Attempts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("drift");
        foreach (var drift in rollout.Drift)
        {
            json.WriteStartObject();
            json.WriteString("text", drift.Text);
            json.WriteString("consequence", drift.Consequence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (rollout.PausedAt is { } paused)
            json.WriteString("pausedAt", paused.ToUniversalTime());
        json.WriteString("startedAt", rollout.StartedAt.ToUniversalTime());
        json.WriteString("updatedAt", rollout.UpdatedAt.ToUniversalTime());
        json.WriteEndObject();
    }

    static string Version(ApplicationSession session, bool isOpen) => session.Version switch
    {
        SessionVersion.Old => $"on the old version ({session.Migration})",
        SessionVersion.Current => isOpen ? $"on the new version ({session.Migration})" : "on this version",
        SessionVersion.Other => "on a version that EfRoll does not know here",
        _ => "does not say on which version",
    };

    static string Word(SessionVersion version) => version switch
    {
        SessionVersion.Old => "old",
        SessionVersion.Current => "current",
        SessionVersion.Other => "other",
        _ => "unknown",
    };

    static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    static string Milliseconds(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static string Megabytes(long pages, BackfillStatus backfill) => (pages * backfill.PageSize / 1e6).ToString("N0", CultureInfo.InvariantCulture);

    static void Line(StringBuilder text, string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-15} {value}\n");

    static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
