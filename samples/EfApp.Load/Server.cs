using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EfApp.Load;

/// <summary>Whether a server's release is the one that leaves or the one that comes.</summary>
enum Role
{
    Old,
    New,
}

/// <summary>A running release of the service within one phase, and what was measured of it.</summary>
/// <remarks>It may run as several processes; they get the requests in turn, as from a load balancer.</remarks>
sealed class Server(HttpClient http, Role role, int release, ImmutableArray<Uri> processes)
{
    const int MaxShown = 20;

    readonly Lock _lock = new();
    readonly List<double> _milliseconds = [];
    int _failed;
    int _checked;
    int _differ;
    uint _turn;

    public Role Role => role;

    public int Release => release;

    public int Requests => _milliseconds.Count;

    public int Failed => _failed;

    public int Checked => _checked;

    public int Differ => _differ;

    /// <summary>The same server, with nothing measured yet.</summary>
    public Server Again() => new(http, role, release, processes);

    /// <summary>Sends a request; null if it failed, which is counted.</summary>
    public async Task<Answer?> SendAsync(
        HttpMethod method, string path, JsonObject? body, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        var process = processes[(int)(Interlocked.Increment(ref _turn) % (uint)processes.Length)];
        var started = Stopwatch.GetTimestamp();
        string failure;
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(process, path));
            if (body is not null)
                request.Content = JsonContent.Create(body);
            using var response = await http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            Measure(started);
            if (response.StatusCode == expected)
                return new Answer(text);
            failure = $"{(int)response.StatusCode} {text}";
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Measure(started);
            failure = exception.Message;
        }

        Interlocked.Increment(ref _failed);
        await Console.Error.WriteLineAsync($"failed: release {release} at {process} {method} {path}: {failure}");
        return null;
    }

    /// <summary>Counts a row as checked, and as different if it is.</summary>
    public void Compare(ExpectedUser expected, JsonElement actual)
    {
        Interlocked.Increment(ref _checked);
        var view = JsonSerializer.SerializeToElement(expected.ViewIn(release));
        if (JsonElement.DeepEquals(view, actual))
            return;
        CountDifference($"release {release} answers {actual} instead of {view}");
    }

    /// <summary>Counts a row that is there and should not be, or the other way round.</summary>
    public void Differs(int id, string how)
    {
        Interlocked.Increment(ref _checked);
        CountDifference($"release {release}, user {id} {how}");
    }

    /// <summary>Counts a row that is rightly absent.</summary>
    public void IsRightlyAbsent() => Interlocked.Increment(ref _checked);

    /// <summary>The latency that this share of the requests did not exceed; 1 for the longest.</summary>
    public double Percentile(double share)
    {
        lock (_lock)
        {
            if (_milliseconds.Count == 0)
                return 0;
            _milliseconds.Sort();
            return _milliseconds[Math.Clamp((int)Math.Ceiling(share * _milliseconds.Count) - 1, 0, _milliseconds.Count - 1)];
        }
    }

    void CountDifference(string what)
    {
        // A wrong migration makes every row differ; the first few say how.
        if (Interlocked.Increment(ref _differ) <= MaxShown)
            Console.Error.WriteLine($"differs: {what}");
    }

    void Measure(long started)
    {
        var milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        lock (_lock)
            _milliseconds.Add(milliseconds);
    }
}

/// <summary>What a server answered as expected.</summary>
sealed record Answer(string Text)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Text);
}
