using System.Net;

namespace EfApp.Load;

/// <summary>A client of the service. It alone writes the users it owns, so it knows what each of them must look like.</summary>
sealed class Worker(int number, int workers, int seeded)
{
    /// <summary>Of this many seeded users in a row each worker owns one; the rest is only read.</summary>
    const int Stride = 97;

    readonly Random _random = new(number);
    readonly Dictionary<int, ExpectedUser> _written = [];
    readonly List<int> _owned = [.. Enumerable.Range(1, seeded).Where(id => Owner(id, workers, seeded) == number)];
    readonly HashSet<int> _deleted = [];
    int _created;

    /// <summary>Users whose state a failed write left open; the failure has been counted.</summary>
    public HashSet<int> Unknown { get; } = [];

    /// <summary>The users it owns and what became of them; null for the deleted.</summary>
    public IEnumerable<KeyValuePair<int, ExpectedUser?>> Owned => _owned.Select(id => KeyValuePair.Create(id, (ExpectedUser?)Expected(id)))
        .Concat(_deleted.Select(id => KeyValuePair.Create(id, (ExpectedUser?)null)));

    /// <summary>The worker that writes a seeded user, null if nobody does; the misfit belongs to none of them.</summary>
    public static int? Owner(int id, int workers, int seeded) =>
        id == Seed.MisfitOf(seeded) ? -1 : id % Stride < workers ? id % Stride : null;

    /// <summary>Does one thing that a user of the service would do.</summary>
    public async Task ActAsync(Phase phase, CancellationToken cancellationToken)
    {
        var server = Any(phase);
        await (_random.Next(100) switch
        {
            < 30 => ReadAsync(server, Expected(AnyOwned()), cancellationToken),
            < 40 => ReadByLoginAsync(server, cancellationToken),
            < 50 => ReadPageAsync(server, cancellationToken),
            < 75 => UpdateAsync(phase, server, cancellationToken),
            < 88 => InsertAsync(phase, server, cancellationToken),
            < 95 => WriteNoteAsync(phase, cancellationToken),
            _ => DeleteAsync(phase, server, cancellationToken),
        });
    }

    static async Task ReadAsync(Server server, ExpectedUser expected, CancellationToken cancellationToken)
    {
        if (await server.SendAsync(HttpMethod.Get, $"/users/{expected.Id}", null, HttpStatusCode.OK, cancellationToken) is { } answer)
            server.Compare(expected, answer.Json);
    }

    async Task ReadByLoginAsync(Server server, CancellationToken cancellationToken)
    {
        var expected = Expected(AnyOwned());
        if (await server.SendAsync(HttpMethod.Get, $"/users/by-login/{expected.Login}", null, HttpStatusCode.OK, cancellationToken) is { } answer)
            server.Compare(expected, answer.Json);
    }

    async Task ReadPageAsync(Server server, CancellationToken cancellationToken)
    {
        var after = _random.Next(seeded - 20);
        if (await server.SendAsync(HttpMethod.Get, $"/users?after={after}&take=20", null, HttpStatusCode.OK, cancellationToken) is not { } answer)
            return;
        var users = answer.Json.EnumerateArray().ToDictionary(user => user.GetProperty("id").GetInt32());
        for (var id = after + 1; id <= Math.Min(users.Keys.DefaultIfEmpty(seeded).Max(), seeded); id++)
        {
            // What others write changes under our eyes; they look at it themselves.
            var owner = Owner(id, workers, seeded);
            if (owner is not null && (owner != number || Unknown.Contains(id) || _deleted.Contains(id)))
                continue;
            if (users.TryGetValue(id, out var user))
                server.Compare(Expected(id), user);
            else
                server.Differs(id, "is missing");
        }
    }

    async Task UpdateAsync(Phase phase, Server server, CancellationToken cancellationToken)
    {
        var before = Expected(AnyOwned());
        var after = Change(before, phase, server.Release);
        var input = after.InputFor(server.Release);
        if (await server.SendAsync(HttpMethod.Put, $"/users/{before.Id}", input, HttpStatusCode.NoContent, cancellationToken) is null)
        {
            Forget(before.Id);
            return;
        }

        _written[after.Id] = after;
        await ReadAsync(Other(phase, server), after, cancellationToken);
    }

    async Task InsertAsync(Phase phase, Server server, CancellationToken cancellationToken)
    {
        var login = $"worker{number}-{++_created}";
        var user = new ExpectedUser(0, login, "Nora", "Nobody", $"{login}@example.com") { Bio = "New here.", TeamId = Seed.Team(_created) };
        user = Change(user, phase, server.Release);
        var input = user.InputFor(server.Release);
        var answer = await server.SendAsync(HttpMethod.Post, "/users", input, HttpStatusCode.Created, cancellationToken);
        if (answer is null)
            return;
        user = user with { Id = answer.Json.GetProperty("id").GetInt32() };
        _owned.Add(user.Id);
        _written[user.Id] = user;
        await ReadAsync(Other(phase, server), user, cancellationToken);
    }

    async Task WriteNoteAsync(Phase phase, CancellationToken cancellationToken)
    {
        var user = Expected(AnyOwned());
        if (phase.Servers.FirstOrDefault(server => server.Release > 1) is not { } server)
        {
            await ReadAsync(Any(phase), user, cancellationToken);
            return;
        }

        var text = $"note {_random.Next()}";
        var path = $"/users/{user.Id}/notes";
        var answer = await server.SendAsync(HttpMethod.Post, path, new() { ["text"] = text }, HttpStatusCode.Created, cancellationToken);
        if (answer is null)
        {
            Forget(user.Id);
            return;
        }

        user = user with { Notes = user.Notes.Add(text) };
        _written[user.Id] = user;
        await ReadAsync(Other(phase, server), user, cancellationToken);
    }

    async Task DeleteAsync(Phase phase, Server server, CancellationToken cancellationToken)
    {
        var id = AnyOwned();
        Forget(id);
        if (await server.SendAsync(HttpMethod.Delete, $"/users/{id}", null, HttpStatusCode.NoContent, cancellationToken) is null)
            return;
        Unknown.Remove(id);
        _deleted.Add(id);
        var other = Other(phase, server);
        if (await other.SendAsync(HttpMethod.Get, $"/users/{id}", null, HttpStatusCode.NotFound, cancellationToken) is not null)
            other.IsRightlyAbsent();
    }

    ExpectedUser Change(ExpectedUser user, Phase phase, int release) => _random.Next(8) switch
    {
        0 => user with { FirstName = $"First{_random.Next(10_000)}" },
        1 => user with { LastName = $"Last von {_random.Next(10_000)}" },
        2 => user with { FirstName = $"Both{_random.Next(10_000)}", LastName = $"Names{_random.Next(10_000)}" },
        3 => user with { Email = $"{user.Login}.{_random.Next(10_000)}@example.org" },
        4 => user with { Phone = _random.Next(4) == 0 ? null : $"+49 {_random.Next()}" },
        // Only release 1 knows users without a bio.
        5 => user with { Bio = release == 1 && _random.Next(2) == 0 ? null : $"Bio {_random.Next()}." },
        6 => user with { Credits = _random.NextInt64(phase.MaxCredits) },
        _ => user with { Badge = $"{_random.Next(1_000_000)}", TeamId = Seed.Team(_random.Next(100)) },
    };

    ExpectedUser Expected(int id) => _written.TryGetValue(id, out var user) ? user : Seed.User(id, seeded);

    int AnyOwned() => _owned[_random.Next(_owned.Count)];

    Server Any(Phase phase) => phase.Servers[_random.Next(phase.Servers.Length)];

    /// <summary>The release that did not write, to see what the other one wrote; the same one while it is alone.</summary>
    static Server Other(Phase phase, Server writer) => phase.Servers.FirstOrDefault(server => server != writer) ?? writer;

    void Forget(int id)
    {
        _owned.Remove(id);
        _written.Remove(id);
        Unknown.Add(id);
    }
}
