using System.Collections.Immutable;
using System.Net;
using System.Text.Json;

namespace EfApp.Load;

/// <summary>Keeps the workers at work through the phases of the demo.</summary>
sealed class Drive : IAsyncDisposable
{
    const int PageSize = 1000;

    readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    readonly List<Phase> _phases = [];
    readonly ImmutableArray<Worker> _workers;
    readonly SemaphoreSlim _permits;
    readonly CancellationTokenSource _stop = new();
    readonly List<Task> _tasks = [];
    readonly int _seeded;
    readonly TimeSpan _pace;
    Phase? _current;
    ExpectedUser _misfit;

    /// <param name="seeded">How many users there are at the start.</param>
    /// <param name="workers">How many clients there are; each has one request under way at a time.</param>
    /// <param name="rate">How many things all of them together do in a second at most.</param>
    public Drive(int seeded, int workers, int rate)
    {
        _seeded = seeded;
        _pace = TimeSpan.FromSeconds((double)workers / rate);
        _workers = [.. Enumerable.Range(0, workers).Select(number => new Worker(number, workers, seeded))];
        _permits = new SemaphoreSlim(0);
        _misfit = Seed.User(Seed.MisfitOf(seeded), seeded);
    }

    public IReadOnlyList<Phase> Phases => _phases;

    /// <summary>
    /// Goes over to another phase. When this returns, no request of the phase before is under way: a process that is not in the new one can
    /// be stopped.
    /// </summary>
    public async Task EnterAsync(string name, long maxCredits, IEnumerable<(Role Role, int Release, ImmutableArray<Uri> Processes)> servers)
    {
        var isFirst = _current is null;
        if (!isFirst)
            await PauseAsync();
        _current = new Phase(
            name, maxCredits, [.. servers.Select(server => new Server(_http, server.Role, server.Release, server.Processes))]);
        _phases.Add(_current);
        Resume();
        if (isFirst)
            _tasks.AddRange(_workers.Select(worker => Task.Run(() => WorkAsync(worker))));
    }

    /// <summary>Gives the user whose badge is no number one that is, through the release that runs.</summary>
    public async Task MendAsync()
    {
        var server = _current!.Servers[0];
        _misfit = _misfit with { Badge = $"{_misfit.Id}" };
        var input = _misfit.InputFor(server.Release);
        await server.SendAsync(HttpMethod.Put, $"/users/{_misfit.Id}", input, HttpStatusCode.NoContent, CancellationToken.None);
    }

    /// <summary>Compares every row through every server that is up, while nobody writes.</summary>
    public async Task CheckAsync()
    {
        await PauseAsync();
        try
        {
            var phase = _current! with { Name = "  all rows compared", Servers = [.. _current!.Servers.Select(server => server.Again())] };
            _phases.Add(phase);
            var expected = Expected();
            await Task.WhenAll(phase.Servers.Select(server => CompareAllAsync(server, expected)));
        }
        finally
        {
            Resume();
        }
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks);
        _tasks.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _permits.Dispose();
        _http.Dispose();
    }

    async Task PauseAsync()
    {
        for (var permit = 0; permit < _workers.Length; permit++)
            await _permits.WaitAsync(_stop.Token);
    }

    void Resume() => _permits.Release(_workers.Length);

    async Task WorkAsync(Worker worker)
    {
        using var timer = new PeriodicTimer(_pace);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await _permits.WaitAsync(_stop.Token);
                try
                {
                    await worker.ActAsync(_current!, CancellationToken.None);
                }
                finally
                {
                    _permits.Release();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The load ends.
        }
    }

    /// <summary>All users by id; null for those that are deleted; those whose state is unknown are left out.</summary>
    SortedDictionary<int, ExpectedUser?> Expected()
    {
        var expected = new SortedDictionary<int, ExpectedUser?>();
        for (var id = 1; id <= _seeded; id++)
        {
            if (Worker.Owner(id, _workers.Length, _seeded) is null)
                expected[id] = Seed.User(id, _seeded);
        }

        expected[_misfit.Id] = _misfit;
        foreach (var (id, user) in _workers.SelectMany(worker => worker.Owned))
            expected[id] = user;
        return expected;
    }

    async Task CompareAllAsync(Server server, SortedDictionary<int, ExpectedUser?> expected)
    {
        var unknown = _workers.SelectMany(worker => worker.Unknown).ToHashSet();
        var seen = new HashSet<int>();
        var after = 0;
        while (true)
        {
            var path = $"/users?after={after}&take={PageSize}";
            var page = await server.SendAsync(HttpMethod.Get, path, null, HttpStatusCode.OK, CancellationToken.None);
            if (page is null)
                return;
            foreach (var user in page.Json.EnumerateArray())
            {
                after = user.GetProperty("id").GetInt32();
                seen.Add(after);
                CompareOne(server, after, user, expected, unknown);
            }

            if (page.Json.GetArrayLength() < PageSize)
                break;
        }

        foreach (var (id, user) in expected.Where(pair => !seen.Contains(pair.Key)))
        {
            if (user is null)
                server.IsRightlyAbsent();
            else
                server.Differs(id, "is missing");
        }
    }

    static void CompareOne(Server server, int id, JsonElement user, SortedDictionary<int, ExpectedUser?> expected, HashSet<int> unknown)
    {
        if (expected.TryGetValue(id, out var it) && it is not null)
            server.Compare(it, user);
        else if (!unknown.Contains(id))
            server.Differs(id, "should not be there");
    }
}
