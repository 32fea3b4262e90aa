namespace EfRoll.Bench;

/// <summary>One of the things that are measured.</summary>
interface IPart
{
    /// <summary>What <c>--only</c> calls it.</summary>
    string Name { get; }

    /// <summary>Measures it and tells what came out.</summary>
    Task RunAsync(BenchOptions options, Findings findings, CancellationToken cancellationToken);
}
