using EfRoll.Engine.Operations;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace EfRoll.Engine.Tests.Operations;

/// <summary>
/// A schema, a change of it, and what must hold while both versions run. <see cref="RunAsync"/> walks it through its whole life: rollback from
/// every step gives the schema from before, complete gives the schema that EF Core's own migration makes, also when stopped after every step.
/// </summary>
public sealed record OperationLife
{
    /// <summary>The schema and rows of the old version.</summary>
    public required string Setup { get; init; }

    /// <summary>The change, as one migration.</summary>
    public EquatableList<Operation> Operations { get; init; } = [];

    /// <summary>The change, as several migrations of one rollout; instead of <see cref="Operations"/>.</summary>
    public EquatableList<EquatableList<Operation>> Migrations { get; init; } = [];

    /// <summary>The same change as EF Core would make it.</summary>
    public Action<MigrationBuilder>? Ef { get; init; }

    /// <summary>The same change as SQL, where EF Core has no word for it.</summary>
    public string? Sql { get; init; }

    /// <summary>What must hold while both versions run.</summary>
    public Func<Version, Version, Task> WhileBothRun { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>What must hold for the new version when it is alone.</summary>
    public Func<Version, Task> AfterComplete { get; init; } = _ => Task.CompletedTask;

    /// <summary>What a rollback keeps and says so, as SQL: a wider type.</summary>
    public string KeptAfterRollback { get; init; } = "";

    /// <summary>For which tables the new version gets a view.</summary>
    public ViewPolicy Views { get; init; } = ViewPolicy.Changed;

    public async Task RunAsync()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync(Setup, token);
        await using var oracle = await database.CopyAsync(token);
        foreach (var statement in Sql is null ? EfStatements() : [Sql])
            await oracle.ExecuteAsync(statement, token);
        await using var kept = await database.CopyAsync(token);
        if (KeptAfterRollback.Length > 0)
            await kept.ExecuteAsync(KeptAfterRollback, token);
        await using var second = await database.CopyAsync(token);
        var before = await SchemaDump.ReadAsync(kept, token);
        var wanted = await SchemaDump.ReadAsync(oracle, token);

        var steps = await RollbackAfterEveryStepAsync(database, before, token);
        await ExpandStoppingAfterEveryStepAsync(database, steps, token);
        await WithVersionsAsync(database, WhileBothRun);
        await new RollEngine(database.DataSource, Options).RollbackAsync(token);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, token), "after rollback");

        await new RollEngine(second.DataSource, Options).ExpandAsync(Request, token);
        // Nothing of its own is taken for somebody else's doing.
        Assert.Empty((await new RollEngine(second.DataSource, Options).StatusAsync(token)).Open!.Drift);
        await WithVersionsAsync(second, WhileBothRun);
        await new RollEngine(second.DataSource, Options).ContractAsync(token);
        SchemaDump.AssertSame(wanted, WithoutVersionSchemas(await SchemaDump.ReadAsync(second, token)), "after complete");
        await AssertNothingLeftAsync(second, token);
        await WithVersionsAsync(second, (_, newVersion) => AfterComplete(newVersion));
    }

    static RollOptions Options => new() { LockTimeout = TimeSpan.FromSeconds(2), LockDeadline = TimeSpan.FromSeconds(20), Verification = RowVerification.Full };

    RolloutRequest Request => new(
        Migrations.SkipLast(1).Select((operations, position) => new Migration($"20250101{position:000000}_Earlier", operations))
            .Append(new Migration(MigrationId, Migrations.Count > 0 ? Migrations[^1] : Operations)).ToEquatableList())
    {
        Views = Views,
    };

    const string MigrationId = "20260101000000_The \"New\" Version";

    // Every prefix of the steps is tried: a run that is stopped there can be taken back.
    async Task<int> RollbackAfterEveryStepAsync(TestDatabase database, SchemaDump before, CancellationToken token)
    {
        var plan = await new RollEngine(database.DataSource, Options).PlanAsync(Request, token);
        Assert.NotNull(plan);
        if (KeptAfterRollback.Length == 0)
            SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, token), "after planning");
        for (var stopAfter = 1; stopAfter < plan!.Expand.Count; stopAfter++)
        {
            await StoppedAsync(database, stopAfter, token);
            await new RollEngine(database.DataSource, Options).RollbackAsync(token);
            SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, token), $"after rollback from step {stopAfter}: {plan.Expand[stopAfter - 1].Title}");

            // What a rollback keeps need not be done again.
            plan = await new RollEngine(database.DataSource, Options).PlanAsync(Request, token);
        }

        return plan.Expand.Count;
    }

    async Task ExpandStoppingAfterEveryStepAsync(TestDatabase database, int steps, CancellationToken token)
    {
        for (var done = 1; done < steps; done++)
            await StoppedAsync(database, done, token);
        await new RollEngine(database.DataSource, Options).ExpandAsync(Request, token);
    }

    async Task StoppedAsync(TestDatabase database, int afterStep, CancellationToken token)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var progress = new StopAfter(afterStep, stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new RollEngine(database.DataSource, Options, progress).ExpandAsync(Request, stop.Token));
    }

    sealed class StopAfter(int step, CancellationTokenSource stop) : IProgress<RollProgress>
    {
        public void Report(RollProgress value)
        {
            if (value is StepProgress { State: StepState.Done } progress && progress.Number == step)
                stop.Cancel();
        }
    }

    static async Task WithVersionsAsync(TestDatabase database, Func<Version, Version, Task> check)
    {
        var versionSchema = HelperNames.VersionSchemaOf(new Identifier("public"), MigrationId);
        await using var oldVersion = new Version(database, "public");
        await using var newVersion = new Version(database, $"{versionSchema}, public");
        await check(oldVersion, newVersion);
    }

    // With views for all tables the version schema stays; the oracle does not know it.
    SchemaDump WithoutVersionSchemas(SchemaDump dump) => Views == ViewPolicy.Changed
        ? dump
        : SchemaDump.Parse(string.Join("\n\n", dump.Statements.Where(statement => !statement.Contains("public_20260101000000", StringComparison.Ordinal))));

    static async Task AssertNothingLeftAsync(TestDatabase database, CancellationToken token)
    {
        var left = await database.QueryAsync("""
            SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'efroll'::regnamespace AND prorettype = 'trigger'::regtype
            UNION ALL SELECT 'column ' || attname FROM pg_attribute WHERE attname LIKE '\_efroll%' AND NOT attisdropped
            UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgname LIKE '~efroll%' OR tgname LIKE '!efroll%'
            UNION ALL SELECT 'relation ' || relname FROM pg_class WHERE relname LIKE '\_efroll%'
            UNION ALL SELECT 'constraint ' || conname FROM pg_constraint WHERE conname LIKE '\_efroll%'
            """, token);
        Assert.Empty(left.Select(row => row[0]));
    }

    IEnumerable<string> EfStatements()
    {
        using var context = new DbContext(new DbContextOptionsBuilder().UseNpgsql("Host=nowhere").Options);
        var builder = new MigrationBuilder("Npgsql.EntityFrameworkCore.PostgreSQL");
        Ef!(builder);
        return [.. context.GetService<IMigrationsSqlGenerator>().Generate(builder.Operations).Select(command => command.CommandText)];
    }
}

/// <summary>A session of one version of the application.</summary>
public sealed class Version(TestDatabase database, string searchPath) : IAsyncDisposable
{
    readonly NpgsqlDataSource _dataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { SearchPath = searchPath, Pooling = false });

    /// <summary>Runs a statement.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using var command = _dataSource.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The first value of the first row.</summary>
    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var command = _dataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is T value ? value : default;
    }

    /// <summary>Asserts what a query returns in its first row, NULL as null.</summary>
    public async Task ReadsAsync(string sql, params object?[] expected)
    {
        await using var command = _dataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken), $"No row: {sql}");
        var actual = Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i)).ToArray();
        Assert.Equal(expected, actual);
    }

    /// <summary>Asserts that a statement fails with a state.</summary>
    public async Task FailsAsync(string sql, string sqlState)
    {
        var exception = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(sql));
        Assert.Equal(sqlState, exception.SqlState);
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();
}
