using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace EfRoll.Runtime.Tests;

/// <summary>Runs a test once for each way of connecting and each binding.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class AllWaysAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>([.. Enum.GetValues<EfRollBinding>().SelectMany(binding => Enum.GetValues<Way>().Select(way => new TheoryDataRow<Way, EfRollBinding>(way, binding)))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
