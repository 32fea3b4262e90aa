using BenchmarkDotNet.Attributes;

namespace EfRoll.Bench.Connections;

/// <summary>What an application does with its connections, as BenchmarkDotNet wants it told.</summary>
public class ConnectionBenchmarks : IDisposable
{
    const string Version = "20260101000000_Bench";

    // A session is looked at twice, with a reset in between, before it is known that the version arrives; from then on nothing more is asked.
    const int TimesUntilArrived = 3;

    Application? _application;

    /// <summary>Where to; set before they run, since BenchmarkDotNet makes the object itself.</summary>
    internal static string ConnectionString { get; set; } = "";

    /// <summary>Whether the application is on a version.</summary>
    [Params(false, true)]
    public bool WithEfRoll { get; set; }

    Application Application => _application ?? throw new InvalidOperationException("Nothing was set up.");

    /// <summary>Opens the pools.</summary>
    [GlobalSetup]
    public void Connect()
    {
        _application = new Application(ConnectionString, WithEfRoll ? Version : null);
        for (var time = 0; time < TimesUntilArrived; time++)
            _application.QueryOnce();
    }

    /// <summary>Opens and closes a context's connection.</summary>
    [Benchmark]
    public void OpenAndClose() => Application.OpenAndClose();

    /// <summary>The same without EF Core.</summary>
    [Benchmark]
    public void OpenAndCloseByHand() => Application.OpenAndCloseByHand();

    /// <summary>Makes a context and reads a row with it.</summary>
    [Benchmark]
    public void QueryOnce() => Application.QueryOnce();

    /// <summary>Leaves nothing open.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _application?.Dispose();
        GC.SuppressFinalize(this);
    }
}
