using System.Collections.Immutable;

namespace EfApp.Load;

/// <summary>A part of the demo: which releases are up.</summary>
/// <param name="Name">As the report calls it.</param>
/// <param name="MaxCredits">
/// The most credits that a user may get: as long as the rollout of release 2 is open, the database keeps what release 1 could read.
/// </param>
/// <param name="Servers">The releases that are up.</param>
sealed record Phase(string Name, long MaxCredits, ImmutableArray<Server> Servers);
