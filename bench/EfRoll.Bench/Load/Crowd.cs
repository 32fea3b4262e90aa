using System.Diagnostics;

namespace EfRoll.Bench.Load;

/// <summary>Clients of one version that do things as fast as they can.</summary>
sealed class Crowd : IAsyncDisposable
{
    readonly List<(Client Client, Random Random)> _members = [];
    readonly int _rows;

    Crowd(long rows) => _rows = (int)rows;

    /// <summary>Connects them.</summary>
    public static async Task<Crowd> GatherAsync(string connectionString, string? searchPath, int size, long rows, CancellationToken cancellationToken)
    {
        var crowd = new Crowd(rows);
        for (var number = 0; number < size; number++)
            crowd._members.Add((await Client.ConnectAsync(connectionString, searchPath, cancellationToken), new Random(number)));
        return crowd;
    }

    /// <summary>Lets all of them do one of these again and again.</summary>
    /// <returns>How many were done in a second.</returns>
    public async Task<double> RunAsync(IReadOnlyList<Deed> deeds, TimeSpan time, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var done = await Task.WhenAll(_members.Select(member => Task.Run(
            async () =>
            {
                var count = 0L;
                for (; Stopwatch.GetElapsedTime(began) < time; count++)
                    await member.Client.DoAsync(deeds[member.Random.Next(deeds.Count)], member.Random.Next(1, _rows + 1), cancellationToken);
                return count;
            },
            cancellationToken)));
        return done.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (client, _) in _members)
            await client.DisposeAsync();
    }
}
