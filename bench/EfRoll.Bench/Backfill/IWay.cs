using EfRoll.TestSupport;

namespace EfRoll.Bench.Backfill;

/// <summary>A way to give every row its new value.</summary>
interface IWay
{
    /// <summary>As the results call it.</summary>
    string Name { get; }

    /// <summary>Whether it can be gone with such a table.</summary>
    bool CanDo(Shape shape) => true;

    /// <summary>Goes it; only what lies between the meter's begin and end is measured.</summary>
    Task RunAsync(TestDatabase database, Meter meter, CancellationToken cancellationToken);
}
