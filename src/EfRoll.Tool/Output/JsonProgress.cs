using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EfRoll.Engine;

namespace EfRoll.Tool.Output;

/// <summary>Progress for programs: one JSON object a line on standard output, as it happens.</summary>
sealed class JsonProgress(Action<string> write, TimeProvider clock) : IProgress<RollProgress>
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Lock _lock = new();

    public void Report(RollProgress value)
    {
        lock (_lock)
            write(Line(value));
    }

    string Line(RollProgress value)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("at", clock.GetUtcNow());
            switch (value)
            {
                case StepProgress step:
                    json.WriteString("event", "step");
                    json.WriteNumber("number", step.Number);
                    json.WriteNumber("count", step.Count);
                    json.WriteString("title", step.Title);
                    json.WriteString("state", step.State switch { StepState.Started => "started", StepState.Done => "done", _ => "skipped" });
                    if (step.Elapsed is { } elapsed)
                        json.WriteNumber("seconds", elapsed.TotalSeconds);
                    break;
                case BackfillProgress backfill:
                    json.WriteString("event", "backfill");
                    json.WriteString("table", backfill.Table);
                    json.WriteNumber("pagesDone", backfill.PagesDone);
                    json.WriteNumber("pages", backfill.Pages);
                    json.WriteNumber("rows", backfill.Rows);
                    json.WriteNumber("rowsPerSecond", Math.Round(backfill.RowsPerSecond));
                    if (backfill.Remaining is { } remaining)
                        json.WriteNumber("secondsLeft", Math.Round(remaining.TotalSeconds, 1));
                    json.WriteNumber("workers", backfill.Workers);
                    Strings(json, "heldBy", backfill.HeldBy);
                    break;
                case LockProgress wait:
                    json.WriteString("event", "lock");
                    json.WriteString("title", wait.Title);
                    json.WriteNumber("attempt", wait.Attempt);
                    Strings(json, "blockers", wait.Blockers);
                    break;
                case NoticeProgress notice:
                    json.WriteString("event", "notice");
                    json.WriteString("text", notice.Text);
                    break;
                default:
                    throw new NotSupportedException($"There is no line for {value.GetType().Name}.");
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
