using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Rehearsal;

/// <summary>A rollout while applications of both versions write: nothing of that may fail or be lost, on the way back and on the way forth.</summary>
/// <param name="rollout">The rollout, on whose databases nobody writes.</param>
/// <param name="seed">Decides on what is written.</param>
/// <param name="historyTable">The history table, as SQL names it.</param>
sealed class WrittenRollout(Rollout rollout, int seed, string historyTable)
{
    static readonly IReadOnlySet<(string, string)> Nothing = new HashSet<(string, string)>();

    readonly Writer _writer = new(seed);

    // SQL does not see rows that the old version writes after it, and EF Core's sees them all; a rollback takes back what it changed.
    readonly bool _hasDataSql = rollout.Operations.OfType<RunSql>().Any(sql => sql.IsOfData);

    // It still binds both versions, and takes or keeps rows that the new version alone would keep or take.
    readonly bool _dropsForeignKey = rollout.Operations.OfType<DropConstraint>().Any(drop => drop.Kind is null or ConstraintKind.ForeignKey);

    /// <summary>What somebody does to the database while the rollout is open; for a test of this.</summary>
    public Func<TestDatabase, Task> Meddle { get; init; } = _ => Task.CompletedTask;

    /// <summary>Whether it came to its end: start refuses some rows, and EF Core itself fails over some.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Starts, writes, looks, takes back, looks, starts, writes, completes, looks. Null if nothing is wrong.</summary>
    public async Task<Finding?> RunAsync(CancellationToken cancellationToken)
    {
        await using var database = await rollout.Before.CopyAsync(cancellationToken);
        var stage = "";
        IsWhole = true;
        try
        {
            foreach (var isBack in new[] { true, false })
            {
                stage = "start";
                await using var oldAlone = await database.CopyAsync(cancellationToken);
                await Rollout.EngineOf(database).ExpandAsync(rollout.Request, cancellationToken);
                await Meddle(database);
                stage = isBack ? "rollback" : "complete";
                if (await WriteAsync(oldAlone, database, cancellationToken) is { } written)
                    return written;
                if (await (isBack ? BackAsync(database, cancellationToken) : ForthAsync(database, cancellationToken)) is { } ended)
                    return ended;
            }
        }
        catch (EfRollException) when (stage == "start")
        {
            // What was written may be in the way of another start, which it has a right to say.
            IsWhole = false;
            return null;
        }
        catch (EfRollException exception)
        {
            return rollout.Result(Verdict.Failed, $"{exception.CodeText} at {stage} after writes", Rollout.Text(exception));
        }
        catch (PostgresException exception)
        {
            return rollout.Result(Verdict.Different, "a version cannot read after writes", exception.MessageText);
        }

        return null;
    }

    async Task<Finding?> WriteAsync(TestDatabase oldAlone, TestDatabase database, CancellationToken cancellationToken)
    {
        if (await _writer.WriteAsync(oldAlone, database, table => IsHistory(table) ? null : table.Name, mayDelete: true, cancellationToken) is { } oldFailed)
            return rollout.Result(Verdict.Different, "a write of the old version", oldFailed);
        await using var newAlone = await oldAlone.CopyAsync(cancellationToken);
        if (await rollout.AdvanceAsync(newAlone, rollout.History.Manifest, cancellationToken) is not null)
        {
            IsWhole = false;
            return null;
        }

        var migrated = await Data.ReadAsync(newAlone, cancellationToken);
        if (!_hasDataSql && await CompareAsync(migrated, migrated, oldAlone, database, cancellationToken) is { } afterOld)
            return rollout.Result(Verdict.Different, "what the new version reads of the old one's writes", afterOld);
        var views = await Rollout.ViewsAsync(database, cancellationToken);
        if (await _writer.WriteAsync(newAlone, database, table => IsHistory(table) ? null : rollout.Seen(views, table.Schema, table.Relation), !_dropsForeignKey, cancellationToken) is { } newFailed)
            return rollout.Result(Verdict.Different, "a write of the new version", newFailed);
        if (!_hasDataSql && await CompareAsync(await Data.ReadAsync(newAlone, cancellationToken), migrated, oldAlone, database, cancellationToken) is { } afterNew)
            return rollout.Result(Verdict.Different, "what the new version reads of its writes", afterNew);
        var old = await OldAsync(database, cancellationToken);
        return new SharedColumns(old, rollout.Operations).Difference(old, await NewAsync(migrated, database, cancellationToken)) is { } shared
            ? rollout.Result(Verdict.Different, "what both versions read", shared)
            : null;
    }

    async Task<string?> CompareAsync(Data wanted, Data migrated, TestDatabase oldAlone, TestDatabase database, CancellationToken cancellationToken)
    {
        var found = await NewAsync(wanted, database, cancellationToken);
        return wanted.Difference(found, Nothing) is null ? null : wanted.Difference(found, await rollout.NotComparableAsync(oldAlone, migrated, cancellationToken));
    }

    async Task<Finding?> BackAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        var wanted = await OldAsync(database, cancellationToken);
        await Rollout.EngineOf(database).RollbackAsync(cancellationToken);
        return !_hasDataSql && wanted.Difference(await OldAsync(database, cancellationToken), Nothing) is { } rows
            ? rollout.Result(Verdict.Different, "the rows after writes and rollback", rows)
            : null;
    }

    async Task<Finding?> ForthAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        var shape = await Data.ReadAsync(rollout.After, cancellationToken);
        var wanted = await NewAsync(shape, database, cancellationToken);
        await Rollout.EngineOf(database).ContractAsync(cancellationToken);
        return !rollout.Operations.OfType<RunSql>().Any(sql => sql.IsOfData && sql.Moment == SqlMoment.Complete) && wanted.Difference(await NewAsync(shape, database, cancellationToken), Nothing) is { } rows
            ? rollout.Result(Verdict.Different, "the rows after writes and complete", rows)
            : null;
    }

    async Task<Data> OldAsync(TestDatabase database, CancellationToken cancellationToken) =>
        await (await Data.ReadAsync(rollout.Before, cancellationToken)).ReadSameAsync(database, Rollout.Physical, name => name != rollout.HistoryName, cancellationToken);

    async Task<Data> NewAsync(Data shape, TestDatabase database, CancellationToken cancellationToken)
    {
        var views = await Rollout.ViewsAsync(database, cancellationToken);
        return await shape.ReadSameAsync(database, (schema, table) => rollout.Seen(views, schema, table), name => name != rollout.HistoryName, cancellationToken);
    }

    bool IsHistory(SeedTable table) => table.Name == historyTable;
}
