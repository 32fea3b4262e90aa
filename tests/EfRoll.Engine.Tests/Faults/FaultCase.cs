using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Faults;

/// <summary>A change that faults happen to.</summary>
/// <param name="Name">The operation, as <c>docs/operations.md</c> calls it.</param>
/// <param name="Setup">The tables and rows beside those of every case (<see cref="FaultCases.Setup"/>).</param>
/// <param name="Operations">The change.</param>
sealed record FaultCase(string Name, string Setup, EquatableList<Operation> Operations)
{
    /// <summary>Whether a rollback keeps something, and says so: a wider type, new labels.</summary>
    public bool KeepsAfterRollback { get; init; }

    /// <summary>What must be the same of the rows whenever it is completed, as one text; all of them, where nothing is said.</summary>
    public string? CompletedRows { get; init; }

    /// <summary>EF Core's history.</summary>
    public MigrationHistory? History { get; init; }

    /// <summary>What the engine is asked for.</summary>
    public RolloutRequest Request => new([new Migration("m", Operations)]) { History = History };

    /// <summary>Runs a command about it.</summary>
    public async Task RunAsync(RollEngine engine, RollCommand command, CancellationToken cancellationToken) => _ = command switch
    {
        RollCommand.Start => await engine.ExpandAsync(Request, cancellationToken),
        RollCommand.Complete => await engine.ContractAsync(cancellationToken),
        _ => await engine.RollbackAsync(cancellationToken),
    };

    /// <summary>Makes the database of the old version.</summary>
    public async Task<TestDatabase> CreateAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        var database = await TestDatabase.CreateAsync(server, cancellationToken);
        await database.ExecuteAsync(FaultCases.Setup, cancellationToken);
        if (Setup.Length > 0)
            await database.ExecuteAsync(Setup, cancellationToken);
        return database;
    }
}
