using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Bench.Backfill;

/// <summary>A few statements in one transaction.</summary>
/// <param name="name">As the results call it.</param>
/// <param name="statements">What is measured.</param>
/// <param name="preparation">What is done before.</param>
sealed class StatementsWay(string name, IReadOnlyList<string> statements, string? preparation = null) : IWay
{
    public string Name => name;

    public async Task RunAsync(TestDatabase database, Meter meter, CancellationToken cancellationToken)
    {
        if (preparation is not null)
            await database.ExecuteAsync(preparation, cancellationToken);
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        meter.Begin();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        meter.End();
    }
}
